using System.Net;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

public sealed class RefusalTests(PostgisCluster cluster)
{
    /// <param name="state">What PostgreSQL says when it cannot store.</param>
    /// <param name="expected">What a client is told of it.</param>
    [Theory]
    [InlineData("53100", "disk is full")]
    [InlineData("53200", "memory")]
    [InlineData("53300", "connections")]
    [InlineData("25006", "read-only")]
    [InlineData("57P01", "restarted")]
    [InlineData("57P02", "restarted")]
    [InlineData("57P03", "restarted")]
    [InlineData("58P01", "files")]
    [InlineData("58030", "disk")]
    [InlineData("XX001", "files")]
    public async Task What_the_store_cannot_take_now_is_refused_with_a_sentence_and_when_to_come_back(string state, string expected)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              RAISE 'could not extend file "base/1/2": raw text' USING ERRCODE = '{state}'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON fact FOR EACH STATEMENT EXECUTE FUNCTION refuse()
            """
        );

        using var answer = await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString());

        await ShouldBePassingAsync(answer, expected);
        demo.Server.Logs.ShouldNotContain(line => line.Contains("raw text", StringComparison.Ordinal));
    }

    internal static async Task ShouldBePassingAsync(HttpResponseMessage answer, string expected)
    {
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, body);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        var problem = JsonSerializer.Deserialize<JsonElement>(body);
        problem.GetProperty("code").GetString().ShouldBe("unavailable");
        problem.GetProperty("expected").GetString()!.ShouldContain(expected);
        body.ShouldNotContain("raw text");
    }
}
