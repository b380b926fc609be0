using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Statuses;
using SituationMap.Core.Zones;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Store.Zones.Impact;

/// <summary>One household within the old or the new outline.</summary>
/// <param name="Id">The store's id.</param>
/// <param name="Statuses">Before and after; null: it cannot be worked out.</param>
/// <param name="IsInside">Whether it is within the new one.</param>
public readonly record struct HouseholdImpact(int Id, int Persons, StatusPair? Statuses, bool IsInside);

/// <param name="Surveyed">Whether someone has been at the door, which a zone does not change.</param>
public readonly record struct StatusPair(Status Before, Status After, bool Surveyed);

/// <param name="Inside">The ids of the buildings within the new outline.</param>
public sealed record StatusImpactResult(IReadOnlyList<HouseholdImpact> Households, int[] Inside, IReadOnlySet<string> InsideCodes);

/// <summary>
/// Works out statuses as they would be with a draft, by the same function and from the same inputs as the workers do once it is
/// published. Only buildings within the old outline or the new one are looked at, and only households with reports of their own one by
/// one: all others of a building have the same zones over them and nothing else.
/// </summary>
public sealed class StatusImpact(ProtocolCatalog protocols, BuildingReads reads)
{
    /// <param name="CoversPoint">Whether the new outline covers its point; null: it does not reach the building.</param>
    /// <param name="IsInside">Whether it is in the zone by the new one.</param>
    private sealed record Touched(int Id, Building Building, bool? CoversPoint, bool IsInside);

    /// <param name="zone">The zone that the draft changes; null: a new one.</param>
    /// <param name="over">The ids of the zones that are over once the draft is in force: it, and the parts into which it was split.</param>
    /// <param name="at">The instant it is worked out for: when the draft begins.</param>
    public async Task<StatusImpactResult> WorkOutAsync(
        NpgsqlConnection connection,
        City city,
        ZoneRecord? zone,
        int[] over,
        DraftContent content,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var touched = await TouchedAsync(connection, city, over, content.Outline, at, cancellation);
        int[] buildings = [.. touched.Select(building => building.Id)];
        var periods = await reads.PeriodsAsync(connection, city, buildings, cancellation);
        var versionsAfter = PeriodsAfter(zone, content, at);
        var reported = await reads.ReportedAsync(connection, city, buildings, cancellation);

        var parts = new HouseholdImpact[touched.Length][];
        Parallel.For(0, touched.Length, index =>
            parts[index] = OfBuilding(
                city,
                touched[index],
                periods.GetValueOrDefault(touched[index].Id) ?? [],
                zone?.Id ?? 0,
                over,
                versionsAfter,
                reported,
                at,
                cancellation
            )
        );
        var inside = touched.Where(building => building.IsInside).ToArray();
        return new StatusImpactResult(
            [.. parts.SelectMany(part => part)],
            [.. inside.Select(building => building.Id)],
            inside.Select(building => building.Building.Code).ToHashSet()
        );
    }

    private HouseholdImpact[] OfBuilding(
        City city,
        Touched touched,
        ZonePeriod[] before,
        int zone,
        int[] over,
        Dictionary<int, ZonePeriod> versionsAfter,
        Dictionary<int, ReportedHousehold> reported,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var plan = protocols.Plan.ForGrid(city.Grids[touched.Building.Grid].Code);
        // the zone's own versions hold for other times once the draft is one of them
        var after = before.Where(period => !over.Contains(period.Zone)).ToList();
        foreach (var own in before.Where(period => period.Zone == zone))
            if (versionsAfter.TryGetValue(own.Version, out var period))
                after.Add(period with { CoversPoint = own.CoversPoint });
        if (touched.CoversPoint is { } coversPoint && versionsAfter.TryGetValue(NewVersion(versionsAfter), out var draft))
            after.Add(draft with { CoversPoint = coversPoint });

        var plain = Evaluate(new HouseholdFacts([], []));
        var households = city.HouseholdsOf(touched.Building);
        var found = new HouseholdImpact[households.Count];
        for (var index = 0; index < found.Length; index++)
        {
            var household = households[index];
            var statuses = reported.TryGetValue(household.Id, out var about) ? TryEvaluate(about.Facts) : plain;
            found[index] = new HouseholdImpact(household.Id, household.Persons, statuses, touched.IsInside);
        }
        return found;

        StatusPair? TryEvaluate(HouseholdFacts? facts)
        {
            try
            {
                return facts is null ? null : Evaluate(facts);
            }
            catch (Exception failure) when (Workable.IsItsOwn(failure, cancellation))
            {
                return null;
            }
        }

        StatusPair Evaluate(HouseholdFacts facts)
        {
            var was = StatusRules.Evaluate(facts, before, plan, at);
            return new(was.Status, StatusRules.Evaluate(facts, after, plan, at).Status, was.Surveyed);
        }
    }

    /// <summary>The times at which each version of the zone would hold, by their numbers; the draft has the next number.</summary>
    private static Dictionary<int, ZonePeriod> PeriodsAfter(ZoneRecord? zone, DraftContent content, DateTimeOffset at)
    {
        var draft = new ZoneVersionTimes((zone?.Tag.Version ?? 0) + 1, content.Level, at, content.To);
        return ZoneVersions
            .Periods(zone?.Id ?? 0, (zone?.Versions ?? []).Select(version => version.Times).Append(draft))
            .ToDictionary(period => period.Version);
    }

    private static int NewVersion(Dictionary<int, ZonePeriod> versionsAfter) => versionsAfter.Count == 0 ? 0 : versionsAfter.Keys.Max();

    private async Task<Touched[]> TouchedAsync(
        NpgsqlConnection connection,
        City city,
        int[] over,
        MultiPolygon outline,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var plan = protocols.Plan;
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch($"SELECT b.id, b.code, {plan.CoversPoint("$1")} FROM building b WHERE {plan.MayBeIn("$1")}", outline),
                Sql.InBatch(
                    $"""
                    SELECT b.id, b.code, bool_or({plan.CoversPoint("p.outline")}) FROM zone_period p JOIN building b ON {plan.MayBeIn(
                        "p.outline"
                    )}
                    WHERE p.zone = ANY ($1) AND p.starts_at <= $2 AND (p.ends_at IS NULL OR p.ends_at > $2)
                    GROUP BY b.id, b.code
                    """,
                    over,
                    at
                ),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var reached = await ReadAsync();
        await reader.NextResultAsync(cancellation);
        var was = await ReadAsync();
        var left = was.Where(row => row.IsIn).Select(row => row.Id).ToHashSet();
        var ids = reached.Select(row => row.Id).ToHashSet();
        return
        [
            .. reached
                .Where(row => row.IsIn || left.Contains(row.Id))
                .Select(row => new Touched(row.Id, row.Building, row.CoversPoint, row.IsIn)),
            .. was.Where(row => row.IsIn && !ids.Contains(row.Id))
                .Select(row => new Touched(row.Id, row.Building, CoversPoint: null, IsInside: false)),
        ];

        async Task<(int Id, Building Building, bool CoversPoint, bool IsIn)[]> ReadAsync()
        {
            var rows = await reader.ReadAllAsync(
                row => (Id: row.GetInt32(0), Code: row.GetString(1), CoversPoint: row.GetBoolean(2)),
                cancellation
            );
            // one that was put up this moment comes with the next picture
            return
            [
                .. from row in rows
                where city.BuildingByCode.ContainsKey(row.Code)
                let building = city.Buildings[city.BuildingByCode[row.Code]]
                select (row.Id, building, row.CoversPoint, plan.IsInZone(city.Grids[building.Grid].Code, at, row.CoversPoint)),
            ];
        }
    }
}
