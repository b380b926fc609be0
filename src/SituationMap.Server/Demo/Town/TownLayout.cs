using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>Streets, lanes and the ground kept free, on the board. 铁南 is what lies south of the railway, which runs along its northern
/// edge.</summary>
internal sealed class TownLayout
{
    /// <summary>Estate of the railway's workers, estate below the hill, school, market.</summary>
    public static readonly Envelope RailwayEstate = new(112, 270, 288, 408),
        HillEstate = new(312, 486, 42, 236),
        School = new(-286, -96, -186, 6),
        Market = new(-286, -176, 52, 118);

    private static readonly Block[] Blocks =
    [
        new("铁南", 1, 7, -785, -332, 72, 386),
        new("铁南", 8, 7, -282, 262, 72, 386, RailwayEstate, Market),
        new("铁南", 15, 7, 314, 776, 72, 390, HillEstate),
        new("凤山", 1, 6, -782, -326, -238, -12),
        new("凤山", 7, 6, -278, 248, -244, -22, School),
        new("凤山", 13, 6, 300, 776, -252, -26),
        new("南园", 1, 4, -128, 236, -482, -342),
    ];

    public TownLayout()
    {
        var streets = Streets = new Streets();
        var random = new DemoRandom("lanes");
        // The trunk lanes run from north to south and open onto the streets: thirteen alley mouths.
        Way[] trunks =
        [
            Trunk("铁南西巷", streets.Mouth(Streets.Railway, -548), streets.Mouth(Streets.Hill, -566), random),
            Trunk("铁南中巷", streets.Mouth(Streets.Railway, 24), streets.Mouth(Streets.Hill, -14), random),
            Trunk("铁南东巷", streets.Mouth(Streets.Railway, 566), streets.Mouth(Streets.Hill, 584), random),
            Trunk("凤山西巷", streets.Mouth(Streets.Hill, -524), new Coordinate(-508, -542), random),
            Trunk("凤山中巷", streets.Mouth(Streets.Hill, 92), streets.Mouth(Streets.Garden, 76), random),
            Trunk("凤山东巷", streets.Mouth(Streets.Hill, 552), streets.Mouth(Streets.Garden, 530), random),
            Trunk("南园巷", streets.Mouth(Streets.Garden, 44), new Coordinate(58, -560), random),
        ];
        var lanes = Blocks.Select(block => block.LaneWays(random).ToArray()).ToArray();
        // One lane reaches a street at its end as well.
        lanes[3][2] = Extend(lanes[3][2], streets.Mouth(Streets.River, -150));
        Lanes = lanes;
        Trunks = trunks;
        StreetWays = [.. streets.Ways()];
        Ring = new Way(
            "铁南环巷",
            "lane",
            [
                new(-785, -400),
                new(-712, -522),
                new(-508, -542),
                new(-280, -552),
                new(58, -560),
                new(320, -562),
                new(560, -560),
                new(716, -526),
                new(782, -430),
                new(796, -210),
                new(782, -40),
                new(790, 200),
                new(798, 440),
                new(770, 516),
                new(420, 520),
                new(0, 512),
                new(-420, 505),
                new(-760, 502),
                new(-797, 420),
                new(-785, 230),
                new(-785, -400),
            ]
        );
    }

    public Streets Streets { get; }

    public IReadOnlyList<Way> StreetWays { get; }

    /// <summary>The lane around the community; it is closed, so it has no mouth.</summary>
    public Way Ring { get; }

    public IReadOnlyList<Way> Trunks { get; }

    /// <summary>The lanes of each block, from south to north.</summary>
    public IReadOnlyList<IReadOnlyList<Way>> Lanes { get; }

    public IEnumerable<Way> Ways => [.. StreetWays, Ring, .. Trunks, .. Lanes.SelectMany(lanes => lanes)];

    public Way Street(string name) => StreetWays.Single(street => street.Name == name);

    private static Way Trunk(string name, Coordinate north, Coordinate south, DemoRandom random)
    {
        var corners = new List<Coordinate> { north };
        var pieces = (int)Math.Round(north.Distance(south) / 52);
        for (var piece = 1; piece < pieces; piece++)
        {
            var t = (double)piece / pieces;
            corners.Add(
                new Coordinate(
                    north.X + (south.X - north.X) * t + random.Between(-15, 15),
                    north.Y + (south.Y - north.Y) * t + random.Between(-9, 9)
                )
            );
        }
        return new Way(name, "lane", [.. corners, south]);
    }

    private static Way Extend(Way lane, Coordinate mouth) => new(lane.Name, lane.Class, [.. lane.Board.SkipLast(1), mouth]);
}
