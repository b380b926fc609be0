using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Lookups;

/// <summary>What is nearest, and what lies within, beside what PostGIS finds.</summary>
public sealed class AreaTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Polygon = "POLYGON((124.04 40.445, 124.052 40.446, 124.05 40.452, 124.04 40.452, 124.04 40.445))";

    private readonly DemoServer _demo = shared.Demo;

    [Theory]
    [InlineData("bbox=124.04,40.445,124.05,40.452", "ST_Intersects({0}, ST_MakeEnvelope(124.04, 40.445, 124.05, 40.452, 4326))")]
    [InlineData(
        "bbox=40.445,124.04,40.452,124.05&crs=EPSG:4326",
        "ST_Intersects({0}, ST_MakeEnvelope(124.04, 40.445, 124.05, 40.452, 4326))"
    )]
    [InlineData("lon=124.045&lat=40.449&radius=300", "ST_DWithin({0}::geography, 'POINT(124.045 40.449)'::geography, 300)")]
    [InlineData(
        "zone={zone}",
        "EXISTS (SELECT FROM zone_in_force f JOIN zone z ON z.id = f.zone JOIN zone_version v ON v.zone = f.zone AND v.version "
            + "= f.version WHERE z.code = '{zone}' AND ST_Covers(v.outline, {0}))"
    )]
    [InlineData("post", "ST_Covers('SRID=4326;" + Polygon + "'::geometry, {0})")]
    public async Task An_area_holds_what_PostGIS_finds_in_it(string area, string condition)
    {
        var zone = _demo.Snapshot.Zones[0].Code;
        (area, condition) = (
            area.Replace("{zone}", zone, StringComparison.Ordinal),
            condition.Replace("{zone}", zone, StringComparison.Ordinal)
        );
        var found = 0;
        foreach (
            var (of, sql) in ((string, string)[])
                [
                    (
                        "buildings",
                        $"SELECT code FROM building WHERE {condition.Replace("{0}", "point", StringComparison.Ordinal)} ORDER BY id"
                    ),
                    (
                        "checkpoints",
                        $"SELECT code FROM checkpoint WHERE {condition.Replace("{0}", "location", StringComparison.Ordinal)} ORDER BY id"
                    ),
                    (
                        "households",
                        "SELECT h.code FROM household h JOIN building b ON b.id = h.building WHERE "
                            + $"{condition.Replace("{0}", "b.point", StringComparison.Ordinal)} ORDER BY b.id, h.id"
                    ),
                ]
        )
        {
            var theirs = await _demo.Database.ReadRowsAsync(sql, row => row.GetString(0));
            var ours = new List<string>();
            var next = $"api/within?of={of}&limit=43{(area == "post" ? "" : "&" + area)}";
            while (next is not null)
            {
                var page = await AskAsync(next, area == "post" ? Polygon : null);
                page.GetProperty("matched").GetInt32().ShouldBe(theirs.Count);
                page.GetProperty("sequence").GetInt64().ShouldBe(_demo.Snapshot.Sequence);
                ours.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("code").GetString()!));
                next = page.GetProperty("next").GetString()?.TrimStart('/');
            }
            ours.ShouldBe(theirs, of);
            found += ours.Count;
        }
        found.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task A_grid_holds_what_belongs_to_it()
    {
        var grid = _demo.Snapshot.City.Grids[_demo.Snapshot.City.Buildings[0].Grid];
        var page = await AskAsync($"api/within?of=households&limit=1&grid={grid.Code}");
        page.GetProperty("matched")
            .GetInt64()
            .ShouldBe(await _demo.Database.ReadAsync<long>("SELECT count(*) FROM household WHERE grid <@ text2ltree($1)", grid.Path));
    }

    [Theory]
    [InlineData(
        "buildings",
        "SELECT code FROM building ORDER BY ST_Distance(point::geography, 'POINT(124.045 40.449)'::geography) LIMIT 90"
    )]
    [InlineData(
        "checkpoints",
        "SELECT code FROM checkpoint ORDER BY ST_Distance(location::geography, 'POINT(124.045 40.449)'::geography) LIMIT 90"
    )]
    public async Task The_nearest_are_PostGIS_s(string of, string sql)
    {
        var theirs = await _demo.Database.ReadRowsAsync(sql, row => row.GetString(0));
        var ours = new List<JsonElement>();
        var next = $"api/nearest?of={of}&lon=124.045&lat=40.449&limit=31";
        while (next is not null && ours.Count < theirs.Count)
        {
            var page = await AskAsync(next);
            ours.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString()?.TrimStart('/');
        }
        ours.Take(theirs.Count).Select(item => item.GetProperty("code").GetString()).ShouldBe(theirs);
        ours.Select(item => item.GetProperty("metres").GetDouble()).ShouldBeInOrder();
    }

    [Fact]
    public async Task Households_come_with_the_building_they_are_in_and_in_the_system_asked_for()
    {
        var page = await AskAsync("api/nearest?of=households&x=13808621&y=4931900&crs=EPSG:3857&limit=5&within=2000");
        page.GetProperty("crs").GetString().ShouldBe("EPSG:3857");
        var first = page.GetProperty("items")[0];
        first.GetProperty("x").GetDouble().ShouldBe(13808621, 2_700);
        first.GetProperty("status").GetString().ShouldNotBeNull();
        first.GetProperty("label").GetString().ShouldNotBeNull();
    }

    [Theory]
    [InlineData("api/within?of=buildings", "bbox")]
    [InlineData("api/within?of=buildings&grid=x&zone=y", "bbox")]
    [InlineData("api/within?of=trees&grid=x", "of")]
    [InlineData("api/within?of=buildings&grid=x", "grid")]
    [InlineData("api/within?of=buildings&zone=x", "zone")]
    [InlineData("api/within?of=buildings&bbox=1,2,3", "bbox")]
    [InlineData("api/within?of=buildings&lon=1&lat=2&radius=-1", "radius")]
    [InlineData("api/within?of=buildings&lon=1&radius=1", "lat")]
    [InlineData("api/within?of=buildings&bbox=1,2,3,4&after=x", "after")]
    [InlineData("api/nearest?of=buildings&lon=1&lat=2&limit=5000", "limit")]
    [InlineData("api/nearest?of=buildings&lon=1&lat=2&after=-1", "after")]
    [InlineData("api/nearest?lon=1&lat=2", "of")]
    public async Task What_is_wrong_is_told(string path, string field)
    {
        using var response = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonSerializer
            .Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
            .GetProperty("field")
            .GetString()
            .ShouldBe(field);
    }

    private async Task<JsonElement> AskAsync(string path, string? polygon = null)
    {
        using var content = polygon is null ? null : new StringContent(polygon, Encoding.UTF8, "text/plain");
        using var response = polygon is null
            ? await _demo.Client.GetAsync(new Uri(path, UriKind.Relative))
            : await _demo.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
    }
}
