using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using SituationMap.Server.Demo.Community;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Benchmarks;

/// <summary>
/// Two people with a grid each ask a server of its own process for the same things at the same time, through the same caches, on live feeds
/// and in exports, while both grids change and roles are granted and revoked: how many bytes of one grid reached the other.
/// </summary>
internal sealed class BorderBenchmark(NpgsqlDataSource database, ServerProcess server, CancellationToken cancellation)
{
    private static readonly TimeSpan RevocationMayTake = TimeSpan.FromSeconds(1);

    private readonly AccountStore _accounts = new(database);
    private readonly BorderSide[] _sides = new BorderSide[2];
    private readonly BorderLeaks _leaks = new();
    private int _answered;
    private long _bytes;

    public static async Task RunAsync(string folder, int requests, CancellationToken cancellation)
    {
        var options = new SituationMapOptions { KeyFile = Path.Combine(folder, "border", "deployment.key") };
        await using var postgis = await EmbeddedPostgis.StartAsync(
            new EmbeddedPostgisSettings(Path.Combine(folder, "border"), IsThrowAway: true),
            new Progress<string>(),
            cancellation
        );
        await Migrator.DropAsync(postgis.ConnectionString, cancellation);
        await Migrator.MigrateAsync(postgis.ConnectionString, Migration.Embedded, new Progress<string>(), cancellation);
        await using var database = Databases.Open(postgis.ConnectionString);
        var protocols = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), options);
        await DemoCommunity.LoadAsync(database, protocols.Plan, DateTimeOffset.UtcNow, progress: null, cancellation);
        ServerProcess.MakeKeys(options);
        var deployment = DeploymentKey.Open(options, mayMake: true);
        var vault = await PersonVault.OpenAsync(database, PersonKeys.PathOf(options), deployment, mayMake: true, cancellation);
        await using var server = await ServerProcess.StartAsync(
            await ApiRole.MakeAsync(postgis.ConnectionString, cancellation),
            ["--SituationMap:LocalMode=false", $"--SituationMap:KeyFile={options.KeyFile}", "--SituationMap:RequestsPerSecond=1000000"],
            cancellation
        );
        await new BorderBenchmark(database, server, cancellation).RunAsync(requests, vault, deployment);
    }

    private async Task RunAsync(int requests, PersonVault vault, DeploymentKey deployment)
    {
        var sides = new BorderSides(database, _accounts, server, cancellation);
        for (var i = 0; i < 2; i++)
            _sides[i] = await sides.PlantAsync(i, new PersonStore(database, vault));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var feeds = _sides.Select(side => ListenAsync(side, stop.Token)).ToArray();
        var (moves, reports) = (MoveAsync(sides, requests, stop.Token), ReportAsync(stop.Token));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation },
            async (i, token) => await AskAsync(_sides[i % 2], _sides[1 - (i % 2)], new Random(i), i, token)
        );
        var took = watch.Elapsed;
        await stop.CancelAsync();
        var heard = await Task.WhenAll(feeds);
        var (moved, asked) = await moves;
        var reported = await reports;
        var sealer = new AuditSealer(database, deployment);
        var record = await sealer.VerifyAsync(cancellation);

        var invariant = CultureInfo.InvariantCulture;
        Console.WriteLine(
            string.Create(
                invariant,
                $"{requests:N0} requests in {took.TotalSeconds:N1} s, {_answered:N0} answered with {_bytes / 1e6:N0} MB; "
                    + $"{heard.Sum():N0} events heard on two feeds; {reported:N0} reports meanwhile."
            )
        );
        Console.WriteLine(
            string.Create(
                invariant,
                $"{moved:N0} grants and revocations of a third one, who asked {asked:N0} times and was never answered of where "
                    + $"he had no role {RevocationMayTake.TotalSeconds:N0} s after."
            )
        );
        Console.WriteLine(string.Create(invariant, $"Audit record: {record.Rows:N0} rows, {record.Faults.Count:N0} faults."));
        foreach (var (where, times) in _leaks.Found.Take(20))
            Console.WriteLine(string.Create(invariant, $"LEAK {times:N0}×: {where}"));
        Console.WriteLine(string.Create(invariant, $"Bytes across the border: {_leaks.Bytes:N0}"));
        if (_leaks.Bytes > 0 || record.Faults.Count > 0)
            throw new InvalidOperationException("Something came across.");
    }

    private async Task AskAsync(BorderSide own, BorderSide other, Random random, int number, CancellationToken token)
    {
        var (method, path, body) = RequestOf(random, number, own, other);
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var answer = await own.Client.SendAsync(request, token);
        var bytes = await answer.Content.ReadAsByteArrayAsync(token);
        if ((int)answer.StatusCode >= 500)
            _leaks.Add($"{path} was answered with {(int)answer.StatusCode}", 1);
        if (answer.IsSuccessStatusCode)
            Interlocked.Increment(ref _answered);
        Interlocked.Add(ref _bytes, bytes.Length);
        // a code that was asked for may stand in a refusal, never in an answer
        var asked = path + (body is null ? "" : JsonSerializer.Serialize(body));
        _leaks.Look(other, BorderLeaks.TextOf(path, bytes), what: path.Split('?')[0], besides: answer.IsSuccessStatusCode ? null : asked);
    }

    private static (HttpMethod Method, string Path, object? Body) RequestOf(Random random, int number, BorderSide own, BorderSide other)
    {
        var side = random.Next(2) == 0 ? own : other;
        var code = side.Codes[random.Next(side.Codes.Count)];
        // files by way of GDAL take a process each
        if (number % 250 is 0 or 1)
            return (
                HttpMethod.Get,
                number % 500 < 2 ? "api/exports/households?format=xlsx" : "api/exports/persons?format=gpkg&purpose=visit",
                null
            );
        return random.Next(20) switch
        {
            0 => (HttpMethod.Get, "api/households?limit=1000", null),
            1 => (HttpMethod.Get, $"api/households?grid={side.Grid}&limit=1000", null),
            2 or 3 => (
                HttpMethod.Get,
                code[0] == 'H' ? $"api/households/{code}"
                : code[0] == 'P' ? $"api/households/{side.Household}/members"
                : $"api/buildings/{code}/matrix",
                null
            ),
            4 => (HttpMethod.Get, code[0] == 'H' ? $"api/households/{code}/status" : $"api/grids/{side.Grid}/summary", null),
            5 => (HttpMethod.Post, $"api/households/{side.Household}/members", new { purpose = "visit" }),
            6 => (HttpMethod.Post, "api/persons/search", new { name = side.Secrets[^3], purpose = "contact-tracing" }),
            7 => (HttpMethod.Post, "api/persons/search", new { phone = side.Secrets[^2], purpose = "contact-tracing" }),
            8 => (HttpMethod.Get, $"api/search?q={Uri.EscapeDataString(code)}&limit=100", null),
            9 => (HttpMethod.Get, "ogc/collections/buildings/items?limit=1000&f=json", null),
            10 => (HttpMethod.Get, "ogc/collections/households/items?limit=1000&f=json", null),
            11 => (HttpMethod.Get, random.Next(2) == 0 ? "api/exports/households" : "api/exports/buildings?format=geojson", null),
            12 => (HttpMethod.Get, $"api/exports/{(random.Next(2) == 0 ? "persons" : "returnees")}?purpose=visit", null),
            13 => (HttpMethod.Get, "api/within?of=households&bbox=124.0,40.4,124.2,40.5&limit=1000", null),
            14 => (HttpMethod.Get, "api/nearest?of=households&lon=124.071&lat=40.452&limit=50", null),
            15 => (HttpMethod.Get, "api/grids", null),
            _ => (
                HttpMethod.Get,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"tiles/{(random.Next(2) == 0 ? "situation" : "households")}/15/{27674 + random.Next(3)}/{12350 + random.Next(3)}.mvt"
                ),
                null
            ),
        };
    }

    /// <summary>Both feeds are of the own grid, whatever changes.</summary>
    private async Task<int> ListenAsync(BorderSide side, CancellationToken token)
    {
        var other = _sides[0] == side ? _sides[1] : _sides[0];
        var events = 0;
        try
        {
            await using var stream = await side.Client.GetStreamAsync(new Uri("api/live", UriKind.Relative), token);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(token) is { } line)
            {
                if (!line.StartsWith("data:", StringComparison.Ordinal))
                    continue;
                events++;
                _leaks.Look(other, line, "api/live", besides: null);
                using var json = JsonDocument.Parse(line.AsMemory("data:".Length));
                if (
                    json.RootElement.ValueKind != JsonValueKind.Object
                    || !json.RootElement.TryGetProperty("households", out var households)
                )
                    continue;
                foreach (
                    var household in households
                        .EnumerateArray()
                        .Where(household => other.Ids.Contains(household.GetProperty("id").GetInt32()))
                )
                    _leaks.Add($"api/live: household {household.GetProperty("id")}", household.GetRawText().Length);
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
        return events;
    }

    /// <summary>A third one who is given a role here and there in turn, and asks all the while.</summary>
    private async Task<(int Moved, int Asked)> MoveAsync(BorderSides sides, int requests, CancellationToken token)
    {
        const string Name = "border-mover";
        using var client = await sides.ClientAsync(Name, "reporter", grid: null);
        var (moved, asked) = (0, 0);
        try
        {
            while (!token.IsCancellationRequested)
            {
                var here = _sides[moved / 2 % 2];
                var there = _sides[1 - (moved / 2 % 2)];
                await _accounts.GrantAsync(Name, Role.Find("reporter")!, here.Grid, null, AuditEntry.OfConsole("grant", Name), token);
                moved++;
                var since = System.Diagnostics.Stopwatch.StartNew();
                while (since.Elapsed < RevocationMayTake * 1.5)
                {
                    var sent = since.Elapsed;
                    var (method, path, body) = RequestOf(new Random((requests * 2) + asked), 2, here, there);
                    using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
                    {
                        Content = body is null ? null : JsonContent.Create(body),
                    };
                    using var answer = await client.SendAsync(request, token);
                    var text = BorderLeaks.TextOf(path, await answer.Content.ReadAsByteArrayAsync(token));
                    asked++;
                    if (sent > RevocationMayTake)
                        _leaks.Look(
                            there,
                            text,
                            $"{path.Split('?')[0]} after a revocation",
                            besides: answer.IsSuccessStatusCode ? null : path + (body is null ? "" : JsonSerializer.Serialize(body))
                        );
                }
                await _accounts.RevokeAsync(Name, "reporter", here.Grid, AuditEntry.OfConsole("revoke", Name), token);
                moved++;
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
        return (moved, asked);
    }

    /// <summary>Reports in both grids, so that both have something to tell.</summary>
    private async Task<int> ReportAsync(CancellationToken token)
    {
        var (reported, turn) = (0, 0);
        var random = new Random(1);
        try
        {
            while (!token.IsCancellationRequested)
            {
                var side = _sides[turn++ % 2];
                var households = side.Codes.Where(code => code[0] == 'H').ToArray();
                using var answer = await side.Client.PostAsJsonAsync(
                    "api/facts",
                    Enumerable
                        .Range(0, 20)
                        .Select(_ => new
                        {
                            id = Guid.NewGuid(),
                            kind = "returned",
                            household = households[random.Next(households.Length)],
                            at = DateTimeOffset.UtcNow.AddDays(-random.Next(20)),
                            source = "system:border",
                            data = new { from = "330100", risk = random.Next(2) == 0 ? "low" : "high" },
                        }),
                    token
                );
                answer.EnsureSuccessStatusCode();
                reported += 20;
                await Task.Delay(50, token);
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
        return reported;
    }
}
