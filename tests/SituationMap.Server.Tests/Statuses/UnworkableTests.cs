using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Zones;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>A household whose facts cannot be worked out: what is asked about it, or about all, says so or goes on without it.</summary>
public sealed class UnworkableTests(PostgisCluster cluster)
{
    private const string Household = "H-01-0002";

    private const string Poison = $$"""
        INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
        SELECT gen_random_uuid(), grid, id, 'order', '0044-03-15T12:00:00Z BC', now(), 'a poison',
          '{"measure":"quarantine","days":14}' FROM household WHERE code = '{{Household}}'
        """;

    [Theory]
    [InlineData("api/households/{0}/status")]
    [InlineData("api/households/{0}/status?at={1}")]
    [InlineData("api/households/{0}/status?at={1}&known={1}")]
    public async Task It_says_in_a_sentence_that_it_cannot_be_worked_out_at_any_instant(string path)
    {
        await using var demo = await PoisonedAsync();
        using var answer = await GetAsync(demo, path);
        var body = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, body);
        var problem = JsonSerializer.Deserialize<JsonElement>(body);
        problem.GetProperty("code").GetString().ShouldBe("status-unworkable");
        problem.GetProperty("field").GetString().ShouldBe("code");
        problem.GetProperty("expected").GetString()!.ShouldContain("cannot be worked out");
    }

    [Theory]
    [InlineData("api/households/{0}")]
    [InlineData("api/households/{0}/history")]
    [InlineData("api/households?overdue=true")]
    [InlineData("api/grids/210682-004-01/summary")]
    [InlineData("api/grids/210682-004-01/summary?at={1}")]
    [InlineData("api/grids/210682-004-01/summary?at={1}&known={2}")]
    [InlineData("api/grids/210682-004-01/series")]
    [InlineData("tiles/situation/14/13837/6175.mvt?at={1}")]
    [InlineData("tiles/situation/14/13837/6175.mvt?at={1}&known={2}")]
    public async Task What_others_are_asked_with_it_goes_on_without_it(string path)
    {
        await using var demo = await PoisonedAsync();
        using var answer = await GetAsync(demo, path);
        ((int)answer.StatusCode).ShouldBeInRange(200, 299, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("'0044-03-15T12:00:00Z BC'", """'{"measure":"quarantine","days":14}'""")]
    [InlineData(
        "now() - interval '2 days'",
        """('{"measure":"quarantine","days":14,"deep":' || repeat('[', 100) || repeat(']', 100) || '}')::jsonb"""
    )]
    public async Task A_preview_counts_the_others_and_says_how_many_could_not_be_worked_out(string at, string data)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.WaitUntilSettledAsync();
        var middle = demo.Snapshot.City.Buildings[demo.Snapshot.City.BuildingByCode["B-0001"]].Outline.Centroid;
        var draft = Planner.Feature(middle.X - 0.003, middle.Y - 0.002, middle.X + 0.003, middle.Y + 0.002, "high");
        var before = await PreviewAsync();
        await demo.Database.ExecuteAsync(
            $"""
            INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
            SELECT gen_random_uuid(), grid, id, 'order', {at}, now(), 'a poison', {data} FROM household WHERE code = '{Household}'
            """
        );

        var after = await PreviewAsync();

        (before.NotWorkedOut, after.NotWorkedOut).ShouldBe((0, 1));
        (after.Counted, after.Inside).ShouldBe((before.Counted - 1, before.Inside));

        async Task<(int NotWorkedOut, int Counted, int Inside)> PreviewAsync()
        {
            using var answer = await demo.Client.PostAsJsonAsync("api/zones/preview", draft);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
            var impact = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return (
                impact.GetProperty("notWorkedOut").GetInt32(),
                impact.GetProperty("after").EnumerateObject().Sum(status => status.Value.GetInt32()),
                impact.GetProperty("inside").GetProperty("households").GetInt32()
            );
        }
    }

    private static Task<HttpResponseMessage> GetAsync(DemoServer demo, string path)
    {
        var (at, known) = (DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow);
        return demo.Client.GetAsync(
            new Uri(string.Format(null, path, Household, $"{at:yyyy-MM-ddTHH:mm:ssZ}", $"{known:yyyy-MM-ddTHH:mm:ssZ}"), UriKind.Relative)
        );
    }

    private async Task<DemoServer> PoisonedAsync()
    {
        var demo = await DemoServer.StartAsync(cluster);
        // known for long
        await demo.Database.ExecuteAsync(Poison.Replace("now()", "now() - interval '1 hour'", StringComparison.Ordinal));
        await demo.Database.ExecuteAsync(Poison.Replace("now()", "now() - interval '1 day'", StringComparison.Ordinal));
        return demo;
    }
}
