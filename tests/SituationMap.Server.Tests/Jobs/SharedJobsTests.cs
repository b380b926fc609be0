using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Imports;
using SituationMap.Server.Tests.Recovery;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Jobs;

/// <summary>Several servers over one database: what one was at when it was killed, another does, once.</summary>
public sealed class SharedJobsTests(PostgisCluster cluster)
{
    /// <summary>Grids of another city.</summary>
    private static readonly string Grids = ImportStore
        .Grids.Replace("210682", "330199", StringComparison.Ordinal)
        .Replace(" 12", " 11", StringComparison.Ordinal)
        .Replace("((12", "((11", StringComparison.Ordinal);

    [Fact]
    public async Task A_job_an_import_and_an_export_of_a_killed_server_go_on_in_another_within_a_minute_and_take_effect_once()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var killed = new ServerProcess();
        TestSecrets.Make();
        (string Key, string Value)[] keys =
        [
            ("SituationMap:KeyFile", DeploymentKey.PathOf(new SituationMapOptions())),
            ("SituationMap:PersonKeys", PersonKeys.PathOf(new SituationMapOptions())),
        ];
        await killed.StartAsync([
            $"--ConnectionStrings:SituationMap={database.ApiConnectionString}",
            $"--ConnectionStrings:SituationMapOwner={database.ConnectionString}",
            "--SituationMap:LocalMode=true",
            "--SituationMap:Demo=false",
            .. keys.Select(key => $"--{key.Key}={key.Value}"),
        ]);
        var grids = await database.ReadAsync<long>("SELECT count(*) FROM grid");
        // all begin, and wait for somebody who does not let go
        var held = await JobTests.HoldAsync(
            database,
            $"SELECT pg_advisory_lock({LockKeys.Import}), pg_advisory_lock_shared({LockKeys.Statuses}, 0)"
        );
        var locked = await JobTests.HoldAsync(database, "BEGIN; LOCK TABLE situation.export_piece");
        using var run = await killed.Client.PostAsync(killed.At("api/jobs/recompute/run"), content: null);
        run.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("grids"), "as" },
            { new StringContent(Grids), "file", "rows.csv" },
        };
        using var sent = await killed.Client.PostAsync(killed.At("api/imports"), form);
        sent.StatusCode.ShouldBe(HttpStatusCode.Accepted, await sent.Content.ReadAsStringAsync());
        using var ordered = await killed.Client.PostAsync(killed.At("api/exports/buildings"), content: null);
        ordered.StatusCode.ShouldBe(HttpStatusCode.Accepted, await ordered.Content.ReadAsStringAsync());
        await DemoServer.WaitAsync(async () => await WaitingAsync() == 3);

        await using var other = await TestServer.StartAsync(database, [("SituationMap:DataFolder", killed.Folder), .. keys]);
        var import = sent.Headers.Location;
        (await StateAsync()).ShouldBe("reading", "what one server does the other tells");
        await killed.KillAsync();
        var watch = Stopwatch.StartNew();

        // those of the dead wait on: PostgreSQL finds out when it wants to answer them
        await DemoServer.WaitAsync(async () => await WaitingAsync() == 6, seconds: 120);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        TestContext.Current.TestOutputHelper?.WriteLine($"went on after {watch.Elapsed.TotalSeconds:0.0} s");
        await held.DisposeAsync();
        await locked.DisposeAsync();

        await DemoServer.WaitAsync(async () => await StateAsync() == "imported");
        await DemoServer.WaitAsync(async () => await database.ReadAsync<string>("SELECT state FROM export_run") == "ready");
        (
            await database.ReadAsync<bool>(
                "SELECT sum(length(p.bytes)) = min(r.bytes) FROM export_run r JOIN export_piece p ON p.export = r.id"
            )
        ).ShouldBeTrue("every piece is there once");
        var report = (await other.Client.GetFromJsonAsync<JsonElement>(import)).GetProperty("report");
        var added = report.GetProperty("added").GetInt32();
        added.ShouldBe(report.GetProperty("rows").GetInt32());
        (await database.ReadAsync<long>("SELECT count(*) FROM grid")).ShouldBe(grids + added);
        JsonElement job = default;
        await DemoServer.WaitAsync(async () =>
            (job = await JobTests.GetJobAsync(other.Client, "recompute")).GetProperty("running").ValueKind == JsonValueKind.Null
        );
        job.GetProperty("runs")
            .EnumerateArray()
            .Select(one => (one.GetProperty("succeeded").GetBoolean(), one.GetProperty("summary").GetString()!.Split(' ')[^1]))
            .ShouldBe([(true, "changed"), (false, "server")]);
        // nothing of the file is left
        await DemoServer.WaitAsync(() => Task.FromResult(Directory.GetDirectories(Path.Combine(killed.Folder, "imports")).Length == 0));

        async Task<string?> StateAsync() => (await other.Client.GetFromJsonAsync<JsonElement>(import)).GetProperty("state").GetString();

        Task<long> WaitingAsync() =>
            database.ReadAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            );
    }

    [Fact]
    public async Task An_import_that_two_are_told_of_is_imported_once()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database);
        var held = await JobTests.HoldAsync(database, $"SELECT pg_advisory_lock({LockKeys.Import})");
        using var form = new MultipartFormDataContent
        {
            { new StringContent("grids"), "as" },
            { new StringContent(Grids), "file", "rows.csv" },
        };
        using var sent = await server.Client.PostAsync(new Uri("api/imports", UriKind.Relative), form);
        var id = (await sent.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await DemoServer.WaitAsync(async () => await database.ReadAsync<string>("SELECT state FROM import_run") == "reading");

        // as if the server had been taken for dead
        var again = server.Services.GetRequiredService<ImportJob>().RunAsync(id, default);
        await held.DisposeAsync();
        await again;

        var done = await server.Client.GetFromJsonAsync<JsonElement>(sent.Headers.Location);
        done.GetProperty("state").GetString().ShouldBe("imported");
        done.GetProperty("report").GetProperty("added").GetInt32().ShouldBe(done.GetProperty("report").GetProperty("rows").GetInt32());
        done.GetProperty("report").GetProperty("unchanged").GetInt32().ShouldBe(0);
    }
}
