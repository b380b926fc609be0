using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Statuses;

namespace SituationMap.Store.Zones.Lowering;

/// <summary>The clock of every zone in force: when each may be lowered, and what that rests on.</summary>
public static class DueZones
{
    private sealed class Zone(string code, string name, int version)
    {
        public string Code => code;

        public string Name => name;

        public int Version => version;

        public bool IsWithin { get; set; } = true;

        public int Households { get; set; }

        public List<ZonePeriod> Periods { get; } = [];

        public Dictionary<int, List<Fact>> Facts { get; } = [];

        public Dictionary<Guid, string> Reported { get; } = [];
    }

    /// <summary>The zones due first, then the others in the order in which they will be.</summary>
    /// <param name="known">Only what had been reported and published by then.</param>
    /// <param name="scope">Of a zone that reaches beyond it, only when it is due is told, not what that rests on.</param>
    public static async Task<IReadOnlyList<DueZone>> FindAsync(
        NpgsqlDataSource database,
        ProtocolPlan plan,
        DateTimeOffset at,
        DateTimeOffset known,
        Scope scope,
        CancellationToken cancellation
    )
    {
        var zones = await ReadAsync(database, plan, at, known, scope, cancellation);
        return
        [
            .. zones
                .Values.Select(zone => (zone, state: LoweringClock.At(zone.Periods, zone.Facts.Values, zone.Households, plan, at)))
                .Where(found => found.state is not null)
                .Select(found =>
                    DueZone.Of(
                        found.zone.Code,
                        found.zone.Name,
                        found.zone.Version,
                        found.state!,
                        found.zone.IsWithin ? found.zone.Reported.GetValueOrDefault(found.state!.Case ?? default) : null,
                        found.zone.IsWithin,
                        plan,
                        at
                    )
                )
                .OrderByDescending(zone => zone.IsDue)
                .ThenBy(zone => zone.DueAt)
                .ThenBy(zone => zone.Code, StringComparer.Ordinal),
        ];
    }

    private static async Task<Dictionary<int, Zone>> ReadAsync(
        NpgsqlDataSource database,
        ProtocolPlan plan,
        DateTimeOffset at,
        DateTimeOffset known,
        Scope scope,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch(
                    $"""
                    SELECT p.zone, z.code, p.name, p.version, i.grid, i.covers_point, i.within, i.households
                    FROM zone_periods_known($2) p JOIN zone z ON z.id = p.zone
                    -- LEFT JOIN is intentional: a zone over no building
                    LEFT JOIN LATERAL (
                      SELECT replace(ltree2text(b.grid), '.', '-') AS grid, {plan.CoversPoint("p.outline")} AS covers_point, {Scope.Sql(
                        "b.grid",
                        "$3"
                    )} AS within,
                             sum((SELECT count(*) FROM household h WHERE h.building = b.id))::int AS households
                      FROM building b WHERE {plan.MayBeIn("p.outline")} GROUP BY b.grid, covers_point
                    ) i ON true
                    WHERE p.starts_at <= $1 AND (p.ends_at IS NULL OR p.ends_at > $1)
                    """,
                    at,
                    known,
                    scope.Paths
                ),
                Sql.InBatch("SELECT zone, version, level, starts_at, ends_at FROM zone_periods_known($1)", known),
                Sql.InBatch(
                    $"""
                    SELECT f.household, f.id, f.kind, f.person, f.at, f.received_at, f.source, f.data, '', p.zone, h.code,
                      replace(ltree2text(b.grid), '.', '-'), {plan.CoversPoint(
                        "v.outline"
                    )}
                    FROM fact f JOIN household h ON h.id = f.household JOIN building b ON b.id = h.building
                    JOIN zone_version v ON {plan.MayBeIn("v.outline")}  -- by its spatial index; then the one in force
                    JOIN zone_periods_known($2) p USING (zone, version)
                    WHERE f.kind IN ('case', 'contact', 'test', 'retraction') AND f.received_at <= $2
                      AND p.starts_at <= $1 AND (p.ends_at IS NULL OR p.ends_at > $1)
                    """,
                    at,
                    known
                ),
            },
        };
        var zones = new Dictionary<int, Zone>();
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!zones.TryGetValue(reader.GetInt32(0), out var zone))
                zones.Add(reader.GetInt32(0), zone = new Zone(reader.GetString(1), reader.GetString(2), reader.GetInt32(3)));
            if (!reader.IsDBNull(4) && plan.IsInZone(reader.GetString(4), at, reader.GetBoolean(5)))
            {
                zone.IsWithin &= reader.GetBoolean(6);
                zone.Households += reader.GetInt32(7);
            }
        }
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (zones.TryGetValue(reader.GetInt32(0), out var zone))
                zone.Periods.Add(
                    new ZonePeriod(
                        reader.GetInt32(0),
                        reader.GetInt32(1),
                        reader.GetString(2),
                        reader.InstantOrNull(3)!.Value,
                        reader.InstantOrNull(4)
                    )
                );
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!plan.IsInZone(reader.GetString(11), at, reader.GetBoolean(12)))
                continue;
            var zone = zones[reader.GetInt32(9)];
            var fact = StatusBatch.ReadFact(reader);
            if (!zone.Facts.TryGetValue(reader.GetInt32(0), out var facts))
                zone.Facts.Add(reader.GetInt32(0), facts = []);
            facts.Add(fact);
            zone.Reported[fact.Id] = reader.GetString(10);
        }
        return zones;
    }
}
