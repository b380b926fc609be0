using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>A block between streets, with what its lanes are called and what is kept free of them.</summary>
/// <param name="LaneName">The lanes of the block are called this and a number.</param>
/// <param name="FirstNumber">The number of the southernmost.</param>
/// <param name="Lanes">How many lanes from west to east it has.</param>
/// <param name="West">How far east its lanes begin, on the board.</param>
/// <param name="East">How far east they end.</param>
/// <param name="South">How far north the southernmost lies.</param>
/// <param name="North">How far north the northernmost lies.</param>
/// <param name="Reserved">Ground that lanes and houses leave free: estates, the school, the market.</param>
internal sealed record Block(
    string LaneName,
    int FirstNumber,
    int Lanes,
    double West,
    double East,
    double South,
    double North,
    params Envelope[] Reserved
)
{
    private static readonly string[] Digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

    /// <summary>Crooked lanes from west to east that stop short of the streets at their ends.</summary>
    public IEnumerable<Way> LaneWays(DemoRandom random)
    {
        var slope = random.Between(-0.04, 0.04);
        for (var i = 0; i < Lanes; i++)
        {
            var north = Lanes == 1 ? South : South + (North - South) * i / (Lanes - 1);
            var (west, east) = (West + random.Between(0, 7), East - random.Between(0, 7));
            foreach (var free in Reserved.Where(free => north > free.MinY - 14 && north < free.MaxY + 14))
            {
                // reserved ground lies at one end of the block
                if (free.Centre.X < (West + East) / 2)
                    west = free.MaxX + 6;
                else
                    east = free.MinX - 6;
            }
            yield return new Way(LaneName + Numeral(FirstNumber + i) + "巷", "lane", Crooked(west, east, north, slope, random));
        }
    }

    public static string Numeral(int number) =>
        number switch
        {
            < 10 => Digits[number],
            < 20 => "十" + Digits[number - 10],
            _ => Digits[number / 10] + "十" + Digits[number % 10],
        };

    private static List<Coordinate> Crooked(double west, double east, double north, double slope, DemoRandom random)
    {
        var corners = new List<Coordinate>();
        var (middle, drift) = ((west + east) / 2, random.Between(-4, 4));
        for (var u = west; ; u += random.Between(26, 62))
        {
            var last = u > east - 24;
            var offset = last ? east : u;
            corners.Add(new Coordinate(offset, north + slope * (offset - middle) + drift));
            if (last)
                return corners;
            // a kink every house or three, to either side
            drift = Math.Clamp(drift + random.Between(-7.5, 7.5), -8, 8);
        }
    }
}
