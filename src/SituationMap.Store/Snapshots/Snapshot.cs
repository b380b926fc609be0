using System.Collections.Immutable;
using System.Globalization;
using NetTopologySuite.Geometries;
using SituationMap.Geo.Shapes;

namespace SituationMap.Store.Snapshots;

/// <summary>A zone version in force.</summary>
/// <param name="To">When it ends by itself; null: open.</param>
/// <param name="Outline">Lon, lat.</param>
public record ZoneInForce(
    int Id,
    string Code,
    int Version,
    string Name,
    string Level,
    DateTimeOffset From,
    DateTimeOffset? To,
    Geometry Outline,
    Shape Shape
);

/// <summary>
/// The whole picture at one sequence of the feed: immutable, so whoever holds one can answer any number of questions from it that
/// agree with one another, and costs the database nothing.
/// </summary>
public sealed record Snapshot
{
    public required City City { get; init; }

    /// <summary>The last row of the feed that it contains.</summary>
    public required long Sequence
    {
        get;
        init => (field, SequenceText) = (value, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The sequence as every tile's header tells it.</summary>
    public string SequenceText { get; private init; } = "";

    /// <summary>When that row was recorded; for a snapshot just loaded, when it was.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The state of each household, in the order of <see cref="City.Households"/>.</summary>
    public required PagedArray<HouseholdState> States { get; init; }

    /// <summary>The counts of each building, in the order of <see cref="City.Buildings"/>.</summary>
    public required PagedArray<StatusCounts> BuildingCounts { get; init; }

    /// <summary>The counts of each grid with all below it, in the order of <see cref="City.Grids"/>.</summary>
    public required PagedArray<StatusCounts> GridCounts { get; init; }

    /// <summary>The zones in force, by id.</summary>
    public required IReadOnlyList<ZoneInForce> Zones { get; init; }

    /// <summary>In which direction, in or out, somebody last went through each checkpoint that was ever passed, by its id.</summary>
    public ImmutableDictionary<int, string> LastPassages { get; init; } = ImmutableDictionary<int, string>.Empty;

    /// <summary>Whether somebody is at a checkpoint at whose post shifts are planned, by its id.</summary>
    public ImmutableDictionary<int, bool> Manned { get; init; } = ImmutableDictionary<int, bool>.Empty;

    /// <summary>Whether somebody is there: by the plan, else as the checkpoint was imported.</summary>
    public bool IsManned(Checkpoint checkpoint) => Manned.GetValueOrDefault(checkpoint.Id, checkpoint.Manned);

    /// <summary>Counts everything up from the states; what follows keeps the counts as it goes.</summary>
    public static Snapshot Of(
        City city,
        ReadOnlySpan<HouseholdState> states,
        IReadOnlyList<ZoneInForce> zones,
        long sequence,
        DateTimeOffset asOf
    )
    {
        var buildings = new StatusCounts[city.Buildings.Length];
        var grids = new StatusCounts[city.Grids.Length];
        for (var index = 0; index < states.Length; index++)
        {
            ref var counts = ref buildings[city.Households[index].Building];
            counts = counts.With(states[index], 1);
        }
        for (var index = 0; index < buildings.Length; index++)
        {
            for (var grid = city.Buildings[index].Grid; grid >= 0; grid = city.Grids[grid].Parent)
                grids[grid] += buildings[index];
        }
        return new Snapshot
        {
            City = city,
            Sequence = sequence,
            AsOf = asOf,
            States = new PagedArray<HouseholdState>(states),
            BuildingCounts = new PagedArray<StatusCounts>(buildings),
            GridCounts = new PagedArray<StatusCounts>(grids),
            Zones = zones,
        };
    }

    /// <summary>This picture with some households in another state, up to a later sequence.</summary>
    /// <param name="changes">Indexes in <see cref="City.Households"/> with their new states; of one given twice the last counts.</param>
    public Snapshot With(
        IEnumerable<(int Index, HouseholdState State)> changes,
        IReadOnlyList<ZoneInForce> zones,
        long sequence,
        DateTimeOffset asOf
    )
    {
        var states = States.Edit();
        var buildings = BuildingCounts.Edit();
        var grids = GridCounts.Edit();
        foreach (var (index, state) in changes)
        {
            ref var current = ref states[index];
            if (current == state)
                continue;
            var building = City.Households[index].Building;
            Move(ref buildings[building], current, state);
            for (var grid = City.Buildings[building].Grid; grid >= 0; grid = City.Grids[grid].Parent)
                Move(ref grids[grid], current, state);
            current = state;
        }
        return this with
        {
            States = states.Finish(),
            BuildingCounts = buildings.Finish(),
            GridCounts = grids.Finish(),
            Zones = zones,
            Sequence = sequence,
            AsOf = asOf,
        };

        static void Move(ref StatusCounts counts, HouseholdState from, HouseholdState to) => counts = counts.With(from, -1).With(to, 1);
    }
}
