using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>Who may owe readings or tests: the quarantined and observed households of grids and those released of late, a few percent of
/// all.</summary>
internal static class DutyCandidates
{
    /// <param name="connection">Whose transaction they are to belong to.</param>
    /// <param name="snapshot">The picture of the instant.</param>
    /// <param name="grids">The grids' indexes in <see cref="City.Grids"/>.</param>
    /// <param name="late">How long after a restriction has ended something may still be to do.</param>
    /// <returns>The ids of households.</returns>
    public static async Task<HashSet<int>> LoadAsync(
        NpgsqlConnection connection,
        Snapshot snapshot,
        IReadOnlyList<int> grids,
        DateTimeOffset at,
        TimeSpan late,
        CancellationToken cancellation
    )
    {
        string[] paths = [.. grids.Select(grid => snapshot.City.Grids[grid].Path)];
        var candidates = await ReleasedAsync(connection, snapshot.Sequence, paths, at, late, cancellation);
        candidates.UnionWith(Restricted(snapshot, grids));
        return candidates;
    }

    private static IEnumerable<int> Restricted(Snapshot snapshot, IReadOnlyList<int> grids)
    {
        var city = snapshot.City;
        for (var index = 0; index < city.Buildings.Length; index++)
        {
            var (building, counts) = (city.Buildings[index], snapshot.BuildingCounts[index]);
            if (counts.Quarantined + counts.Observed == 0 || !city.WithAncestors(building.Grid).Any(grids.Contains))
                continue;
            for (var household = building.FirstHousehold; household < building.FirstHousehold + building.HouseholdCount; household++)
            {
                if (snapshot.States[household].Status is Status.Quarantined or Status.Observed)
                    yield return city.Households[household].Id;
            }
        }
    }

    /// <summary>The households whose restriction may have ended so short a time ago that they still owe something.</summary>
    private static async Task<HashSet<int>> ReleasedAsync(
        NpgsqlConnection connection,
        long sequence,
        string[] paths,
        DateTimeOffset at,
        TimeSpan late,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT DISTINCT subject FROM feed
            WHERE kind = 'status' AND recorded_at > $1 AND sequence <= $2 AND grid <@ ANY ($3)
              -- no longer restricted, and not for long; without a beginning it never was
              AND status IN ('healthy', 'out') AND since > $1
            """,
            at - late,
            sequence,
            SqlValue.LTree(paths)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return [.. await reader.ReadAllAsync(row => row.GetInt32(0), cancellation)];
    }
}
