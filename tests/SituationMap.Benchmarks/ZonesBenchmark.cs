using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using SituationMap.Geo.Features;
using SituationMap.Geo.Outlines;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Benchmarks;

/// <summary>Planning zones: how long a preview takes over many households, and whether it says what the map shows after approval.</summary>
internal sealed class ZonesBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const int Corners = 48;

    private static readonly string[] Levels = ["high", "medium", "low"];

    private readonly ZoneWorkflow _planning = Planning(city);

    /// <summary>Planning at the store, for what needs a second person: whoever asks the server is the one at this machine.</summary>
    public static ZoneWorkflow Planning(BenchmarkCity city) =>
        new ServiceCollection()
            .AddMetrics()
            .AddSingleton(city.Database)
            .AddSingleton(city.Protocols)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<SnapshotHolder>()
            .AddSingleton<ZoneWorkflow>()
            .BuildServiceProvider()
            .GetRequiredService<ZoneWorkflow>();

    /// <summary>From the request to the answer, after one corner has moved, of an outline over that many households.</summary>
    public async Task PreviewAsync(int households, int moves)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        var middle = await city.ReadAsync<Point>("SELECT ST_Centroid(ST_Collect(point)) FROM building", cancellation);
        var (least, most) = (0.0005, 1.0);
        while (most - least > 0.00002)
        {
            var radius = (least + most) / 2;
            (least, most) = await CountAsync(Around(middle.Coordinate, radius, _ => 1)) < households ? (radius, most) : (least, radius);
        }
        var corners = Around(middle.Coordinate, most, _ => 1).Coordinates;
        var random = new Random(1);
        var times = new List<double>();
        var inside = 0;
        for (var move = -5; move < moves; move++)
        {
            var moved = corners.Select(corner => corner.Copy()).ToArray();
            var corner = random.Next(Corners);
            // by up to some fifty metres
            moved[corner].X += (random.NextDouble() - 0.5) * 0.001;
            moved[corner].Y += (random.NextDouble() - 0.5) * 0.001;
            moved[^1] = moved[0];
            JsonElement answer = default;
            var time = await Comparison.TimeAsync(async () =>
                answer = await PreviewAsync(server, Feature(Polygon(moved), Levels[move & 1], null))
            );
            inside = answer.GetProperty("inside").GetProperty("households").GetInt32();
            if (move >= 0) // the first ones warm up
                times.Add(time);
        }
        times.Sort();
        Console.WriteLine(
            $"preview after a corner has moved, {inside:N0} households inside: p50 {At(0.5):0} ms, p95 {At(0.95):0} ms, slowest "
                + $"of {times.Count} {times[^1]:0} ms (p95 at most 300)"
        );

        double At(double part) => times[Math.Min(times.Count - 1, (int)(times.Count * part))];
    }

    /// <summary>Random outlines, every other one of a zone that is redrawn: previewed, approved, and compared with the store and with what
    /// is answered then.</summary>
    public async Task ExactAsync(int outlines, int seed)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        var random = new Random(seed);
        var (wrong, seen, changed) = (0, 0, 0);
        Geometry? before = null;
        var code = "";
        for (var number = 0; number < outlines; number++)
        {
            var isRedrawn = number % 2 == 1;
            if (!isRedrawn)
                (before, code) = (null, $"BENCH-{seed}-{number}-{Stopwatch.GetTimestamp()}");
            var middle = before?.InteriorPoint.Coordinate
                ?? (
                    await city.ReadAsync<Point>(
                        "SELECT point FROM building OFFSET floor($1 * (SELECT count(*) FROM building)) LIMIT 1",
                        cancellation,
                        random.NextDouble()
                    )
                ).Coordinate;
            var outline = Around(middle, 0.0005 + (random.NextDouble() * random.NextDouble() * 0.008), _ =>
                0.6 + (random.NextDouble() * 0.8)
            );
            var feature = Feature(outline, Levels[random.Next(3)], code);
            var preview = await PreviewAsync(server, feature);
            await ApproveAsync(server, code, feature);
            await SettledAsync(server, code, number % 2 + 1);

            var after = preview.GetProperty("after");
            var stored = await city.ReadAsync<int[]>(
                """
                SELECT ARRAY[count(*) FILTER (WHERE status = 'healthy'), count(*) FILTER (WHERE status = 'out'),
                  count(*) FILTER (WHERE status = 'observed'), count(*) FILTER (WHERE status = 'quarantined')]::int[]
                FROM (SELECT COALESCE(s.status, 'healthy') AS status
                  FROM building b JOIN household h ON h.building = b.id LEFT JOIN household_status s ON s.household = h.id
                  WHERE ST_Covers($1, b.point) OR ($2::geometry IS NOT NULL AND ST_Covers($2, b.point))) t
                """,
                cancellation,
                outline,
                before ?? outline
            );
            int[] previewed =
            [
                .. ((string[])["healthy", "out", "observed", "quarantined"]).Select(status => after.GetProperty(status).GetInt32()),
            ];
            var shown = await ShownAsync(server, before is null ? [outline] : [before, outline]);
            if (!previewed.SequenceEqual(stored) || !previewed.SequenceEqual(shown))
            {
                wrong++;
                Console.WriteLine(
                    $"{code}: previewed {string.Join(' ', previewed)}, stored {string.Join(' ', stored)}, shown {string.Join(' ', shown)}"
                );
            }
            seen += stored.Sum();
            changed += preview.GetProperty("changes").EnumerateArray().Sum(change => change.GetProperty("households").GetInt32());
            before = outline;
            if (isRedrawn)
                await EndAsync(server, code);
        }
        Console.WriteLine(
            $"{outlines} random outlines, {seen:N0} households, {changed:N0} of which become something else: {wrong} previews "
                + "differ from what the store and the API say after approval (0 allowed)"
        );
    }

    /// <summary>
    /// The households of outlines by status, as the API answers from the picture that the map is drawn from. Each outline is asked about by
    /// itself: where two cross, their union has corners that seven decimals move by a centimetre, and a building may stand there.
    /// </summary>
    private async Task<int[]> ShownAsync(ServerProcess server, Geometry[] outlines)
    {
        var statuses = new Dictionary<string, string>();
        foreach (var outline in outlines)
        {
            var next = "api/within?of=households&limit=1000";
            while (next is not null)
            {
                using var answer = await server.Client.PostAsync(
                    new Uri(server.Address, next),
                    JsonContent.Create(GeoJson.ToJson(outline)),
                    cancellation
                );
                answer.EnsureSuccessStatusCode();
                var page = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
                foreach (var household in page.GetProperty("items").EnumerateArray())
                    statuses[household.GetProperty("code").GetString()!] = household.GetProperty("status").GetString()!;
                next = page.GetProperty("next").GetString();
            }
        }
        return
        [
            .. ((string[])["healthy", "out", "observed", "quarantined"]).Select(status => statuses.Values.Count(shown => shown == status)),
        ];
    }

    private async Task ApproveAsync(ServerProcess server, string code, JsonObject feature)
    {
        using var found = await server.Client.GetAsync(new Uri(server.Address, $"api/zones/{code}"), cancellation);
        var zone = found.IsSuccessStatusCode
            ? await StepAsync(
                server,
                HttpMethod.Put,
                $"api/zones/{code}/draft",
                feature,
                (await found.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("etag").GetString()
            )
            : await StepAsync(server, HttpMethod.Post, "api/zones", feature, null);
        zone = await StepAsync(server, HttpMethod.Post, $"api/zones/{code}/submit", new JsonObject(), zone.GetProperty("etag").GetString());
        var approved = await _planning.ApproveAsync(
            code,
            ZoneTag.Parse(zone.GetProperty("etag").GetString())!.Value,
            new ZoneActor("approver", Scope.WholeCity),
            cancellation
        );
        if (approved.Fault is { } fault)
            throw new InvalidOperationException($"{code} was not approved: {fault.Code}");
    }

    private async Task EndAsync(ServerProcess server, string code)
    {
        var zone = await server.Client.GetFromJsonAsync<JsonElement>(new Uri(server.Address, $"api/zones/{code}"), cancellation);
        await StepAsync(
            server,
            HttpMethod.Post,
            $"api/zones/{code}/end",
            new JsonObject { ["reason"] = "benchmark" },
            zone.GetProperty("etag").GetString()
        );
    }

    private async Task<JsonElement> StepAsync(ServerProcess server, HttpMethod method, string path, JsonNode body, string? etag)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Address, path)) { Content = JsonContent.Create(body) };
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        using var answer = await server.Client.SendAsync(request, cancellation);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
    }

    private async Task<JsonElement> PreviewAsync(ServerProcess server, JsonObject feature)
    {
        using var answer = await server.Client.PostAsJsonAsync(new Uri(server.Address, "api/zones/preview"), feature, cancellation);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
    }

    /// <summary>Until every household is worked out and the server's picture has it.</summary>
    private async Task SettledAsync(ServerProcess server, string code, int version)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (
            !await city.ReadAsync<bool>(
                "SELECT NOT EXISTS (SELECT FROM dirty_household) AND EXISTS (SELECT FROM zone_in_force f JOIN zone z ON z.id = "
                    + "f.zone WHERE z.code = $1 AND f.version = $2)",
                cancellation,
                code,
                version
            )
        )
            await pause.WaitForNextTickAsync(cancellation);
        var last = await city.ReadAsync<long>("SELECT last FROM feed_counter", cancellation);
        while (
            (await server.Client.GetFromJsonAsync<JsonElement>(new Uri(server.Address, "api/place"), cancellation))
                .GetProperty("sequence")
                .GetInt64() < last
        )
            await pause.WaitForNextTickAsync(cancellation);
    }

    private Task<int> CountAsync(MultiPolygon outline) =>
        city.ReadAsync<int>(
            "SELECT COALESCE(sum((SELECT count(*) FROM household h WHERE h.building = b.id)), 0)::int FROM building b WHERE "
                + "ST_Covers($1, b.point)",
            cancellation,
            outline
        );

    private static MultiPolygon Around(Coordinate middle, double degrees, Func<int, double> part)
    {
        var corners = Enumerable
            .Range(0, Corners)
            .Select(corner =>
            {
                var (sine, cosine) = Math.SinCos(corner * 2 * Math.PI / Corners);
                var away = degrees * part(corner);
                return new Coordinate(
                    Math.Round(middle.X + (cosine * away * 1.3), GeoJson.Decimals),
                    Math.Round(middle.Y + (sine * away), GeoJson.Decimals)
                );
            })
            .ToList();
        return Polygon([.. corners, corners[0].Copy()]);
    }

    private static MultiPolygon Polygon(Coordinate[] ring) => Surfaces.Factory.CreateMultiPolygon([Surfaces.Factory.CreatePolygon(ring)]);

    private static JsonObject Feature(MultiPolygon outline, string level, string? code) =>
        new()
        {
            ["type"] = "Feature",
            ["geometry"] = GeoJson.ToJson(outline),
            ["properties"] = new JsonObject
            {
                ["code"] = code,
                ["name"] = "benchmark",
                ["level"] = level,
                ["reason"] = "benchmark",
            },
        };
}
