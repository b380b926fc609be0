using System.Diagnostics;
using System.Globalization;
using NetTopologySuite.Geometries;
using SituationMap.Store.Zones;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>
/// Reads tiles while what they show is changed, moved and deleted and the server is killed again and again: no answer may be older than
/// what had been committed one second before it was asked for.
/// </summary>
internal sealed class StalenessBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const int Readers = 8;
    private const int Kills = 4;
    private const int ChangesPerSecond = 100;

    private readonly List<string> _stale = [];
    private ServerProcess _server = null!;
    private int _reads;
    private int _shown;

    public async Task RunAsync(int reads)
    {
        _server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        var probes = await MakeAsync();
        var tiles = await city.ReadAsync<string[]>(
            "SELECT array_agg(format('%s/%s/%s', z, x, y) ORDER BY i) FROM floor.tile_list",
            cancellation
        );
        var drawn = await Changes.DrawAsync(city, 60_000, cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Console.Error.WriteLine($"{reads:N0} reads among changes, moves, deletes and {Kills} kills …");

        var writing = probes.Select(probe => probe.WriteAsync(over.Token)).ToArray();
        var reporting = drawn.PostAsync(() => _server, ChangesPerSecond, over.Token);
        var reading = Enumerable
            .Range(0, Readers)
            .Select(reader => Task.Run(() => ReadAsync(reads, probes, tiles, new Random(reader)), cancellation))
            .ToArray();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await UntilAsync(() => Task.FromResult(Volatile.Read(ref _reads) >= reads * kill / (Kills + 1)));
            await _server.KillAsync();
            _server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        }
        await Task.WhenAll(reading);
        await over.CancelAsync();
        await Task.WhenAll(writing);
        await reporting;
        await city.SettleAsync(cancellation);

        var kept = await DifferFromAnewAsync([.. tiles, .. probes.Select(probe => probe.Tile)]);
        await _server.DisposeAsync();
        Console.WriteLine(
            $"{_reads:N0} reads, {_shown:N0} of them of something that was being changed "
                + $"({probes.Sum(probe => probe.Written):N0} times), {Kills} kills: "
                + $"{_stale.Count} stale (0 allowed); at the end {kept} of {tiles.Length + probes.Count} kept tiles differ from "
                + "ones drawn anew (0 allowed)"
        );
        foreach (var stale in _stale.Take(10))
            Console.WriteLine(stale);
    }

    private async Task ReadAsync(int reads, IReadOnlyList<Probe> probes, string[] tiles, Random random)
    {
        while (Interlocked.Increment(ref _reads) <= reads)
        {
            var probe = random.Next(2) == 0 ? probes[random.Next(probes.Count)] : null;
            var asked = Stopwatch.GetTimestamp();
            byte[] tile;
            try
            {
                using var answer = await _server.Client.GetAsync(
                    new Uri(_server.Address, $"tiles/situation/{probe?.Tile ?? tiles[random.Next(tiles.Length)]}.mvt"),
                    cancellation
                );
                answer.EnsureSuccessStatusCode();
                tile = await answer.Content.ReadAsByteArrayAsync(cancellation);
            }
            catch (Exception killed) when (WasKilled(killed))
            {
                Interlocked.Decrement(ref _reads); // not an answer
                continue;
            }
            if (probe is null)
                continue;
            Interlocked.Increment(ref _shown);
            if (probe.WhatIsStale(tile, asked) is { } stale)
            {
                lock (_stale)
                    _stale.Add(stale);
            }
        }
        Interlocked.Decrement(ref _reads);
    }

    /// <summary>Whether a request failed because the server, and with it our client of it, has just been ended.</summary>
    private bool WasKilled(Exception failure) =>
        failure is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException
        && !cancellation.IsCancellationRequested;

    private async Task<int> DifferFromAnewAsync(IReadOnlyCollection<string> tiles)
    {
        await using var anew = await ServerProcess.StartAsync(city.ConnectionString, ["--SituationMap:TileCache=0"], cancellation);
        var differ = 0;
        foreach (var tile in tiles)
        {
            var path = $"tiles/situation/{tile}.mvt";
            var (kept, drawn) = (
                await _server.Client.GetByteArrayAsync(new Uri(_server.Address, path), cancellation),
                await anew.Client.GetByteArrayAsync(new Uri(anew.Address, path), cancellation)
            );
            if (!kept.AsSpan().SequenceEqual(drawn))
                differ++;
        }
        return differ;
    }

    /// <summary>Things to change, each in another part of the city: checkpoints, zones, and a building.</summary>
    private async Task<IReadOnlyList<Probe>> MakeAsync()
    {
        await city.ExecuteAsync("DELETE FROM checkpoint WHERE code LIKE 'C-PROBE-%'", cancellation);
        var positions = await city.ReadAsync<string[]>(
            """
            SELECT array_agg(format('%s %s 16/%s/%s', id, ST_AsText(point, 7), floor((ST_X(point) + 180) / 360 * 65536),
              floor((1 - asinh(tan(radians(ST_Y(point)))) / pi()) / 2 * 65536)))
            FROM (SELECT id, point FROM building ORDER BY md5(id::text) LIMIT 13) drawn
            """,
            cancellation
        );
        return
        [
            .. positions.Select(
                (position, i) =>
                {
                    var parts = position.Split(' ');
                    var (building, lon, lat, tile) = (
                        int.Parse(parts[0], CultureInfo.InvariantCulture),
                        Number(parts[1][6..]),
                        Number(parts[2][..^1]),
                        parts[3]
                    );
                    return i switch
                    {
                        < 8 => new Probe(
                            "checkpoints",
                            "code",
                            $"C-PROBE-{i}",
                            "name",
                            tile,
                            TimeSpan.FromMilliseconds(100),
                            (n, isThere) => PutCheckpointAsync($"C-PROBE-{i}", building, n, isThere)
                        ),
                        < 12 => new Probe("zones", "code", $"Z-PROBE-{i}", "name", tile, TimeSpan.FromMilliseconds(500), (n, isThere) =>
                            PutZoneAsync($"Z-PROBE-{i}", lon, lat, n, isThere)
                        ),
                        _ => new Probe(
                            "buildings",
                            "id",
                            $"{building}",
                            "address",
                            tile,
                            TimeSpan.FromSeconds(3),
                            (n, _) => PutBuildingAsync(building, n),
                            mayGo: false
                        ),
                    };
                }
            ),
        ];

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Puts it up, renames and moves it, or takes it down.</summary>
    private Task PutCheckpointAsync(string code, int building, int number, bool isThere) =>
        isThere
            ? city.ExecuteAsync(
                """
                INSERT INTO checkpoint (grid, code, name, manned, location) SELECT grid, $1, $3, true, point FROM building WHERE id = $2
                ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, location = ST_Translate(EXCLUDED.location, ($4 % 5) * 0.00001, 0)
                """,
                cancellation,
                code,
                building,
                $"n{number}",
                number
            )
            : city.ExecuteAsync("DELETE FROM checkpoint WHERE code = $1", cancellation, code);

    private async Task PutZoneAsync(string code, double lon, double lat, int number, bool isThere)
    {
        var around = (Polygon)new Point(lon, lat) { SRID = 4326 }.Buffer(0.0003 + (number % 5 * 0.00002));
        await new ZoneStore(city.Database, city.Protocols, TimeProvider.System).PublishAsync(
            new ZoneVersionDraft(
                code,
                $"n{number}",
                isThere ? "low" : null,
                new MultiPolygon([around]) { SRID = 4326 },
                DateTimeOffset.UtcNow,
                null,
                "benchmark",
                "benchmark"
            ),
            cancellation
        );
    }

    private Task PutBuildingAsync(int id, int number) =>
        city.ExecuteAsync(
            "UPDATE building SET address = $2, outline = ST_Translate(outline, $3, 0) WHERE id = $1",
            cancellation,
            id,
            $"n{number}",
            number % 2 == 0 ? 0.00001 : -0.00001
        );

    private Task UntilAsync(Func<Task<bool>> condition) => Wait.UntilAsync(condition, TimeSpan.FromMilliseconds(10), cancellation);

    /// <summary>Something that is written a number into, over and over, and read back from tiles. Every seventh number it is not
    /// there.</summary>
    /// <param name="key">By which attribute it is found in its layer, or <c>id</c>.</param>
    /// <param name="shows">The attribute that has the number.</param>
    private sealed class Probe(
        string layer,
        string key,
        string value,
        string shows,
        string tile,
        TimeSpan every,
        Func<int, bool, Task> write,
        bool mayGo = true
    )
    {
        private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(1);

        private readonly List<(long At, int Number)> _committed = [];
        private int _begun;

        public string Tile => tile;

        public int Written => _committed.Count;

        public async Task WriteAsync(CancellationToken over)
        {
            using var tick = new PeriodicTimer(every);
            while (!over.IsCancellationRequested)
            {
                var number = Volatile.Read(ref _begun) + 1;
                Volatile.Write(ref _begun, number);
                await write(number, IsThere(number));
                lock (_committed)
                    _committed.Add((Stopwatch.GetTimestamp(), number));
                await tick.WaitForNextTickAsync(CancellationToken.None);
            }
        }

        /// <summary>Null: the answer is no older than allowed.</summary>
        public string? WhatIsStale(byte[] answer, long asked)
        {
            int oldest;
            lock (_committed)
            {
                var at = _committed.FindLastIndex(commit => Stopwatch.GetElapsedTime(commit.At, asked) >= Allowed);
                if (at < 0)
                    return null; // nothing was committed by then
                oldest = _committed[at].Number;
            }
            var newest = Volatile.Read(ref _begun);
            var shown = VectorTile
                .Decode(answer)
                .Where(found => found.Name == layer)
                .SelectMany(found => found.Features)
                .FirstOrDefault(feature =>
                    key == "id"
                        ? feature.Id == ulong.Parse(value, CultureInfo.InvariantCulture)
                        : feature.Attributes[key] is string code && code == value
                );
            if (shown is null)
                return Enumerable.Range(oldest, newest - oldest + 1).All(IsThere)
                    ? $"{layer} {value}: not shown, though it was there from {oldest} to {newest}"
                    : null;
            var number = int.Parse(((string)shown.Attributes[shows])[1..], CultureInfo.InvariantCulture);
            return number < oldest ? $"{layer} {value}: {number} was shown, {oldest} had been committed a second before" : null;
        }

        private bool IsThere(int number) => !mayGo || number % 7 != 3;
    }
}
