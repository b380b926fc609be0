using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Core.Zones;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Store.Zones.Impact;

/// <param name="Over65">Persons older than 65.</param>
/// <param name="ChildrenAlone">Persons under 18 in households in which nobody else is known.</param>
public sealed record BuildingAges(int Over65, int ChildrenAlone);

/// <summary>A household about which anything was ever reported.</summary>
/// <param name="Facts">Null: what is stored of it cannot be read.</param>
public sealed record ReportedHousehold(int Id, HouseholdFacts? Facts);

/// <summary>Reads what a preview needs of the buildings within an outline, each of which costs the store more than a moved corner may
/// take.</summary>
public sealed class BuildingReads(
    ProtocolCatalog protocols,
    CachedByBuilding<ReportedHousehold[]> reported,
    CachedByBuilding<ZonePeriod[]> periods,
    CachedByBuilding<BuildingAges> ages
)
{
    private const int ChildBelow = 18;
    private const int OldOver = 65;

    /// <summary>A fact is there for others only some time after it was received.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    /// <summary>Those households of the buildings about which anything was ever reported, by their ids.</summary>
    public async Task<Dictionary<int, ReportedHousehold>> ReportedAsync(
        NpgsqlConnection connection,
        City city,
        int[] buildings,
        CancellationToken cancellation
    )
    {
        var found = await reported.OfAsync(city, stand: 0, buildings, ReadAsync, ChangedAsync, cancellation);
        return found.Values.SelectMany(households => households).ToDictionary(household => household.Id);

        async Task<Dictionary<int, ReportedHousehold[]>> ReadAsync(int[] missing)
        {
            await using var command = connection.Command(
                "SELECT h.id, h.building FROM household h WHERE h.building = ANY ($1) AND EXISTS (SELECT FROM fact f WHERE "
                    + "f.household = h.id)",
                missing
            );
            Dictionary<int, int> households;
            await using (var reader = await command.ExecuteReaderAsync(cancellation))
                households = (await reader.ReadAllAsync(row => (row.GetInt32(0), row.GetInt32(1)), cancellation)).ToDictionary();
            var inputs = await Workable.LoadAsync(connection, protocols.Plan, [.. households.Keys], DateTimeOffset.MaxValue, cancellation);
            var facts = inputs.ToDictionary(input => input.Household, input => input.Facts);
            return households
                .GroupBy(household => household.Value, household => household.Key)
                .ToDictionary(
                    building => building.Key,
                    building => building.Select(id => new ReportedHousehold(id, facts.GetValueOrDefault(id))).ToArray()
                );
        }

        // facts are only added
        async Task<int[]> ChangedAsync(DateTimeOffset since)
        {
            await using var command = connection.Command(
                "SELECT DISTINCT h.building FROM fact f JOIN household h ON h.id = f.household WHERE f.received_at > $1",
                since - Overlap
            );
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return await reader.ReadAllAsync(row => row.GetInt32(0), cancellation);
        }
    }

    /// <summary>The zone periods over each building that has any, past and future ones included.</summary>
    public async Task<Dictionary<int, ZonePeriod[]>> PeriodsAsync(
        NpgsqlConnection connection,
        City city,
        int[] buildings,
        CancellationToken cancellation
    )
    {
        // versions are only added; counted first, so that one that comes in between is seen by the next preview at the latest
        await using var count = connection.Command("SELECT count(*) FROM zone_version");
        return await periods.OfAsync(
            city,
            (long)(await count.ExecuteScalarAsync(cancellation))!,
            buildings,
            ReadAsync,
            changedSince: null,
            cancellation
        );

        async Task<Dictionary<int, ZonePeriod[]>> ReadAsync(int[] missing)
        {
            await using var command = connection.Command(
                $"""
                SELECT b.id, p.zone, p.version, p.level, p.starts_at, p.ends_at, {protocols.Plan.CoversPoint("p.outline")}
                FROM zone_period p JOIN building b ON {protocols.Plan.MayBeIn("p.outline")} WHERE b.id = ANY ($1)
                """,
                missing
            );
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = await reader.ReadAllAsync(
                row =>
                    (
                        Building: row.GetInt32(0),
                        Period: new ZonePeriod(
                            row.GetInt32(1),
                            row.GetInt32(2),
                            string.Intern(row.GetString(3)),
                            row.InstantOrNull(4)!.Value,
                            row.InstantOrNull(5),
                            row.GetBoolean(6)
                        )
                    ),
                cancellation
            );
            return rows.GroupBy(row => row.Building)
                .ToDictionary(building => building.Key, building => building.Select(row => row.Period).ToArray());
        }
    }

    /// <summary>Persons over 65 in the buildings, and children with whom no adult is known, by year of birth.</summary>
    public async Task<BuildingAges> AgesAsync(
        NpgsqlConnection connection,
        City city,
        int[] buildings,
        int year,
        CancellationToken cancellation
    )
    {
        var found = await ages.OfAsync(city, year, buildings, ReadAsync, changedSince: null, cancellation);
        return new BuildingAges(found.Values.Sum(building => building.Over65), found.Values.Sum(building => building.ChildrenAlone));

        async Task<Dictionary<int, BuildingAges>> ReadAsync(int[] missing)
        {
            await using var command = connection.Command(
                """
                SELECT building, sum(old)::int, COALESCE(sum(persons) FILTER (WHERE children = persons), 0)::int
                FROM (
                  SELECT h.building, count(*) AS persons, count(*) FILTER (WHERE p.born < $2) AS old,
                    count(*) FILTER (WHERE p.born > $3) AS children
                  FROM household h JOIN person p ON p.household = h.id WHERE h.building = ANY ($1) GROUP BY h.building, p.household
                ) household
                GROUP BY building
                """,
                missing,
                year - OldOver,
                year - ChildBelow
            );
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return (
                await reader.ReadAllAsync(row => (row.GetInt32(0), new BuildingAges(row.GetInt32(1), row.GetInt32(2))), cancellation)
            ).ToDictionary();
        }
    }
}
