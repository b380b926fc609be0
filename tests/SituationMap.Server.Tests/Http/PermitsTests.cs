using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

/// <summary>Whatever is asked of the past or exported, facts are taken and people sign in.</summary>
public sealed class PermitsTests(PostgisCluster cluster)
{
    private const int Pool = 16;

    [Fact]
    public async Task Facts_and_signing_in_go_on_while_one_account_asks_for_all_that_is_slow()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            database,
            ("ConnectionStrings:SituationMap", $"{database.ConnectionString};Maximum Pool Size={Pool}")
        );
        using var many = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 500 }) { BaseAddress = server.Address };
        many.DefaultRequestHeaders.Authorization = server.Client.DefaultRequestHeaders.Authorization;
        Task<HttpResponseMessage> AskAsync(string path) => many.GetAsync(new Uri(path, UriKind.Relative));

        List<Task<HttpResponseMessage>> slow;
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            // nothing that looks at zones of the past, or exports them, comes to an end
            await using (var block = new NpgsqlCommand("LOCK TABLE zone_version IN ACCESS EXCLUSIVE MODE", connection, transaction))
                await block.ExecuteNonQueryAsync();
            slow =
            [
                .. Enumerable.Range(1, 100).Select(i => AskAsync($"tiles/situation/14/13000/6500.mvt?known={Ago(i)}")),
                .. Enumerable.Range(1, 100).Select(_ => AskAsync("api/exports/zones")),
            ];
            await DemoServer.WaitAsync(() => Task.FromResult(slow.Any(answer => answer.IsCompleted)));

            for (var i = 1; i <= 20; i++)
            {
                using var fact = await many.PostAsJsonAsync(new Uri("api/facts", UriKind.Relative), DemoServer.Returned($"H-01-{i:0000}"));
                fact.StatusCode.ShouldBe(HttpStatusCode.Accepted, await fact.Content.ReadAsStringAsync());
            }
            using var signIn = await many.PostAsJsonAsync(
                new Uri("api/session", UriKind.Relative),
                new { name = "nobody", password = "not the password" }
            );
            signIn.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            using var history = await AskAsync("api/households/H-01-0001/history");
            history.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var answers = await Task.WhenAll(slow);
        answers.Count(answer => answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent).ShouldBeGreaterThan(0);
        foreach (var refused in answers.Where(answer => !answer.IsSuccessStatusCode))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
            (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("too-many-at-once");
        }
    }

    [Fact]
    public async Task An_export_that_is_read_slowly_holds_no_transaction_and_comes_whole()
    {
        const int letters = 1_000_000;
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await database.ExecuteAsync(
            "UPDATE building SET address = repeat('x', $1) WHERE id IN (SELECT id FROM building ORDER BY id LIMIT 30)",
            letters
        );
        var many = await database.ReadAsync<long>("SELECT count(*) FROM building WHERE length(address) = $1", letters);
        await using var server = await TestServer.StartAsync(database);

        using var answer = await server.Client.GetAsync(
            new Uri("api/exports/buildings", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await DemoServer.WaitAsync(
            async () =>
                await database.ReadAsync<long>(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND query LIKE 'FETCH%'"
                ) == 0,
            seconds: 20
        );
        (await answer.Content.ReadAsStringAsync()).Count(letter => letter == 'x').ShouldBeGreaterThanOrEqualTo((int)many * letters);
    }

    private static string Ago(int minutes) =>
        Uri.EscapeDataString(DateTimeOffset.UtcNow.AddMinutes(-minutes).ToString("O", CultureInfo.InvariantCulture));
}
