using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>What changed in a span of time: GET /api/changes.</summary>
public sealed class ChangesTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string AllTime = "from=2020-01-01T00:00:00Z";

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task A_household_with_another_status_heads_the_list_with_the_one_before_and_where_it_is()
    {
        var household = await HealthyAsync(0);
        using (var answer = await _demo.PostFactsAsync(DemoServer.Returned(household).ToJsonString()))
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await _demo.WaitUntilSettledAsync();

        var change = (await ChangesAsync("kind=status")).First(change => CodeOf(change) == household);

        change.GetProperty("from").GetString().ShouldBe("healthy");
        change.GetProperty("to").GetString().ShouldBe("observed");
        var one = await _demo.GetJsonAsync($"api/households/{household}");
        foreach (var (here, there) in new[] { ("building", "building"), ("address", "address"), ("label", "label"), ("grid", "grid") })
            change.GetProperty("household").GetProperty(here).GetString().ShouldBe(one.GetProperty(there).GetString());
        var matrix = await _demo.GetJsonAsync($"api/buildings/{one.GetProperty("building").GetString()}/matrix");
        change.GetProperty("bounds").GetRawText().ShouldBe(matrix.GetProperty("bounds").GetRawText());
    }

    [Fact]
    public async Task A_status_that_only_lasts_longer_is_no_change()
    {
        var household = await HealthyAsync(1);
        // The household may have changed before, with a zone around its building.
        var since = (await ChangesAsync(AllTime + "&limit=1"))[0].GetProperty("sequence").GetInt64();
        for (var time = 0; time < 2; time++)
        {
            using var answer = await _demo.PostFactsAsync(DemoServer.Returned(household).ToJsonString());
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            await _demo.WaitUntilSettledAsync();
        }

        (await ChangesAsync($"kind=status&since={since}")).Count(change => CodeOf(change) == household).ShouldBe(1);
    }

    [Fact]
    public async Task All_pages_together_are_what_the_feed_has_each_once_and_newest_first()
    {
        await _demo.WaitUntilSettledAsync();
        var sequences = new List<long>();
        var newest = (await ChangesAsync(AllTime + "&limit=1"))[0].GetProperty("sequence").GetInt64();
        string? next = $"api/changes?{AllTime}&kind=status&limit=37&after={newest + 1}";
        while (next is not null)
        {
            var page = await _demo.GetJsonAsync(next);
            sequences.AddRange(page.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("sequence").GetInt64()));
            next = page.GetProperty("next").GetString()?.TrimStart('/');
        }

        var expected = await _demo.Database.ReadAsync<long[]>(
            $"""
            SELECT array_agg(sequence ORDER BY sequence DESC)
            FROM (
              SELECT sequence, status, lag(status, 1, 'healthy') OVER (PARTITION BY subject ORDER BY sequence) AS before
              FROM situation.feed WHERE kind = 'status' AND sequence <= {newest}
            ) f
            WHERE status <> before
            """
        );
        sequences.Count.ShouldBeGreaterThan(37);
        sequences.ShouldBe(expected);
    }

    [Fact]
    public async Task What_came_after_a_sequence_and_what_a_status_was_reached_by_can_be_asked_for_alone()
    {
        var all = await ChangesAsync(AllTime + "&limit=1000");
        var middle = all[all.Count / 2].GetProperty("sequence").GetInt64();

        (await ChangesAsync($"{AllTime}&limit=1000&since={middle}")).ShouldAllBe(change =>
            change.GetProperty("sequence").GetInt64() > middle
        );
        var observed = await ChangesAsync(AllTime + "&limit=1000&status=observed");
        observed.Count.ShouldBe(all.Count(change => change.GetProperty("to").GetString() == "observed"));
        observed.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_was_recorded_earlier_or_later_than_asked_is_left_out()
    {
        var all = await ChangesAsync(AllTime + "&kind=status&limit=1000");
        var instants = all.Select(change => change.GetProperty("at").GetDateTimeOffset()).ToList();
        var (newest, oldest) = (instants[0], instants[^1]);

        (await ChangesAsync($"kind=status&limit=1000&from={newest:O}".Replace("+", "%2B", StringComparison.Ordinal))).Count.ShouldBe(
            instants.Count(instant => instant == newest)
        );
        (await ChangesAsync($"{AllTime}&kind=status&to={oldest:O}".Replace("+", "%2B", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_zone_that_comes_into_force_and_ends_is_told_with_its_levels_and_where_it_is()
    {
        var zones = _demo.Server.Services.GetRequiredService<ZoneStore>();
        var building = _demo.Snapshot.City.Buildings[0];
        var outline = building.Outline.Factory.CreateMultiPolygon([(NetTopologySuite.Geometries.Polygon)building.Outline.Envelope]);
        var draft = new ZoneVersionDraft("Z-901", "Gate", "high", outline, DateTimeOffset.UtcNow, null, "planner", "a case");
        await zones.PublishAsync(draft, default);
        await zones.PublishAsync(draft with { Level = null, From = DateTimeOffset.UtcNow }, default);
        await _demo.WaitUntilSettledAsync();

        var changes = (await ChangesAsync("kind=zone"))
            .Where(change => change.GetProperty("zone").GetProperty("code").GetString() == "Z-901")
            .Select(change => (From: change.GetProperty("from").GetString(), To: change.GetProperty("to").GetString(), Change: change))
            .ToList();

        changes.Select(change => (change.From, change.To)).ShouldBe([("high", null), (null, "high")]);
        changes[0].Change.GetProperty("zone").GetProperty("name").GetString().ShouldBe("Gate");
        changes[0].Change.GetProperty("bounds")[0].GetDouble().ShouldBe(outline.EnvelopeInternal.MinX);
        var grid = _demo.Snapshot.City.Grids[building.Grid].Code;
        (await ChangesAsync($"kind=zone&grid={grid}")).Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Whoever_may_see_one_grid_is_told_of_its_households_only()
    {
        const string Own = "210682-004-02";
        using var client = await _demo.Server.WithKeyAsync($"changes-{Guid.NewGuid():N}", "viewer", Own);

        var seen = JsonSerializer
            .Deserialize<JsonElement>(
                await client.GetStringAsync(new Uri($"api/changes?{AllTime}&kind=status&limit=1000", UriKind.Relative))
            )
            .GetProperty("changes")
            .EnumerateArray()
            .ToList();

        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(change =>
            change.GetProperty("household").GetProperty("grid").GetString()!.StartsWith(Own, StringComparison.Ordinal)
        );
        using var other = await client.GetAsync(new Uri("api/changes?grid=210682-004-01", UriKind.Relative));
        other.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2999-01-01T00:00:00Z", "to")]
    [InlineData("from=2021-01-01T00:00:00Z&to=2020-01-01T00:00:00Z", "from")]
    [InlineData("kind=passage", "kind")]
    [InlineData("status=ill", "status")]
    [InlineData("kind=zone&status=observed", "status")]
    [InlineData("grid=nowhere", "grid")]
    [InlineData("limit=0", "limit")]
    [InlineData("since=x", "since")]
    public async Task What_is_wrong_in_the_question_is_named(string query, string field)
    {
        using var answer = await _demo.Client.GetAsync(new Uri($"api/changes?{query}", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        problem.GetProperty("field").GetString().ShouldBe(field);
    }

    private async Task<IReadOnlyList<JsonElement>> ChangesAsync(string query) =>
        [.. (await _demo.GetJsonAsync($"api/changes?{query}")).GetProperty("changes").EnumerateArray()];

    private async Task<string> HealthyAsync(int which) =>
        (await _demo.GetJsonAsync("api/households?status=healthy&grid=210682-004-01"))
            .GetProperty("households")[which]
            .GetProperty("household")
            .GetString()!;

    private static string CodeOf(JsonElement change) => change.GetProperty("household").GetProperty("code").GetString()!;
}
