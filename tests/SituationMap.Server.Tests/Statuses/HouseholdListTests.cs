using System.Net;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>Lists of households by conditions: as many as the counts say, in the order that is asked for, each household once.</summary>
public sealed class HouseholdListTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Community = "210682-004";

    private readonly DemoServer _demo = shared.Demo;

    public static TheoryData<string> Orders =>
        new(
            from order in (string[])["household", "address", "grid", "status", "since", "until", "overdue"]
            from direction in (string[])["", "-"]
            select direction + order
        );

    [Fact]
    public async Task A_list_has_as_many_as_the_count_that_it_stands_behind()
    {
        foreach (var grid in (string[])[Community, "210682-004-01", "210682-004-02"])
        {
            var summary = await _demo.GetJsonAsync($"api/grids/{grid}/summary");
            var (households, unvisited) = (Count(summary, "households"), Count(summary, "healthyUnsurveyed"));
            (string Conditions, int Count)[] counts =
            [
                ("", households),
                ("status=quarantined", Count(summary, "quarantined")),
                ("status=observed", Count(summary, "observed")),
                ("status=out", Count(summary, "out")),
                ("status=quarantined,observed", Count(summary, "quarantined") + Count(summary, "observed")),
                ("status=healthy", Count(summary, "healthy")),
                ("status=healthy&surveyed=true", Count(summary, "healthy") - unvisited),
                ("status=healthy&surveyed=false", unvisited),
                ("surveyed=false", households - Count(summary, "surveyed")),
                ("overdue=true", Count(summary, "overdue")),
                ("overdue=false", households - Count(summary, "overdue")),
                ("misplaced=true", Count(summary, "misplaced")),
            ];
            foreach (var (conditions, count) in counts)
            {
                (await TotalAsync($"grid={grid}&{conditions}")).ShouldBe(count, $"{grid} {conditions}");
                var places = await _demo.GetJsonAsync($"api/households-on-map?grid={grid}&{conditions}");
                Count(places, "total").ShouldBe(count, $"on the map, {grid} {conditions}");
                places.GetProperty("households").GetArrayLength().ShouldBe(count);
            }
            counts.Count(one => one.Count > 0).ShouldBeGreaterThan(8);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Pages_in_any_order_have_every_household_once(string sort)
    {
        var all = await ListAsync($"grid=210682-004-01&sort={sort}&limit=1000");
        var paged = await ListAsync($"grid=210682-004-01&sort={sort}&limit=7");

        paged.Select(Code).ShouldBeUnique();
        paged.Select(Code).ShouldBe(all.Select(Code));
        all.Count.ShouldBe(Count(await _demo.GetJsonAsync("api/grids/210682-004-01/summary"), "households"));
        var keys = all.Select(household => Key(household, sort.TrimStart('-'))).ToList();
        var has = keys.TakeWhile(key => key is not null).ToList();
        has.Count.ShouldBePositive();
        keys.Skip(has.Count).ShouldAllBe(key => key == null, "those that have nothing of it come last");
        has.ShouldBe(sort[0] == '-' ? has.OrderDescending(StringComparer.Ordinal) : has.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Conditions_leave_out_what_they_say()
    {
        var middle = DateTimeOffset.UtcNow.AddDays(-3);
        var at = Uri.EscapeDataString($"{middle:yyyy-MM-ddTHH:mm:ssZ}");
        var early = await ListAsync($"grid={Community}&status=quarantined&sinceTo={at}&limit=1000");
        var late = await ListAsync($"grid={Community}&status=quarantined&sinceFrom={at}&limit=1000");
        var zone = (await _demo.GetJsonAsync("api/zones")).GetProperty("zones")[0].GetProperty("code").GetString();
        var within = await TotalAsync($"zone={zone}");
        var let = await TotalAsync("let=true");

        early.Count.ShouldBePositive();
        early.ShouldAllBe(household => household.GetProperty("since").GetDateTimeOffset() < middle);
        late.ShouldAllBe(household => household.GetProperty("since").GetDateTimeOffset() >= middle);
        (early.Count + late.Count).ShouldBe(await TotalAsync($"grid={Community}&status=quarantined"));
        within.ShouldBePositive();
        within.ShouldBe(
            (int)
                await _demo.Database.ReadAsync<long>(
                    """
                    SELECT count(*) FROM household h JOIN building b ON b.id = h.building JOIN zone z ON z.code = $1
                    JOIN zone_period p ON p.zone = z.id AND p.starts_at <= now() AND COALESCE(p.ends_at > now(), true)
                    WHERE ST_Covers(p.outline, b.point)
                    """,
                    zone!
                )
        );
        let.ShouldBe((int)await _demo.Database.ReadAsync<long>("SELECT count(*) FROM household WHERE tenure = 'let'"));
        let.ShouldBePositive();
        (await TotalAsync("let=false")).ShouldBe(await TotalAsync("") - let);
    }

    [Fact]
    public async Task What_is_owed_is_told_and_filtered_by_what_and_since_when()
    {
        var owing = await ListAsync($"grid={Community}&overdue=true&limit=1000");
        var oldest = owing.Min(household => household.GetProperty("overdue")[0].GetProperty("since").GetDateTimeOffset());
        var to = Uri.EscapeDataString($"{oldest.AddSeconds(1).ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}");

        foreach (var what in (string[])["temperature", "test"])
        {
            var expected = owing.Where(household =>
                household.GetProperty("overdue").EnumerateArray().Any(one => one.GetProperty("what").GetString() == what)
            );
            var found = await ListAsync($"grid={Community}&overdue={what}&limit=1000");
            found.Select(Code).ShouldBe(expected.Select(Code));
        }
        var first = await ListAsync($"grid={Community}&overdueTo={to}&limit=1000");
        first.Count.ShouldBePositive();
        first.ShouldAllBe(household => household.GetProperty("overdue")[0].GetProperty("since").GetDateTimeOffset() == oldest);
        (await ListAsync($"grid={Community}&status=out&limit=3"))[0].GetProperty("overdue").ValueKind.ShouldBe(JsonValueKind.Null);
        (await ListAsync($"grid={Community}&status=out&limit=3&with=overdue"))[0]
            .GetProperty("overdue")
            .ValueKind.ShouldBe(JsonValueKind.Array);
    }

    [Fact]
    public async Task Ages_are_counted_by_the_year_of_birth_of_known_members()
    {
        var year = DateTimeOffset.UtcNow.Year;

        (await TotalAsync("age=60-79")).ShouldBe(
            (int)
                await _demo.Database.ReadAsync<long>(
                    $"SELECT count(DISTINCT household) FROM person WHERE born >= {year - 79} AND born <= {year - 60}"
                )
        );
        (await TotalAsync("age=80-")).ShouldBe(
            (int)await _demo.Database.ReadAsync<long>($"SELECT count(DISTINCT household) FROM person WHERE born <= {year - 80}")
        );
        (await TotalAsync("age=60-79")).ShouldBePositive();
    }

    [Theory]
    [InlineData("status=quarantined&sort=-since")]
    [InlineData("overdue=true&sort=overdue")]
    [InlineData("surveyed=false&sort=address")]
    [InlineData("let=true&sort=-until")]
    public async Task A_file_has_the_list_s_households_in_its_order(string query)
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        var listed = await ListAsync($"grid={Community}&{query}&with=overdue&limit=1000");
        var csv = await _demo.Client.GetStringAsync(
            new Uri($"api/exports/household-list?grid={Community}&{query}&columns=household,overdue", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        var rows = csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        rows[0].ShouldBe("household,overdue,overdueSince");
        rows[1..].Select(row => row.Split(',')[0]).ShouldBe(listed.Select(Code));
        listed.Count.ShouldBePositive();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "list.xlsx");
            await File.WriteAllBytesAsync(
                file,
                await _demo.Client.GetByteArrayAsync(
                    new Uri($"api/exports/household-list?grid={Community}&{query}&format=xlsx", UriKind.Relative),
                    TestContext.Current.CancellationToken
                ),
                TestContext.Current.CancellationToken
            );
            var told = await Programs.RunAsync("ogrinfo", "-ro", "-al", "--config", "OGR_XLSX_HEADERS", "FORCE", file);
            told.ShouldContain($"Feature Count: {listed.Count}\n");
            told.IndexOf(Code(listed[0]), StringComparison.Ordinal)
                .ShouldBeLessThan(told.IndexOf(Code(listed[^1]), StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_cell_of_such_a_file_is_never_a_formula()
    {
        await _demo.Database.ExecuteAsync("UPDATE building SET address = '=1+1' WHERE code = 'B-0001'");

        var csv = await _demo.Client.GetStringAsync(
            new Uri("api/exports/household-list?building=B-0001&columns=address", UriKind.Relative),
            TestContext.Current.CancellationToken
        );

        csv.Split("\r\n")[1].ShouldStartWith("'=1+1,");
    }

    [Theory]
    [InlineData("format=geojson", "format")]
    [InlineData("columns=household,name", "columns")]
    [InlineData("columns=", "columns")]
    [InlineData("sort=name", "sort")]
    [InlineData("mark=no", "mark")]
    [InlineData("status=ill", "status")]
    public async Task A_wrong_parameter_of_such_a_file_is_refused_by_its_name(string query, string field) =>
        await RefusedAsync($"api/exports/household-list?{query}", field);

    [Theory]
    [InlineData("status=ill", "status")]
    [InlineData("status=quarantined,", "status")]
    [InlineData("surveyed=yes", "surveyed")]
    [InlineData("let=1", "let")]
    [InlineData("age=old", "age")]
    [InlineData("age=20-10", "age")]
    [InlineData("age=0-999", "age")]
    [InlineData("overdue=passage", "overdue")]
    [InlineData("overdueTo=yesterday", "overdueTo")]
    [InlineData("overdue=false&overdueTo=2026-01-01T00:00:00Z", "overdueTo")]
    [InlineData("sinceFrom=2026", "sinceFrom")]
    [InlineData("sinceTo=2026", "sinceTo")]
    [InlineData("sinceFrom=2026-01-02T00:00:00Z&sinceTo=2026-01-01T00:00:00Z", "sinceFrom")]
    [InlineData("untilFrom=x", "untilFrom")]
    [InlineData("untilTo=x", "untilTo")]
    [InlineData("zone=Z-999", "zone")]
    [InlineData("grid=999", "grid")]
    [InlineData("building=B-x", "building")]
    [InlineData("misplaced=maybe", "misplaced")]
    [InlineData("sort=name", "sort")]
    [InlineData("sort=--since", "sort")]
    [InlineData("with=members", "with")]
    [InlineData("count=1", "count")]
    [InlineData("sort=since&key=2026-01-01T00:00:00Z", "key")]
    [InlineData("sort=since&after=1&key=x", "key")]
    [InlineData("sort=status&after=1&key=ill", "key")]
    [InlineData("sort=grid&after=1&key=a%20b", "key")]
    [InlineData("sort=address&after=1", "key")]
    [InlineData("after=1&key=x", "key")]
    [InlineData("after=x", "after")]
    public async Task A_wrong_condition_is_refused_by_its_name(string query, string field) =>
        await RefusedAsync($"api/households?{query}", field);

    private async Task RefusedAsync(string path, string field)
    {
        using var answer = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        problem.GetProperty("field").GetString().ShouldBe(field);
        problem.GetProperty("expected").GetString().ShouldNotBeNullOrEmpty();
    }

    private async Task<int> TotalAsync(string conditions) =>
        (await _demo.GetJsonAsync($"api/households?{conditions}&count=true&limit=1")).GetProperty("total").GetInt32();

    private async Task<List<JsonElement>> ListAsync(string query)
    {
        var found = new List<JsonElement>();
        var path = $"/api/households?{query}";
        while (path is not null)
        {
            var page = await _demo.GetJsonAsync(path[1..]);
            found.AddRange(page.GetProperty("households").EnumerateArray());
            path = page.GetProperty("next").GetString();
        }
        return found;
    }

    private static int Count(JsonElement counts, string name) => counts.GetProperty(name).GetInt32();

    private static string Code(JsonElement household) => household.GetProperty("household").GetString()!;

    /// <summary>What a household is sorted by, as a text in that order.</summary>
    private static string? Key(JsonElement household, string order) =>
        order switch
        {
            "household" => $"{household.GetProperty("id").GetInt32():0000000}",
            "status" => household.GetProperty("status").GetString() switch
            {
                "quarantined" => "3",
                "observed" => "2",
                "out" => "1",
                _ => null,
            },
            "overdue" => household.GetProperty("overdue") is { ValueKind: JsonValueKind.Array } owed && owed.GetArrayLength() > 0
                ? $"{owed[0].GetProperty("since").GetDateTimeOffset().UtcDateTime:O}"
                : null,
            "since" or "until" => household.GetProperty(order) is { ValueKind: JsonValueKind.String } instant
                ? $"{instant.GetDateTimeOffset().UtcDateTime:O}"
                : null,
            _ => household.GetProperty(order).GetString(),
        };
}
