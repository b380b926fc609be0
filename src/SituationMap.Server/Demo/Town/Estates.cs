using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>
/// The slab blocks (楼房): two estates with 29 entrances (单元) in all, on ground reserved for them; and the three large buildings
/// where nobody lives: the school, the market hall and the community's office.
/// </summary>
internal static class Estates
{
    private static readonly (string Road, int Number, int Floors, int Units, double U, double V)[] Slabs =
    [
        (Streets.Railway, 1, 4, 3, 148, 316),
        (Streets.Railway, 2, 3, 3, 214, 317),
        (Streets.Railway, 3, 4, 3, 148, 366),
        (Streets.Railway, 4, 3, 2, 206, 367),
        (Streets.Hill, 1, 6, 3, 352, 74),
        (Streets.Hill, 2, 5, 3, 426, 76),
        (Streets.Hill, 3, 6, 3, 352, 132),
        (Streets.Hill, 4, 6, 3, 426, 134),
        (Streets.Hill, 5, 5, 3, 352, 190),
        (Streets.Hill, 6, 5, 3, 426, 192),
    ];

    public static void Build(Site site)
    {
        foreach (var (road, number, floors, units, u, v) in Slabs)
            Put(site, new Plot(road, $"{number} 号楼", "slab", floors, units, Standing(u, v, width: units * 17, depth: 13.6)));
        Put(site, new Plot(Streets.Hill, "铁南小学", "other", 3, 0, School()));
        Put(site, new Plot(Streets.Hill, "集贸市场", "other", 1, 0, Standing(-240, 96, width: 52, depth: 20)));
        Put(site, new Plot(Streets.Railway, "铁南社区居民委员会", "other", 2, 0, Standing(254, 367, width: 22, depth: 13)));
        site.Reserve(TownLayout.RailwayEstate);
        site.Reserve(TownLayout.HillEstate);
        site.Reserve(TownLayout.School);
        site.Reserve(TownLayout.Market);
    }

    private static void Put(Site site, Plot plot)
    {
        if (!site.TryBuild(plot, fromRoads: 4, fromOthers: 6))
            throw new InvalidOperationException($"{plot.Road} {plot.Number} does not fit where the layout puts it");
    }

    /// <summary>A rectangle whose long side follows the ground's own west to east there.</summary>
    private static Polygon Standing(double u, double v, double width, double depth) => At(u, v).Rectangle(width, -depth / 2, depth);

    private static Polygon School() => At(-150, -40).Outline((-46, -7), (44, -7), (44, 7), (-30, 7), (-30, 42), (-46, 42));

    private static Frontage At(double u, double v) =>
        Frontage.On([Ground.OnGround(new(u - 20, v)), Ground.OnGround(new(u, v)), Ground.OnGround(new(u + 20, v))], 20, 1);
}
