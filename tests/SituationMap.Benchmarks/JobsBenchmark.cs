using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Benchmarks;

/// <summary>
/// Two servers are ordered jobs, imports and exports while now one of them, now the other, now PostgreSQL is killed. Then everything that
/// was answered with 202 has to be done, nothing twice, and the sweep never to have been late.
/// </summary>
internal sealed class JobsBenchmark(BenchmarkCity city, int seed, CancellationToken cancellation)
{
    private static readonly string[] Jobs = ["recompute", "retention", "deliveries", "record", "backup"];

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    /// <summary>A failed job is tried again after a minute, five and fifteen.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMinutes(8);

    private readonly Random _random = new(seed);
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-jobs-").FullName;
    private readonly List<Guid> _imports = [];
    private readonly List<Guid> _exports = [];
    private int _orders;
    private int _zones;

    /// <exception cref="InvalidOperationException">Something was lost, done twice or late.</exception>
    public async Task RunAsync(int kills)
    {
        try
        {
            await city.OverCopyAsync(copy => RunAsync(copy, kills), cancellation);
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task RunAsync(string copy, int kills)
    {
        var watch = Stopwatch.StartNew();
        var servers = new[] { await StartAsync(copy), await StartAsync(copy) };
        try
        {
            var dead = (Servers: 0, Postgres: 0);
            while (dead.Servers + dead.Postgres < kills)
            {
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var ordering = OrderAsync(servers, over.Token);
                await Task.Delay(TimeSpan.FromSeconds(1 + (4 * _random.NextDouble())), cancellation);
                var victim = _random.Next(3);
                if (victim == 2)
                {
                    await city.CrashAsync(TimeSpan.FromSeconds(_random.NextDouble()), cancellation);
                    dead.Postgres++;
                }
                else
                {
                    await servers[victim].KillAsync();
                    dead.Servers++;
                }
                await over.CancelAsync();
                await ordering;
                if (victim != 2)
                    servers[victim] = await StartAsync(copy);
                Console.Error.WriteLine($"{dead.Servers + dead.Postgres} kills after {watch.Elapsed.TotalSeconds:0} s");
            }
            await using var store = Databases.Open(copy);
            var quiet = await QuietAsync(store);
            await TellAsync(store, dead, quiet, watch.Elapsed);
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }

    private Task<ServerProcess> StartAsync(string copy) =>
        ServerProcess.StartAsync(copy, [$"--SituationMap:Backups:Folder={_folder}", "--SituationMap:Backups:Keep=1000"], cancellation);

    /// <summary>Orders now this, now that, of now the one, now the other.</summary>
    private async Task OrderAsync(ServerProcess[] servers, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var server = servers[_random.Next(servers.Length)];
            try
            {
                switch (_random.Next(4))
                {
                    case 0:
                        await ImportAsync(server, over);
                        break;
                    case 1:
                        await ExportAsync(server, over);
                        break;
                    default:
                        var path = new Uri(server.Address, $"api/jobs/{Jobs[_random.Next(Jobs.Length)]}/run");
                        using (var ordered = await server.Client.PostAsync(path, content: null, over))
                            _orders += ordered.StatusCode == HttpStatusCode.Accepted ? 1 : 0;
                        break;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
                // nobody has promised anything
            }
            await Task.Delay(Between, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A zone of its own, which would have a second version if it were imported twice.</summary>
    private async Task ImportAsync(ServerProcess server, CancellationToken over)
    {
        var number = ++_zones;
        var west = 120 + (number * 0.001);
        var outline = string.Create(
            CultureInfo.InvariantCulture,
            $"POLYGON(({west} 41,{west + 0.0005} 41,{west + 0.0005} 41.0005,{west} 41))"
        );
        var rows = $"code,name,level,reason,wkt\nZ-{9000 + number},drill,high,drill,\"{outline}\"\n";
        using var form = new MultipartFormDataContent
        {
            { new StringContent("zones"), "as" },
            { new StringContent(rows), "file", "rows.csv" },
        };
        using var sent = await server.Client.PostAsync(new Uri(server.Address, "api/imports"), form, over);
        if (sent.StatusCode == HttpStatusCode.Accepted)
            _imports.Add((await sent.Content.ReadFromJsonAsync<JsonElement>(over)).GetProperty("id").GetGuid());
    }

    private async Task ExportAsync(ServerProcess server, CancellationToken over)
    {
        using var sent = await server.Client.PostAsync(new Uri(server.Address, "api/exports/households"), content: null, over);
        if (sent.StatusCode == HttpStatusCode.Accepted)
            _exports.Add((await sent.Content.ReadFromJsonAsync<JsonElement>(over)).GetProperty("id").GetGuid());
    }

    /// <summary>Waits until nothing is left to do, and gives how long that took.</summary>
    private async Task<TimeSpan> QuietAsync(NpgsqlDataSource store)
    {
        var watch = Stopwatch.StartNew();
        await Wait.UntilAsync(
            async () =>
                watch.Elapsed > LongestEnd
                || await ReadAsync<bool>(
                    store,
                    """
                    SELECT NOT EXISTS (SELECT FROM hangfire.job WHERE statename IN ('Enqueued', 'Processing', 'Scheduled', 'Awaiting'))
                      AND NOT EXISTS (SELECT FROM import_run WHERE ended_at IS NULL)
                      AND NOT EXISTS (SELECT FROM export_run WHERE ended_at IS NULL)
                    """
                ),
            TimeSpan.FromMilliseconds(200),
            cancellation
        );
        return watch.Elapsed;
    }

    private async Task TellAsync(NpgsqlDataSource store, (int Servers, int Postgres) dead, TimeSpan quiet, TimeSpan took)
    {
        // what was refused is remembered too, and forgotten after thirty: what is in the store counts
        var lost =
            await ReadAsync<long>(
                store,
                "SELECT count(*) FROM unnest($1::uuid[]) AS i (id) JOIN import_run r USING (id) WHERE r.state <> 'imported'",
                _imports.ToArray()
            )
            + await ReadAsync<long>(
                store,
                "SELECT count(*) FROM unnest($1::uuid[]) AS e (id) JOIN export_run r USING (id) WHERE r.state <> 'ready'",
                _exports.ToArray()
            )
            + Math.Max(0, _imports.Count - await ReadAsync<long>(store, "SELECT count(*) FROM zone WHERE code LIKE 'Z-9%'"))
            + await ReadAsync<long>(
                store,
                """
                SELECT count(*) FROM hangfire.job
                WHERE statename NOT IN ('Succeeded', 'Deleted')
                  -- of those that are due again soon a failed one is not tried again
                  OR (statename = 'Deleted' AND invocationdata::text !~ 'RunOftenAsync|HelpAsync')
                """
            );
        var twice =
            await ReadAsync<long>(
                store,
                "SELECT count(*) FROM (SELECT FROM job_run WHERE succeeded GROUP BY ordered_as HAVING count(*) > 1) twice"
            )
            + await ReadAsync<long>(
                store,
                """
                SELECT count(*) FROM (SELECT FROM zone z JOIN zone_version v ON v.zone = z.id
                  WHERE z.code LIKE 'Z-9%' GROUP BY z.id HAVING count(*) > 1) twice
                """
            )
            + await ReadAsync<long>(
                store,
                """
                SELECT count(*) FROM (SELECT FROM export_run r JOIN export_piece p ON p.export = r.id
                  GROUP BY r.id, r.bytes HAVING sum(length(p.bytes)) <> r.bytes) spoilt
                """
            );
        var late = await ReadAsync<double>(
            store,
            """
            SELECT COALESCE(max(extract(epoch FROM gap)), 0)::float8
            FROM (SELECT began_at - lag(began_at) OVER (ORDER BY began_at) AS gap FROM job_run WHERE job = 'sweep' AND succeeded) sweep
            """
        );
        var runs = await ReadAsync<long>(store, "SELECT count(*) FROM job_run WHERE job <> 'sweep' AND succeeded");
        var broken = await ReadAsync<long>(store, "SELECT count(*) FROM job_run WHERE NOT succeeded");
        Console.WriteLine(
            $"{dead.Servers} kills of servers and {dead.Postgres} of PostgreSQL in {took.TotalSeconds:0} s; {_orders} orders of jobs, "
                + $"{_imports.Count} imports and {_exports.Count} exports answered with 202; {runs} runs succeeded, "
                + $"{broken} were broken off; quiet after {quiet.TotalSeconds:0} s"
        );
        Console.WriteLine($"lost: {lost}; done twice: {twice}; longest from one sweep to the next: {late:0.0} s (at most 75)");
        if (lost + twice > 0 || late > 75 || quiet > LongestEnd)
            throw new InvalidOperationException("Jobs were lost, done twice or late.");
    }

    private async Task<T> ReadAsync<T>(NpgsqlDataSource store, string sql, params object[] values)
    {
        await using var command = store.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
