using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Tests.Lookups;

public sealed class LookupTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task Five_hundred_random_points_have_around_them_what_PostGIS_finds()
    {
        var random = new Random(1);
        var (inBuildings, inZones) = (0, 0);
        for (var i = 0; i < 500; i++)
        {
            // half of them at a building's own point, so that something is hit
            var building = _demo.Snapshot.City.Buildings[random.Next(_demo.Snapshot.City.Buildings.Length)].Outline;
            var at =
                i % 2 == 0
                    ? building.InteriorPoint.Coordinate
                    : new(124.035 + (random.NextDouble() * 0.03), 40.442 + (random.NextDouble() * 0.016));
            var ours = await _demo.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"api/lookup?lon={at.X:R}&lat={at.Y:R}"));
            var theirs = JsonSerializer.Deserialize<JsonElement>(
                await _demo.Database.ReadAsync<string>(
                    """
                    SELECT json_build_object(
                      'grids', (SELECT COALESCE(json_agg(code ORDER BY path), '[]') FROM grid WHERE ST_Covers(outline, p)),
                      'building', (SELECT code FROM building WHERE ST_Covers(outline, p) ORDER BY code LIMIT 1),
                      'zones', (SELECT COALESCE(json_agg(z.code ORDER BY z.code), '[]') FROM zone_in_force f JOIN zone z ON z.id = f.zone
                                JOIN zone_version v ON v.zone = f.zone AND v.version = f.version WHERE ST_Covers(v.outline, p)),
                      -- by ST_Distance: the operator <-> measures on a sphere
                      'nearest', (SELECT code FROM checkpoint ORDER BY ST_Distance(location::geography, p::geography) LIMIT 1),
                      'metres', (SELECT min(ST_Distance(location::geography, p::geography)) FROM checkpoint))::text
                    FROM (SELECT ST_SetSRID(ST_MakePoint($1, $2), 4326) AS p) point
                    """,
                    at.X,
                    at.Y
                )
            );

            var where = $"{at.X:R} {at.Y:R}";
            Codes(ours.GetProperty("grids")).ShouldBe(theirs.GetProperty("grids").EnumerateArray().Select(code => code.GetString()), where);
            (
                ours.GetProperty("building") is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("code").GetString() : null
            ).ShouldBe(theirs.GetProperty("building").GetString(), where);
            Codes(ours.GetProperty("zones")).ShouldBe(theirs.GetProperty("zones").EnumerateArray().Select(code => code.GetString()), where);
            ours.GetProperty("checkpoints")[0].GetProperty("code").GetString().ShouldBe(theirs.GetProperty("nearest").GetString(), where);
            ours.GetProperty("checkpoints")[0]
                .GetProperty("metres")
                .GetDouble()
                .ShouldBe(theirs.GetProperty("metres").GetDouble(), 0.0051, where);
            inBuildings += theirs.GetProperty("building").ValueKind == JsonValueKind.String ? 1 : 0;
            inZones += theirs.GetProperty("zones").GetArrayLength();
        }
        inBuildings.ShouldBeGreaterThan(200);
        inZones.ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData("CRS84")]
    [InlineData("EPSG:4326")]
    [InlineData("http://www.opengis.net/def/crs/EPSG/0/4490")]
    [InlineData("EPSG:3857")]
    [InlineData("EPSG:4529")]
    [InlineData("EPSG:4550")]
    [InlineData("GCJ02")]
    [InlineData("BD09")]
    public async Task A_point_is_the_same_in_every_coordinate_system(string crs)
    {
        var system = _demo.Server.Services.GetRequiredService<CoordinateSystems>().Find(crs).ShouldNotBeNull();
        var point = _demo.Snapshot.City.Buildings[7].Outline.InteriorPoint.Coordinate;
        var (x, y) = system.FromLonLat(point.X, point.Y);

        var here = await _demo.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"api/lookup?lon={point.X:R}&lat={point.Y:R}"));
        var asked = await _demo.GetJsonAsync(
            system.IsGeographic
                ? string.Create(CultureInfo.InvariantCulture, $"api/lookup?lon={x:R}&lat={y:R}&crs={crs}")
                : string.Create(CultureInfo.InvariantCulture, $"api/lookup?x={x:R}&y={y:R}&crs={crs}")
        );

        asked.GetProperty("building").GetProperty("code").GetString().ShouldBe(_demo.Snapshot.City.Buildings[7].Code);
        asked.GetProperty("crs").GetString().ShouldBe(system.Code);
        asked.GetProperty(system.IsGeographic ? "lon" : "x").GetDouble().ShouldBe(x, "as it was asked");
        asked.GetProperty(system.IsGeographic ? "lat" : "y").GetDouble().ShouldBe(y, "as it was asked");
        foreach (var part in (string[])["grids", "zones", "checkpoints"])
            asked.GetProperty(part).GetRawText().ShouldBe(here.GetProperty(part).GetRawText(), part);
    }

    [Theory]
    [InlineData("api/lookup", "lon", "field-missing")]
    [InlineData("api/lookup?lon=124", "lat", "field-missing")]
    [InlineData("api/lookup?lon=east&lat=40", "lon", "value-wrong")]
    [InlineData("api/lookup?lon=NaN&lat=40", "lon", "value-wrong")]
    [InlineData("api/lookup?lon=124&lat=91", "lat", "value-wrong")]
    [InlineData("api/lookup?lon=40.45&lat=124.05", "lat", "axes-swapped")]
    [InlineData("api/lookup?lon=124&lat=40&crs=EPSG:32651", "crs", "crs-unknown")]
    [InlineData("api/lookup?lon=124&lat=40&crs=EPSG:4551", "x", "field-missing")]
    [InlineData("api/lookup?x=500000&crs=EPSG:4551", "y", "field-missing")]
    [InlineData("api/lookup?x=4480000&y=500000&crs=EPSG:4551", "x, y", "outside-area")]
    [InlineData("api/lookup?lon=2.35&lat=48.86&crs=GCJ02", "lon, lat", "outside-area")]
    public async Task A_point_that_is_none_is_refused_with_a_hint(string path, string field, string code)
    {
        using var response = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        problem.GetProperty("field").GetString().ShouldBe(field);
        problem.GetProperty("code").GetString().ShouldBe(code);
    }

    private static IEnumerable<string?> Codes(JsonElement items) =>
        items.EnumerateArray().Select(item => item.GetProperty("code").GetString());
}
