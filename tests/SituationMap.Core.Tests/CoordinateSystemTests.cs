using SituationMap.Core.Projections;

namespace SituationMap.Core.Tests;

public sealed class CoordinateSystemTests
{
    private const int Points = 10_000;

    private static readonly CoordinateSystems Systems = CoordinateSystems.Read(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "crs", "epsg.json"))
    );

    [Fact]
    public void Every_listed_system_is_there()
    {
        string[] expected =
        [
            "CRS84",
            "GCJ02",
            "BD09",
            "EPSG:4326",
            "EPSG:4490",
            "EPSG:3857",
            .. Enumerable.Range(4513, 42).Select(code => $"EPSG:{code}"),
        ];
        Systems.All.Select(system => system.Code).ShouldBe(expected);
    }

    [Theory]
    [InlineData("GCJ02")]
    [InlineData("BD09")]
    public void Shifted_degrees_lead_back_to_a_millimetre(string code)
    {
        var system = Systems.Find(code)!;
        var random = new Random(2);
        for (var i = 0; i < Points; i++)
        {
            var (longitude, latitude) = (73 + (random.NextDouble() * 62), 16 + (random.NextDouble() * 38));
            var (x, y) = system.FromLonLat(longitude, latitude);
            Geodesic.Distance(longitude, latitude, x, y).ShouldBeInRange(20, 3_000);
            var (backX, backY) = system.ToLonLat(x, y);
            Geodesic.Distance(longitude, latitude, backX, backY).ShouldBeLessThanOrEqualTo(0.001);
        }
    }

    [Fact]
    public void Published_positions_are_met()
    {
        // 30°45′25.4425″ N, 111°17′58.3596″ E
        var (x, y) = Systems.Find("EPSG:4546")!.FromLonLat(111 + (17 / 60.0) + (58.3596 / 3600), 30 + (45 / 60.0) + (25.4425 / 3600));
        x.ShouldBe(528_680.0889, 0.001);
        y.ShouldBe(3_404_079.3582, 0.001);

        var (longitude, latitude) = Systems.Find("GCJ02")!.FromLonLat(121.5272106, 31.1774276);
        longitude.ShouldBe(121.531541859215, 1e-11);
        latitude.ShouldBe(31.17530398364597, 1e-11);
    }

    [Theory]
    [InlineData("EPSG:4547", "EPSG:4547")]
    [InlineData("epsg:4547", "EPSG:4547")]
    [InlineData("4547", "EPSG:4547")]
    [InlineData("http://www.opengis.net/def/crs/EPSG/0/4547", "EPSG:4547")]
    [InlineData("urn:ogc:def:crs:EPSG::4547", "EPSG:4547")]
    [InlineData("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "CRS84")]
    [InlineData("urn:ogc:def:crs:OGC:1.3:CRS84", "CRS84")]
    [InlineData("gcj02", "GCJ02")]
    [InlineData("EPSG:32651", null)]
    [InlineData("urn:ogc:def:crs:EPSG", null)]
    [InlineData("", null)]
    public void Is_found_by_the_names_in_use(string name, string? code) => Systems.Find(name)?.Code.ShouldBe(code);

    [Theory]
    [InlineData("CRS84", 40.45, 124.05, "lat, lon")]
    [InlineData("EPSG:4490", 40.45, 124.05, "lat, lon")]
    [InlineData("GCJ02", 40.45, 124.05, "lat, lon")]
    [InlineData("EPSG:4530", 4_480_000, 42_000_000, null)]
    [InlineData("EPSG:4551", 4_480_000, 500_000, "northing, easting")]
    [InlineData("EPSG:4551", 124.05, 40.45, "looks like degrees")]
    [InlineData("EPSG:4551", 41_588_000, 4_480_000, "begins with the zone 41, so it looks like EPSG:4529")]
    [InlineData("EPSG:4547", double.NaN, 1, "easting")]
    [InlineData("EPSG:4547", 1e300, 1e300, "easting")]
    public void Says_what_looks_wrong(string code, double x, double y, string? said)
    {
        var fault = Systems.Find(code)!.Fault(x, y).ShouldNotBeNull();
        fault.ShouldContain(code);
        if (said is not null)
            fault.ShouldContain(said);
    }

    [Fact]
    public void Takes_what_lies_in_its_area()
    {
        foreach (var system in Systems.All)
        {
            var (x, y) = system.FromLonLat((system.Area[0] + system.Area[2]) / 2, (system.Area[1] + system.Area[3]) / 2);
            system.Fault(x, y).ShouldBeNull(system.Code);
        }
    }
}
