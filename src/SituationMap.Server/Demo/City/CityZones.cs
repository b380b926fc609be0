using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.City;

/// <summary>A version of a risk zone; <see cref="Zone"/> is the number of the zone, from 1.</summary>
internal sealed record CityZone(int Zone, DemoZoneVersion Version, DateTimeOffset? To)
{
    public string Code => $"Z-{Zone}";
}

/// <summary>
/// Risk zones of the last 55 days: irregular rings of 24 corners, some 100 to 500 m across, around buildings; every fifth was redrawn
/// at a lower level before it ended.
/// </summary>
internal sealed class CityZones(CityPlan plan, CityGround ground, IReadOnlyList<CityBuilding> buildings)
{
    private const int Corners = 24;

    public IEnumerable<CityZone> All()
    {
        var random = plan.Random("zones");
        for (var zone = 1; zone <= plan.Zones; zone++)
        {
            var mesh = random.Pick(buildings).Mesh;
            var centre = ground.OnGround(mesh.Row, mesh.Column, random.Between(60, 440), random.Between(60, 440));
            var radius = 60 + 420 * Math.Pow(random.NextDouble(), 2);
            var level = random.NextDouble() switch
            {
                < 0.3 => "high",
                < 0.65 => "medium",
                _ => "low",
            };
            var from = plan.Now.AddSeconds(-Math.Floor(random.NextDouble() * 55 * 86_400));
            var to = from.AddSeconds(random.Whole(4 * 86_400, 44 * 86_400));
            var name = $"{mesh.Grid.Name}{zone} 号";
            yield return new CityZone(
                zone,
                new DemoZoneVersion(1, name, level, Ring(centre, radius, random), from, "command-post", "新增病例"),
                to
            );
            var lowered = from.AddDays(3);
            if (level != "low" && random.Chance(0.2) && lowered < plan.Now)
                yield return new CityZone(
                    zone,
                    new DemoZoneVersion(
                        2,
                        name,
                        level == "high" ? "medium" : "low",
                        Ring(centre, radius * 1.2, random),
                        lowered,
                        "command-post",
                        "调整范围"
                    ),
                    to
                );
        }
    }

    private static Polygon Ring(Coordinate centre, double radius, DemoRandom random)
    {
        var corners = new Coordinate[Corners + 1];
        for (var corner = 0; corner < Corners; corner++)
        {
            var (angle, reach) = (2 * Math.PI * corner / Corners, radius * random.Between(0.75, 1.25));
            corners[corner] = CityGround.OnGlobe(new Coordinate(centre.X + reach * Math.Cos(angle), centre.Y + reach * Math.Sin(angle)));
        }
        corners[Corners] = corners[0].Copy();
        return new Polygon(new LinearRing(corners));
    }
}
