using System.Data;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Snapshots;

/// <summary>Reads anew what the feed says was put up, changed or taken down, and puts it into the picture in place of what was.</summary>
public sealed class StructureReader(NpgsqlDataSource database, LeftOut? leftOut = null)
{
    /// <summary>
    /// The picture with everything that these rows tell of as it is in the store by now; its sequence, states and zones are those from
    /// before. What changed again since is told again by later rows.
    /// </summary>
    public async Task<Snapshot> FollowAsync(Snapshot before, IReadOnlyCollection<FeedRow> rows, CancellationToken cancellation)
    {
        var (grids, buildings, checkpoints, roads) = (
            Ids(FeedKind.Grid),
            Ids(FeedKind.Building),
            Ids(FeedKind.Checkpoint),
            Ids(FeedKind.Road)
        );
        if (grids.Count + buildings.Count + checkpoints.Count + roads.Count == 0)
            return before;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);

        var city = before.City;
        if (checkpoints.Count + roads.Count > 0)
        {
            city = city.With(
                Replace(
                    city.Checkpoints,
                    checkpoint => checkpoint.Id,
                    checkpoints,
                    await CityReader.CheckpointsAsync(connection, checkpoints, leftOut, cancellation)
                ),
                Replace(city.Roads, road => road.Id, roads, await CityReader.RoadsAsync(connection, roads, leftOut, cancellation))
            );
        }
        if (grids.Count + buildings.Count == 0)
            return before with { City = city };

        if (grids.Count == 0)
        {
            var known = city.Grids.Select((grid, index) => (grid.Path, index)).ToDictionary(grid => grid.Path, grid => grid.index);
            if (
                (await CityReader.BuildingsAsync(connection, buildings, known, leftOut, cancellation)).Amend(city, buildings.Count) is
                { } amended
            )
                return before with { City = amended };
        }
        var tree = await CityReader.GridsAsync(connection, leftOut, cancellation);
        var indexes = tree.Select((grid, index) => (grid.Path, index)).ToDictionary(grid => grid.Path, grid => grid.index);
        // a building's own row may be on the next page of the feed, while its grid is gone already
        buildings.UnionWith(from building in city.Buildings where !indexes.ContainsKey(city.Grids[building.Grid].Path) select building.Id);
        var doors = await CityReader.BuildingsAsync(connection, buildings, indexes, leftOut, cancellation);
        foreach (var building in city.Buildings)
        {
            if (!buildings.Contains(building.Id))
                doors.Add(building with { Grid = indexes[city.Grids[building.Grid].Path] }, city.HouseholdsOf(building));
        }
        city = doors.Build(tree, city.Checkpoints, city.Roads);
        var states = Array.ConvertAll(city.Households, household =>
            before.City.IndexOfHousehold(household.Id) is >= 0 and var index ? before.States[index] : default
        );
        return Snapshot.Of(city, states, before.Zones, before.Sequence, before.AsOf) with
        {
            LastPassages = before.LastPassages,
            Manned = before.Manned,
        };

        HashSet<int> Ids(FeedKind kind) => [.. rows.Where(row => row.Kind == kind).Select(row => row.Subject)];
    }

    private static T[] Replace<T>(T[] items, Func<T, int> id, HashSet<int> ids, T[] read) =>
        ids.Count == 0 ? items : [.. items.Where(item => !ids.Contains(id(item))).Concat(read).OrderBy(id)];
}
