using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

public sealed class MovedPersonTests(PostgisCluster cluster)
{
    [Theory]
    [InlineData("COMMIT", "was moved to another household meanwhile")]
    [InlineData("ROLLBACK", "was not moved after all")]
    public async Task A_fact_about_somebody_who_is_being_moved_is_taken_or_refused_by_field_once_that_is_settled(string end, string why)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var (person, from, to) = await demo.Database.ReadRowAsync(
            """
            SELECT p.code, h.code, o.id FROM person p JOIN household h ON h.id = p.household
              JOIN household o ON o.grid = h.grid AND o.id <> h.id
            WHERE NOT EXISTS (SELECT FROM fact f WHERE f.person = p.id) ORDER BY p.id, o.id LIMIT 1
            """,
            row => (Person: row.GetString(0), From: row.GetString(1), To: row.GetInt32(2))
        );
        var fact = DemoServer.Returned(from);
        fact["person"] = person;
        Task<HttpResponseMessage> posted;
        await using (var connection = await demo.Database.DataSource.OpenConnectionAsync())
        {
            await ExecuteAsync(connection, "BEGIN");
            await ExecuteAsync(connection, $"UPDATE person SET household = {to} WHERE code = '{person}'");
            posted = demo.PostFactsAsync(fact.ToJsonString());
            await UntilOneWaitsAsync(demo);
            await ExecuteAsync(connection, end);
        }
        using var answer = await posted;
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(end == "COMMIT" ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.Accepted, $"{why}: {body}");
        if (end == "COMMIT")
            JsonSerializer.Deserialize<JsonElement>(body).GetProperty("field").GetString().ShouldBe("person");
    }

    [Fact]
    public async Task Facts_that_meet_one_another_in_a_deadlock_are_taken()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var (one, other) = ("H-01-0001", "H-01-0002");
        // takes both, in an order of its own, as something else that writes might
        await using var connection = await demo.Database.DataSource.OpenConnectionAsync();
        await ExecuteAsync(connection, "BEGIN; SET LOCAL deadlock_timeout = '1h'");
        await ExecuteAsync(connection, Take(other));
        var (first, last) = (DemoServer.Returned(one), DemoServer.Returned(other));
        (first["id"], last["id"]) = ("00000000-0000-4000-8000-000000000000", "ffffffff-0000-4000-8000-000000000000");
        // as many as are stored over a connection of their own, which no time limit gets out of a deadlock
        var between = Enumerable.Range(0, 100).Select(_ => DemoServer.Returned("H-01-0003"));
        var posted = demo.PostFactsAsync(new JsonArray([first, .. between, last]).ToJsonString());
        await UntilOneWaitsAsync(demo);
        await ExecuteAsync(connection, Take(one));
        await ExecuteAsync(connection, "COMMIT");

        using var answer = await posted;
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());

        static string Take(string household) => $"SELECT FROM household WHERE code = '{household}' FOR UPDATE";
    }

    /// <summary>Until somebody waits for what another has locked.</summary>
    private static Task UntilOneWaitsAsync(DemoServer demo) =>
        DemoServer.WaitAsync(async () =>
            await demo.Database.ReadAsync<long>(
                """
                SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                WHERE NOT l.granted AND a.datname = current_database()
                """
            ) > 0
        );

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
