using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using SituationMap.Geo.Shapes;

namespace SituationMap.Server.Tests.Replay;

/// <summary>Past minutes of the demo community's thirty days: what is answered about them is what the feed recorded then.</summary>
public sealed class ReplayTests(PostgisCluster cluster) : PastTests(cluster)
{
    private const string Community = "210682-004";

    [Fact]
    public async Task A_status_of_a_past_minute_known_then_is_what_the_feed_recorded_then()
    {
        var random = new Random(5);
        var pairs = await PairsAsync(random, 1_200);
        var recorded = 0;
        await Parallel.ForEachAsync(pairs, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (pair, cancellation) =>
        {
            var shown = await Demo.GetJsonAsync($"api/households/{pair.Household}/status?at={At(pair.Minute)}&known={At(pair.Minute)}");
            if (pair.Row is not null)
                Interlocked.Increment(ref recorded);
            var row = pair.Row ?? new Recorded("healthy", false, null, null);
            (
                shown.GetProperty("status").GetString(),
                shown.GetProperty("surveyed").GetBoolean(),
                Instant(shown, "since"),
                Instant(shown, "until")
            ).ShouldBe((row.Status, row.Surveyed, row.Since, row.Until), $"{pair.Household} at {pair.Minute:O}");
        });
        // the property would hold of an empty history as well
        recorded.ShouldBeGreaterThan(400);
    }

    [Fact]
    public async Task Tiles_and_counts_of_a_past_minute_agree_with_its_summary()
    {
        var (first, last) = await SpanAsync();
        foreach (var share in new[] { 0.2, 0.5, 0.8, 0.99 })
        {
            var at = At(first + ((last - first) * share));
            var summary = await Demo.GetJsonAsync($"api/grids/{Community}/summary?at={at}");
            var features = await FeaturesAsync("buildings", 14, at);

            foreach (var status in new[] { "quarantined", "observed", "out", "healthy" })
            {
                var counted = features.Sum(feature => Convert.ToInt32(feature.Attributes[status], CultureInfo.InvariantCulture));
                counted.ShouldBe(summary.GetProperty(status).GetInt32(), status);
                summary.GetProperty("children").EnumerateArray().Sum(child => child.GetProperty(status).GetInt32()).ShouldBe(counted);
            }
            summary
                .GetProperty("children")
                .EnumerateArray()
                .Sum(child => child.GetProperty("overdue").GetInt32())
                .ShouldBe(summary.GetProperty("overdue").GetInt32());
            var grid = (await Demo.GetJsonAsync($"api/grids?at={at}"))
                .GetProperty("grids")
                .EnumerateArray()
                .Single(g => g.GetProperty("code").GetString() == Community);
            grid.GetProperty("observed").GetInt32().ShouldBe(summary.GetProperty("observed").GetInt32());
            var zones = await Demo.GetJsonAsync($"api/zones?at={at}");
            zones
                .GetProperty("zones")
                .EnumerateArray()
                .Select(zone => zone.GetProperty("version").GetInt32())
                .ShouldBe(summary.GetProperty("zones").EnumerateArray().Select(zone => zone.GetProperty("version").GetInt32()));
            (await FeaturesAsync("zones", 14, at))
                .Select(zone => Convert.ToInt32(zone.Attributes["version"], CultureInfo.InvariantCulture))
                .Distinct()
                .ShouldBe(zones.GetProperty("zones").EnumerateArray().Select(zone => zone.GetProperty("version").GetInt32()));
        }
    }

    [Fact]
    public async Task A_building_and_a_point_of_a_past_minute()
    {
        var (household, changed, status) = await Demo.Database.ReadRowAsync(
            """
            SELECT h.code, f.recorded_at, b.code || ' ' || f.status::text
            FROM feed f JOIN household h ON h.id = f.subject JOIN building b ON b.id = h.building
            WHERE f.kind = 'status' AND f.status = 'quarantined' AND f.sequence = (SELECT min(sequence) FROM feed
              WHERE kind = 'status' AND subject = f.subject)
            ORDER BY f.sequence LIMIT 1
            """,
            row => (row.GetString(0), new DateTimeOffset(row.GetDateTime(1), TimeSpan.Zero), row.GetString(2).Split(' '))
        );

        foreach (var (at, expected) in new[] { (changed.AddSeconds(-1), "healthy"), (changed, status[1]) })
        {
            var matrix = await Demo.GetJsonAsync($"api/buildings/{status[0]}/matrix?at={At(at)}");
            matrix
                .GetProperty("cells")
                .EnumerateArray()
                .Single(cell => cell.GetProperty("household").GetString() == household)
                .GetProperty("status")
                .GetString()
                .ShouldBe(expected);
            Instant(matrix, "asOf").ShouldBe(at);
        }
        var zone = Demo.Snapshot.Zones[0];
        var point = zone.Outline.InteriorPoint;
        var (first, _) = await SpanAsync();
        var lookup =
            $"api/lookup?lon={point.X.ToString(CultureInfo.InvariantCulture)}&lat={point.Y.ToString(CultureInfo.InvariantCulture)}";
        (await Demo.GetJsonAsync(lookup)).GetProperty("zones").GetArrayLength().ShouldBe(1);
        (await Demo.GetJsonAsync($"{lookup}&at={At(first)}")).GetProperty("riskLevel").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Before_the_first_record_everybody_is_healthy_and_nobody_surveyed()
    {
        var summary = await Demo.GetJsonAsync($"api/grids/{Community}/summary?at=2001-01-01T00:00Z");

        (
            summary.GetProperty("healthy").GetInt32(),
            summary.GetProperty("surveyed").GetInt32(),
            summary.GetProperty("sequence").GetInt64()
        ).ShouldBe((summary.GetProperty("households").GetInt32(), 0, 0));
        summary.GetProperty("households").GetInt32().ShouldBeGreaterThan(1_000);
        summary.GetProperty("zones").GetArrayLength().ShouldBe(0);
        Instant(summary, "asOf").ShouldBe(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("tiles/situation/14/1/1.mvt?")]
    [InlineData("tiles/situation.json?")]
    [InlineData("api/grids?")]
    [InlineData($"api/grids/{Community}/summary?")]
    [InlineData("api/buildings/B-0001/matrix?")]
    [InlineData("api/lookup?lon=124&lat=40&")]
    public async Task A_time_to_come_and_a_time_without_offset_are_refused(string path)
    {
        await RefusedAsync($"{path}at={At(DateTimeOffset.UtcNow.AddMinutes(1))}", "time-too-late", "at");
        await RefusedAsync($"{path}at=2020-02-05T09:00", "value-wrong", "at");
    }

    [Theory]
    [InlineData($"api/grids/{Community}/summary?known=")]
    [InlineData("api/households/H-01-0002/status?known=")]
    [InlineData("api/zones?known=")]
    [InlineData("tiles/situation/14/1/1.mvt?known=")]
    [InlineData("tiles/situation.json?known=")]
    public async Task What_will_be_known_is_not_known(string path)
    {
        await RefusedAsync(path + At(DateTimeOffset.UtcNow.AddMinutes(1)), "time-too-late", "known");
        await RefusedAsync(path + "yesterday", "value-wrong", "known");
    }

    [Fact]
    public async Task A_past_answer_may_be_kept_and_that_of_a_moment_ago_may_not()
    {
        var tile = (await TilesAsync(14))[0];
        using var past = await Demo.Client.GetAsync(new Uri($"{tile}?at=2001-01-01T00:00Z", UriKind.Relative));
        using var fresh = await Demo.Client.GetAsync(new Uri($"{tile}?at={At(DateTimeOffset.UtcNow.AddSeconds(-1))}", UriKind.Relative));

        past.Headers.CacheControl!.ToString().ShouldBe("max-age=3600, private, immutable");
        fresh.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
    }

    [Fact]
    public async Task TileJSON_of_a_past_instant_leads_to_its_tiles()
    {
        const string At = "2020-02-05T09:00:00+08:00";

        var json = await Demo.GetJsonAsync($"tiles/situation.json?at={Uri.EscapeDataString(At)}");

        json.GetProperty("tiles")[0].GetString()!.ShouldEndWith("/tiles/situation/{z}/{x}/{y}.mvt?at=2020-02-05T09%3A00%3A00%2B08%3A00");
    }

    private async Task RefusedAsync(string path, string code, string field)
    {
        using var answer = await Demo.Client.GetAsync(new Uri(path, UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()).ShouldBe((code, field));
    }

    /// <summary>Random households and minutes with what the feed had recorded by then; half of them within minutes of a change.</summary>
    private async Task<List<(string Household, DateTimeOffset Minute, Recorded? Row)>> PairsAsync(Random random, int count)
    {
        var (first, last) = await SpanAsync();
        var changes = await Demo.Database.ReadRowsAsync(
            "SELECT h.code, f.recorded_at FROM feed f JOIN household h ON h.id = f.subject WHERE f.kind = 'status'",
            row => (Household: row.GetString(0), At: new DateTimeOffset(row.GetDateTime(1), TimeSpan.Zero))
        );
        var households = Demo.Snapshot.City.Households;
        var asked = Enumerable
            .Range(0, count)
            .Select(i =>
            {
                var (household, at) = changes[random.Next(changes.Count)];
                return (i % 4) switch
                {
                    0 => (Household: household, At: at), // on the instant itself
                    1 => (Household: household, At: at.AddSeconds(random.Next(-120, 120))),
                    2 => (Household: household, At: first + ((last - first) * random.NextDouble())),
                    _ => (Household: households[random.Next(households.Length)].Code, At: first + ((last - first) * random.NextDouble())),
                };
            })
            // as exact as the store
            .Select(pair => (pair.Household, At: new DateTimeOffset(pair.At.Ticks - (pair.At.Ticks % 10), TimeSpan.Zero)))
            .Where(pair => pair.At <= last)
            .ToArray();
        var rows = await Demo.Database.ReadRowsAsync(
            """
            SELECT f.status::text, f.surveyed, f.since, f.until
            FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS asked (code, at, ordinal)
            JOIN household h ON h.code = asked.code
            LEFT JOIN LATERAL (
              SELECT * FROM feed f WHERE f.kind = 'status' AND f.subject = h.id AND f.recorded_at <= asked.at
                ORDER BY f.sequence DESC LIMIT 1
            ) f ON true
            ORDER BY ordinal
            """,
            row => row.IsDBNull(0) ? null : new Recorded(row.GetString(0), row.GetBoolean(1), Instant(row, 2), Instant(row, 3)),
            asked.Select(pair => pair.Household).ToArray(),
            asked.Select(pair => pair.At.UtcDateTime).ToArray()
        );
        asked.Length.ShouldBeGreaterThanOrEqualTo(1_000);
        return [.. asked.Zip(rows, (pair, row) => (pair.Household, pair.At, row))];
    }

    private async Task<List<VectorTileFeature>> FeaturesAsync(string layer, int zoom, string at)
    {
        var features = new Dictionary<ulong, VectorTileFeature>(); // one that reaches into two tiles is in both
        foreach (var tile in await TilesAsync(zoom, layer))
        {
            foreach (var found in VectorTile.Decode(await Demo.Client.GetByteArrayAsync(new Uri($"{tile}?at={at}", UriKind.Relative))))
            {
                foreach (var feature in found.Features)
                    features[feature.Id] = feature;
            }
        }
        return [.. features.Values];
    }

    /// <summary>The addresses of the tiles over the community.</summary>
    private async Task<List<string>> TilesAsync(int zoom, string layer = "situation")
    {
        var bounds = (await Demo.GetJsonAsync("tiles/buildings.json"))
            .GetProperty("bounds")
            .EnumerateArray()
            .Select(degrees => degrees.GetDouble())
            .ToArray();
        var shift = World.Bits - zoom;
        return
        [
            .. from x in Range(World.X(bounds[0]) >> shift, World.X(bounds[2]) >> shift)
            from y in Range(World.Y(bounds[3]) >> shift, World.Y(bounds[1]) >> shift)
            select $"tiles/{layer}/{zoom}/{x}/{y}.mvt",
        ];

        static IEnumerable<int> Range(int first, int last) => Enumerable.Range(first, last - first + 1);
    }

    private static string At(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Instant(JsonElement answer, string field) =>
        answer.GetProperty(field).ValueKind == JsonValueKind.Null ? null : answer.GetProperty(field).GetDateTimeOffset();

    private static DateTimeOffset? Instant(Npgsql.NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);

    private sealed record Recorded(string Status, bool Surveyed, DateTimeOffset? Since, DateTimeOffset? Until);
}
