using System.Data;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Facts;
using SituationMap.Store.Statuses;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Households;

/// <summary>Reads households with their statuses.</summary>
public sealed class HouseholdStore(NpgsqlDataSource database)
{
    private const string Columns = """
        h.code, h.id, b.code, b.address, COALESCE(s.status, 'healthy'), s.since, s.until, COALESCE(s.surveyed, false),
        (SELECT count(*)::int FROM person p WHERE p.household = h.id), replace(ltree2text(h.grid), '.', '-'), h.tenure = 'let'
        """;

    internal const string From = HouseholdCondition.From + " JOIN building b ON b.id = h.building";

    /// <summary>A page of a list, and how many households the whole list has; null: nobody asked.</summary>
    public async Task<(HouseholdRow[] Page, int? Total)> ListAsync(
        HouseholdFilter filter,
        HouseholdPage page,
        bool isCounted,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // as many as are counted
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var condition = new HouseholdCondition(filter);
        var ids = page.Sql(condition, filter.Owing);
        HouseholdRow[] rows;
        await using (
            var list = connection.Command(
                $"""
                SELECT {Columns} FROM ({ids}) listed JOIN ({From}) ON h.id = listed.id {page.InOrder}
                """,
                condition.Values
            )
        )
        {
            await using var reader = await list.ExecuteReaderAsync(cancellation);
            rows = await reader.ReadAllAsync(ReadHousehold, cancellation);
        }
        if (!isCounted)
            return (rows, null);
        var all = new HouseholdCondition(filter);
        await using var count = connection.Command($"SELECT count(*)::int FROM {HouseholdCondition.From} WHERE {all.Sql}", all.Values);
        return (rows, (int)(await count.ExecuteScalarAsync(cancellation))!);
    }

    /// <summary>The ids of all households of a list, and of their buildings.</summary>
    public async Task<(int Household, int Building)[]> FindAllAsync(HouseholdFilter filter, CancellationToken cancellation)
    {
        var condition = new HouseholdCondition(filter);
        await using var command = database.Command(
            $"SELECT h.id, h.building FROM {HouseholdCondition.From} WHERE {condition.Sql} ORDER BY h.building, h.id",
            condition.Values
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => (row.GetInt32(0), row.GetInt32(1)), cancellation);
    }

    /// <summary>The ids of the buildings in a zone that is in force; null: none of that code is.</summary>
    public async Task<int[]?> BuildingsInZoneAsync(string zone, ProtocolPlan plan, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT b.id, replace(ltree2text(b.grid), '.', '-'), {plan.CoversPoint("p.outline")}
            FROM zone z JOIN zone_period p ON p.zone = z.id
            -- LEFT JOIN is intentional: a zone over no building is a zone
            LEFT JOIN building b ON {plan.MayBeIn("p.outline")}
            WHERE z.code = $1 AND p.starts_at <= $2 AND (p.ends_at IS NULL OR p.ends_at > $2)
            """,
            zone,
            at
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = await reader.ReadAllAsync(
            row =>
                (
                    Id: row.IsDBNull(0) ? (int?)null : row.GetInt32(0),
                    Grid: row.TextOrNull(1),
                    CoversPoint: !row.IsDBNull(2) && row.GetBoolean(2)
                ),
            cancellation
        );
        return found.Length == 0
            ? null
            : [.. found.Where(one => one.Grid is { } grid && plan.IsInZone(grid, at, one.CoversPoint)).Select(one => one.Id!.Value)];
    }

    /// <summary>One household and the codes of its members, as many as it counts; null: there is none of that code.</summary>
    public async Task<(HouseholdRow Household, string[] Members)?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // as many members as are counted
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch($"SELECT {Columns} FROM {From} WHERE h.code = $1", code),
                Sql.InBatch("SELECT p.code FROM person p JOIN household h ON h.id = p.household WHERE h.code = $1 ORDER BY p.id", code),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return null;
        var household = ReadHousehold(reader);
        await reader.NextResultAsync(cancellation);
        return (household, await reader.ReadAllAsync(row => row.GetString(0), cancellation));
    }

    public async Task<bool> IsWithinAsync(string code, Scope scope, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"SELECT EXISTS (SELECT FROM household WHERE code = $1 AND {Scope.Sql("grid", "$2")})",
            code,
            scope.Paths
        );
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>How its status changed, newest first; null: there is no household of that code.</summary>
    /// <param name="before">Only changes with a lower sequence.</param>
    public async Task<PastStatus[]?> HistoryAsync(string code, long before, int limit, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.InBatch("SELECT id FROM household WHERE code = $1", code));
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                SELECT f.sequence, f.recorded_at, f.status, f.surveyed, f.since, f.until, f.edition
                FROM feed f JOIN household h ON h.id = f.subject
                WHERE f.kind = 'status' AND h.code = $1 AND f.sequence < $2
                ORDER BY f.sequence DESC
                LIMIT $3
                """,
                code,
                before,
                limit
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return null;
        await reader.NextResultAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new PastStatus(
                row.GetInt64(0),
                row.InstantOrNull(1)!.Value,
                row.GetFieldValue<Status>(2),
                row.GetBoolean(3),
                row.InstantOrNull(4),
                row.InstantOrNull(5),
                row.GetString(6)
            ),
            cancellation
        );
    }

    /// <summary>
    /// Everything that was reported of it, the oldest first, each with what the clock of the device showed, and the codes of its members by
    /// their ids; null: there is no household of that code. It is read even where no status can be worked out of it.
    /// </summary>
    public async Task<(IReadOnlyList<(Fact Fact, DateTimeOffset? Clock)> Facts, IReadOnlyDictionary<int, string> Members)?> FactsAsync(
        string code,
        CancellationToken cancellation
    )
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.InBatch("SELECT id FROM household WHERE code = $1", code));
        batch.BatchCommands.Add(
            Sql.InBatch(
                $"""
                SELECT household, {StoredFact.Columns}, clock FROM fact
                WHERE household = (SELECT id FROM household WHERE code = $1)
                ORDER BY received_at, id
                """,
                code
            )
        );
        batch.BatchCommands.Add(
            Sql.InBatch("SELECT p.id, p.code FROM person p JOIN household h ON h.id = p.household WHERE h.code = $1", code)
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return null;
        await reader.NextResultAsync(cancellation);
        var facts = await reader.ReadAllAsync(row => (StatusBatch.ReadFact(row), row.InstantOrNull(9)), cancellation);
        await reader.NextResultAsync(cancellation);
        var members = await reader.ReadAllAsync(row => (Id: row.GetInt32(0), Code: row.GetString(1)), cancellation);
        return (facts, members.ToDictionary(member => member.Id, member => member.Code));
    }

    /// <summary>What its status rests on; null: there is no household of that code.</summary>
    /// <param name="known">Only what had been reported and published by then.</param>
    public async Task<HouseholdEvidence?> EvidenceAsync(
        string code,
        ProtocolPlan plan,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // one consistent look: facts, zones and sequence belong together
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        int household;
        long sequence;
        await using (
            var find = connection.Command("SELECT h.id, c.last FROM household h CROSS JOIN feed_counter c WHERE h.code = $1", code)
        )
        {
            await using var reader = await find.ExecuteReaderAsync(cancellation);
            if (!await reader.ReadAsync(cancellation))
                return null;
            (household, sequence) = (reader.GetInt32(0), reader.GetInt64(1));
        }
        var input = (await StatusBatch.LoadAsync(connection, plan, [household], known, cancellation))[0];

        await using var names = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch("SELECT id, code FROM person WHERE household = $1", household),
                Sql.InBatch(
                    "SELECT v.zone, v.version, z.code, v.name FROM zone_version v JOIN zone z ON z.id = v.zone WHERE v.zone = ANY ($1)",
                    input.Zones.Select(zone => zone.Zone).Distinct().ToArray()
                ),
            },
        };
        await using var named = await names.ExecuteReaderAsync(cancellation);
        var members = await named.ReadAllAsync(row => (Id: row.GetInt32(0), Code: row.GetString(1)), cancellation);
        await named.NextResultAsync(cancellation);
        var zones = await named.ReadAllAsync(
            row => (Zone: row.GetInt32(0), Version: row.GetInt32(1), Code: row.GetString(2), Name: row.GetString(3)),
            cancellation
        );
        return new HouseholdEvidence(
            input,
            sequence,
            members.ToDictionary(member => member.Id, member => member.Code),
            zones.ToDictionary(zone => (zone.Zone, zone.Version), zone => (zone.Code, zone.Name))
        );
    }

    private static HouseholdRow ReadHousehold(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetInt32(1),
            row.GetString(2),
            row.GetString(3),
            row.GetFieldValue<Status>(4),
            row.InstantOrNull(5),
            row.InstantOrNull(6),
            row.GetBoolean(7),
            row.GetInt32(8),
            row.GetString(9),
            row.GetBoolean(10)
        );
}
