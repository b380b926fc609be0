using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Store.Exports;

namespace SituationMap.Server.Tests.Importing;

/// <summary>Exports that are ordered and fetched later.</summary>
public sealed class OrderedExportTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Theory]
    [InlineData("households", "csv")]
    [InlineData("buildings", "geojson")]
    [InlineData("grids", "gpkg")]
    [InlineData("persons", "xlsx")]
    public async Task One_is_ready_at_every_server_with_what_it_is_when_it_is_sent_at_once(string collection, string format)
    {
        using var client = await locked.WithKeyAsync($"ordering-{collection}", "approver");
        await using var other = await TestServer.StartAsync(locked.Database, ("SituationMap:LocalMode", "false")); // which knows the key
        using var there = new HttpClient { BaseAddress = other.Address };
        there.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        var path = new Uri($"api/exports/{collection}?format={format}&purpose=visit", UriKind.Relative);

        using var ordered = await client.PostAsync(path, content: null);
        ordered.StatusCode.ShouldBe(HttpStatusCode.Accepted, await ordered.Content.ReadAsStringAsync());
        var place = ordered.Headers.Location!.OriginalString.TrimStart('/');
        var ready = await ReadyAsync(there, place);

        using var file = await there.GetAsync(new Uri($"{place}/file", UriKind.Relative));
        using var sent = await client.GetAsync(path);
        var bytes = await file.Content.ReadAsByteArrayAsync();
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        file.Content.Headers.ContentType.ShouldBe(sent.Content.Headers.ContentType);
        file.Content.Headers.ContentDisposition.ShouldBe(sent.Content.Headers.ContentDisposition);
        ready.GetProperty("bytes").GetInt64().ShouldBe(bytes.Length);
        // what GDAL writes has its time in it
        if (format is "csv" or "geojson")
            bytes.ShouldBe(await sent.Content.ReadAsByteArrayAsync());
        else
            bytes.Length.ShouldBeInRange(1000, int.MaxValue);
    }

    [Fact]
    public async Task Nobody_else_gets_one_nor_whoever_may_see_less_than_is_in_it()
    {
        using var client = await locked.SignInAsync("export-owner", "approver");
        using var colleague = await locked.SignInAsync("export-colleague", "approver");
        using var ordered = await client.PostAsync(new Uri("api/exports/persons?purpose=visit", UriKind.Relative), content: null);
        var place = ordered.Headers.Location!.OriginalString.TrimStart('/');
        await ReadyAsync(client, place);

        (await StatusesAsync(colleague)).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
        await locked.Database.ExecuteAsync("UPDATE access_grant SET grid = '210682-004-01' WHERE account = 'export-owner'");
        await DemoServer.WaitAsync(async () => await StatusesAsync(client) == (HttpStatusCode.NotFound, HttpStatusCode.NotFound));
        (
            await locked.Database.ReadAsync<string>(
                "SELECT purpose FROM audit WHERE account = 'export-owner' AND action = 'export' AND subject = '/api/exports/persons'"
            )
        ).ShouldBe("visit");

        async Task<(HttpStatusCode, HttpStatusCode)> StatusesAsync(HttpClient asking)
        {
            using var state = await asking.GetAsync(new Uri(place, UriKind.Relative));
            using var file = await asking.GetAsync(new Uri($"{place}/file", UriKind.Relative));
            return (state.StatusCode, file.StatusCode);
        }
    }

    [Fact]
    public async Task An_account_has_its_latest_ones_and_yesterdays_are_forgotten()
    {
        using var client = await locked.WithKeyAsync("export-often", "viewer");
        var places = new List<string>();
        for (var number = 0; number < ExportRuns.MaxOfAccount + 1; number++)
        {
            using var ordered = await client.PostAsync(new Uri("api/exports/checkpoints", UriKind.Relative), content: null);
            places.Add(ordered.Headers.Location!.OriginalString.TrimStart('/'));
            await ReadyAsync(client, places[^1]);
        }
        (await AreThereAsync()).ShouldBe([false, true, true, true, true]);

        await locked.Database.ExecuteAsync("UPDATE export_run SET added_at = now() - interval '25 hours' WHERE account = 'export-often'");
        (await AreThereAsync()).ShouldAllBe(isThere => !isThere);
        using var office = await locked.WithKeyAsync("export-office", "administrator");
        (await office.PostAsync(new Uri("api/jobs/exports/run", UriKind.Relative), content: null)).StatusCode.ShouldBe(
            HttpStatusCode.Accepted
        );
        await DemoServer.WaitAsync(async () =>
            await locked.Database.ReadAsync<long>(
                "SELECT count(*) FROM export_run LEFT JOIN export_piece ON export = id WHERE account = 'export-often'"
            ) == 0
        );

        async Task<List<bool>> AreThereAsync()
        {
            var are = new List<bool>();
            foreach (var place in places)
            {
                using var answer = await client.GetAsync(new Uri(place, UriKind.Relative));
                are.Add(answer.StatusCode == HttpStatusCode.OK);
            }
            return are;
        }
    }

    [Fact]
    public async Task One_that_was_never_enqueued_is_written_after_a_while()
    {
        using var office = await locked.WithKeyAsync("export-forgotten", "administrator");
        var id = Guid.NewGuid();
        await locked.Database.ExecuteAsync(
            """
            INSERT INTO export_run (id, account, what, enqueued_at)
            VALUES ($1, 'export-forgotten', '{"collection":"zones","format":"csv","withMark":true}', now() - interval '6 minutes')
            """,
            id
        );

        (await office.PostAsync(new Uri("api/jobs/exports/run", UriKind.Relative), content: null)).EnsureSuccessStatusCode();

        (await ReadyAsync(office, $"api/exports/{id}")).GetProperty("state").GetString().ShouldBe("ready");
    }

    private static async Task<JsonElement> ReadyAsync(HttpClient client, string place)
    {
        JsonElement run = default;
        await DemoServer.WaitAsync(async () =>
            (run = await client.GetFromJsonAsync<JsonElement>(new Uri(place, UriKind.Relative))).GetProperty("state").GetString()
                is "ready"
                    or "failed"
        );
        run.GetProperty("state").GetString().ShouldBe("ready", run.ToString());
        return run;
    }
}
