using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Grids;

/// <summary>The same households, counted wherever they are counted, give the same numbers.</summary>
public sealed class CountsTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private static readonly string[] Statuses = ["quarantined", "observed", "out", "healthy"];

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task A_parent_is_exactly_the_sum_of_its_children_and_of_the_store()
    {
        var parent = await _demo.GetJsonAsync("api/grids/210682-004/summary");
        var children = parent.GetProperty("children").EnumerateArray().ToArray();

        children.Length.ShouldBe(3);
        foreach (var name in Statuses.Concat(["households", "persons", "surveyed", "healthyUnsurveyed"]))
            parent.GetProperty(name).GetInt32().ShouldBe(children.Sum(child => child.GetProperty(name).GetInt32()), name);
        foreach (var status in Statuses)
        {
            ((long)parent.GetProperty(status).GetInt32()).ShouldBe(
                await _demo.Database.ReadAsync<long>(
                    "SELECT count(*) FROM household h LEFT JOIN household_status s ON s.household = h.id WHERE "
                        + "COALESCE(s.status, 'healthy')::text = $1",
                    status
                )
            );
        }
        ((long)parent.GetProperty("healthyUnsurveyed").GetInt32()).ShouldBe(
            await _demo.Database.ReadAsync<long>(
                "SELECT count(*) FROM household h LEFT JOIN household_status s ON s.household = h.id WHERE "
                    + "COALESCE(s.status, 'healthy') = 'healthy' AND NOT COALESCE(s.surveyed, false)"
            )
        );
        parent.GetProperty("checkpoints").GetInt32().ShouldBe(5);
        parent.GetProperty("checkpointsManned").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task A_series_ends_with_the_present_counts_and_agrees_with_the_past_ones()
    {
        var summary = await _demo.GetJsonAsync("api/grids/210682-004/summary");
        var series = await _demo.GetJsonAsync("api/grids/210682-004/series?steps=30");
        var points = series.GetProperty("points").EnumerateArray().ToArray();

        points.Length.ShouldBe(30);
        foreach (var name in Statuses.Concat(["surveyed", "healthyUnsurveyed"]))
            points[^1].GetProperty(name).GetInt32().ShouldBe(summary.GetProperty(name).GetInt32(), name);
        points.Sum(point => point.GetProperty("changes").GetInt32()).ShouldBePositive();
        foreach (var point in (JsonElement[])[points[5], points[20], points[28]])
        {
            var then = await _demo.GetJsonAsync(
                $"api/grids/210682-004/summary?at={Uri.EscapeDataString(point.GetProperty("at").GetString()!)}"
            );
            foreach (var name in Statuses.Concat(["surveyed", "healthyUnsurveyed"]))
                point.GetProperty(name).GetInt32().ShouldBe(then.GetProperty(name).GetInt32(), $"{name} at {point.GetProperty("at")}");
        }
    }

    [Fact]
    public async Task The_longest_quarantined_come_first_and_all_of_them_come()
    {
        var summary = await _demo.GetJsonAsync("api/grids/210682-004-01/summary");
        var (since, codes) = (new List<DateTimeOffset>(), new List<string>());
        var path = "/api/households?grid=210682-004-01&status=quarantined&sort=since&limit=3";
        while (path is not null)
        {
            var page = await _demo.GetJsonAsync(path[1..]);
            foreach (var household in page.GetProperty("households").EnumerateArray())
            {
                since.Add(household.GetProperty("since").GetDateTimeOffset());
                codes.Add(household.GetProperty("household").GetString()!);
            }
            path = page.GetProperty("next").GetString();
        }
        since.ShouldBe(since.Order());
        codes.ShouldBeUnique();
        codes.Count.ShouldBe(summary.GetProperty("quarantined").GetInt32());

        var unsurveyed = await _demo.GetJsonAsync("api/households?grid=210682-004-01&surveyed=false&limit=1000");
        unsurveyed
            .GetProperty("households")
            .GetArrayLength()
            .ShouldBe(summary.GetProperty("households").GetInt32() - summary.GetProperty("surveyed").GetInt32());
        summary.GetProperty("misplaced").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Every_building_s_matrix_adds_up_to_its_grid()
    {
        var totals = Statuses.ToDictionary(status => status, _ => 0);
        foreach (var building in _demo.Snapshot.City.Buildings.Where(building => building.HouseholdCount > 0))
        {
            var matrix = await _demo.GetJsonAsync($"api/buildings/{building.Code}/matrix");
            var cells = matrix.GetProperty("cells").EnumerateArray().ToArray();
            foreach (var status in Statuses)
            {
                var counted = cells.Count(cell => cell.GetProperty("status").GetString() == status);
                counted.ShouldBe(matrix.GetProperty(status).GetInt32(), building.Code);
                totals[status] += counted;
            }
        }

        var district = await _demo.GetJsonAsync("api/grids/210682/summary");
        foreach (var status in Statuses)
            totals[status].ShouldBe(district.GetProperty(status).GetInt32(), status);
    }

    [Fact]
    public async Task The_change_over_24_hours_is_what_the_history_says()
    {
        var before = await _demo.GetJsonAsync("api/grids/210682-004/summary");
        await _demo.PostFactsAsync(new JsonArray(DemoServer.Returned("H-03-0001"), DemoServer.Returned("H-03-0002")).ToJsonString());
        await _demo.WaitUntilSettledAsync();

        var after = await _demo.GetJsonAsync("api/grids/210682-004/summary");

        foreach (var status in Statuses)
        {
            var moved = after.GetProperty(status).GetInt32() - before.GetProperty(status).GetInt32();
            (Change(after, status) - Change(before, status)).ShouldBe(moved, status);
        }
        Statuses.Sum(status => Change(after, status)).ShouldBe(0, "whoever leaves a status enters another");

        static int Change(JsonElement summary, string status) => summary.GetProperty("change24h").GetProperty(status).GetInt32();
    }

    [Fact]
    public async Task The_change_over_24_hours_is_the_difference_from_the_picture_of_that_minute()
    {
        foreach (var grid in (string[])["210682-004", "210682-004-01"])
        {
            var now = await _demo.GetJsonAsync($"api/grids/{grid}/summary");
            var asked = now.GetProperty("knownAt").GetDateTimeOffset();
            var minute = asked.AddTicks(-(asked.Ticks % TimeSpan.TicksPerMinute)).AddHours(-24);
            var then = await _demo.GetJsonAsync($"api/grids/{grid}/summary?at={Uri.EscapeDataString(minute.ToString("O"))}");

            foreach (var status in Statuses)
            {
                now.GetProperty("change24h")
                    .GetProperty(status)
                    .GetInt32()
                    .ShouldBe(
                        now.GetProperty(status).GetInt32() - then.GetProperty(status).GetInt32(),
                        $"{status} in {grid} since {minute:O}"
                    );
            }
            Statuses.ShouldContain(
                status => now.GetProperty("change24h").GetProperty(status).GetInt32() != 0,
                "something changed in that day"
            );
        }
    }

    [Fact]
    public async Task Households_come_in_pages_that_together_hold_each_once()
    {
        var seen = new List<string>();
        string? next = "api/households?status=observed&grid=210682-004&limit=25";
        while (next is not null)
        {
            var page = await _demo.GetJsonAsync(next.TrimStart('/'));
            seen.AddRange(
                page.GetProperty("households").EnumerateArray().Select(household => household.GetProperty("household").GetString()!)
            );
            next = page.GetProperty("next").GetString();
        }

        seen.Distinct().Count().ShouldBe(seen.Count);
        seen.Count.ShouldBe((await _demo.GetJsonAsync("api/grids/210682-004/summary")).GetProperty("observed").GetInt32());
    }

    [Theory]
    [InlineData("api/households?status=ill", "status")]
    [InlineData("api/households?grid=nowhere", "grid")]
    [InlineData("api/households?building=B-x", "building")]
    [InlineData("api/households?limit=0", "limit")]
    [InlineData("api/households/H-99-9999", "code")]
    [InlineData("api/households/H-99-9999/status", "code")]
    [InlineData("api/households/H-01-0001/status?at=yesterday", "at")]
    [InlineData("api/buildings/B-x/matrix", "code")]
    [InlineData("api/grids/nowhere/summary", "code")]
    [InlineData("api/zones?at=now", "at")]
    public async Task What_is_not_understood_is_named(string path, string field)
    {
        using var response = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative));

        ((int)response.StatusCode).ShouldBeInRange(400, 404);
        JsonSerializer
            .Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
            .GetProperty("field")
            .GetString()
            .ShouldBe(field);
    }

    [Fact]
    public async Task What_ran_and_what_is_due_next_is_told()
    {
        await DemoServer.WaitAsync(async () =>
            (await _demo.GetJsonAsync("api/jobs")).GetProperty("jobs")[0].GetProperty("last").ValueKind == JsonValueKind.Object
        );

        var jobs = await _demo.GetJsonAsync("api/jobs");

        var sweep = jobs.GetProperty("jobs")[0];
        sweep.GetProperty("name").GetString().ShouldBe("sweep");
        sweep.GetProperty("last").GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        sweep.GetProperty("next").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-1));
        jobs.GetProperty("worker").GetProperty("queued").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
    }
}
