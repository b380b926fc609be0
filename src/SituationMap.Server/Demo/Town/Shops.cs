using NetTopologySuite.Geometries;
using NetTopologySuite.LinearReferencing;

namespace SituationMap.Server.Demo.Town;

/// <summary>The 57 shops: close rows along the middle of the streets, with gaps at the alley mouths. Nobody lives there.</summary>
internal static class Shops
{
    // where each row begins on the board, towards where it goes, on which side of the street, and how many shops it has
    private static readonly (string Street, double From, double To, int Side, int Shops)[] Rows =
    [
        (Streets.Hill, -160, 280, 1, 13),
        (Streets.Hill, -80, 280, -1, 12),
        (Streets.Hill, 300, 700, -1, 7),
        (Streets.Station, 415, 100, 1, 9),
        (Streets.Station, 415, 100, -1, 7),
        (Streets.Railway, 60, 270, -1, 9),
    ];

    public static void Build(Site site, TownLayout layout, DemoRandom random)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var (name, from, to, side, shops) in Rows)
        {
            var street = layout.Street(name).Line;
            var line = new LengthIndexedLine(new LineString(street));
            var (offset, end) = (
                line.Project(Ground.OnGround(layout.Streets.At(name, from))),
                line.Project(Ground.OnGround(layout.Streets.At(name, to)))
            );
            var built = 0;
            while (built < shops && offset < end)
            {
                var width = random.Between(8.5, 11.5);
                var front = Frontage.On(street, offset + width / 2, side);
                var number = numbers.GetValueOrDefault(name, 100) + 1;
                var shop = new Plot(
                    name,
                    $"{number} 号商铺",
                    "shop",
                    random.Chance(0.3) ? 2 : 1,
                    0,
                    front.Rectangle(width, 9, random.Between(9.5, 12))
                );
                if (site.TryBuild(shop, fromRoads: 4, fromOthers: 0.5))
                {
                    numbers[name] = number;
                    built++;
                }
                offset += width + 0.9;
            }
            if (built < shops)
                throw new InvalidOperationException($"only {built} of {shops} shops fit along {name}");
        }
    }
}
