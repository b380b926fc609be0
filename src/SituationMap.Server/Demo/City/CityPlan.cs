namespace SituationMap.Server.Demo.City;

/// <summary>How large a made-up city of so many households is, in proportion to one of a million.</summary>
/// <param name="Households">The number of households, at least 100.</param>
/// <param name="Seed">Another number gives another city; the same one the same city to the byte.</param>
/// <param name="Now">The end of its last 120 days.</param>
internal sealed record CityPlan(int Households, int Seed, DateTimeOffset Now)
{
    public const int FewestHouseholds = 100;

    public const int MaxHouseholds = 5_000_000;

    /// <summary>How far back reports go.</summary>
    public const int Days = 120;

    public int Persons => 3 * Households;

    public int Buildings => Share(60_000, atLeast: 8);

    public int Facts => Share(300_000, atLeast: 30);

    public int Zones => Share(300, atLeast: 3);

    public int Checkpoints => Share(200, atLeast: 2);

    /// <summary>The grids stand in so many rows from south to north, …</summary>
    public int Rows => Math.Max(1, (int)Math.Sqrt(Grids));

    /// <summary>… each of so many from west to east.</summary>
    public int Columns => (int)Math.Ceiling((double)Grids / Rows);

    private int Grids => Share(2_500, atLeast: 1);

    /// <summary>A stream of chance of this city's own.</summary>
    public DemoRandom Random(string stream) => new($"city {Seed} {stream}");

    private int Share(int ofMillion, int atLeast) => (int)Math.Max(atLeast, Math.Round((double)ofMillion * Households / 1_000_000));
}
