using System.Text.Json;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Core.Zones;
using SituationMap.Store.Database;
using SituationMap.Store.Facts;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Statuses;

/// <summary>Everything <see cref="StatusRules"/> needs about one household, and the status it has now.</summary>
/// <param name="Grid">The code of its grid, which may have rules of its own.</param>
public sealed record HouseholdInput(
    int Household,
    string Grid,
    HouseholdFacts Facts,
    IReadOnlyList<ZonePeriod> Zones,
    StoredStatus? Stored
);

/// <summary>Reads what statuses are worked out from, and writes what was found. All in the caller's transaction.</summary>
public static class StatusBatch
{
    /// <summary>Loads the inputs of these households, in the order given, without those that there are not any more.</summary>
    /// <param name="plan">What decides which zones count.</param>
    /// <param name="known">Only what had been reported and published by then; the far future for everything.</param>
    public static async Task<IReadOnlyList<HouseholdInput>> LoadAsync(
        NpgsqlConnection connection,
        ProtocolPlan plan,
        int[] households,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch("SELECT id, replace(ltree2text(grid), '.', '-') FROM household WHERE id = ANY ($1)", households),
                Sql.InBatch("SELECT household, id FROM person WHERE household = ANY ($1)", households),
                Sql.InBatch(
                    $"SELECT household, {StoredFact.Columns} FROM fact WHERE household = ANY ($1) AND received_at <= $2",
                    households,
                    known
                ),
                // Only the periods of the zones found are worked out: there are more of them with every version ever published.
                Sql.InBatch(
                    $"""
                    WITH covering AS MATERIALIZED (
                      SELECT h.id, v.zone, v.version, {plan.CoversPoint("v.outline")} AS covers_point
                      FROM household h JOIN building b ON b.id = h.building
                      JOIN zone_version v ON {plan.MayBeIn("v.outline")}  -- by its spatial index
                      WHERE h.id = ANY ($1)
                    )
                    SELECT c.id, p.zone, p.version, p.level, p.starts_at, p.ends_at, c.covers_point
                    FROM covering c JOIN zone_periods_known($2) p USING (zone, version)
                    WHERE p.zone = ANY (ARRAY(SELECT zone FROM covering))
                    """,
                    households,
                    known
                ),
                Sql.InBatch(
                    "SELECT household, status, surveyed, since, until, edition, next_due FROM household_status WHERE household = ANY ($1)",
                    households
                ),
            },
        };
        var grids = new Dictionary<int, string>();
        var members = new Dictionary<int, List<int>>();
        var facts = new Dictionary<int, List<Fact>>();
        var zones = new Dictionary<int, List<ZonePeriod>>();
        var stored = new Dictionary<int, StoredStatus>();
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            grids.Add(reader.GetInt32(0), reader.GetString(1));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            Add(members, reader.GetInt32(0), reader.GetInt32(1));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            Add(facts, reader.GetInt32(0), ReadFact(reader));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            Add(
                zones,
                reader.GetInt32(0),
                new ZonePeriod(
                    reader.GetInt32(1),
                    reader.GetInt32(2),
                    reader.GetString(3),
                    reader.InstantOrNull(4)!.Value,
                    reader.InstantOrNull(5),
                    reader.GetBoolean(6)
                )
            );
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            stored.Add(
                reader.GetInt32(0),
                new StoredStatus(
                    reader.GetFieldValue<Status>(1),
                    reader.GetBoolean(2),
                    reader.InstantOrNull(3),
                    reader.InstantOrNull(4),
                    reader.GetString(5),
                    reader.InstantOrNull(6)
                )
            );
        }
        return Array.ConvertAll(Array.FindAll(households, grids.ContainsKey), household => new HouseholdInput(
            household,
            grids[household],
            new HouseholdFacts(members.GetValueOrDefault(household) ?? [], facts.GetValueOrDefault(household) ?? []),
            zones.GetValueOrDefault(household) ?? [],
            stored.GetValueOrDefault(household)
        ));
    }

    /// <summary>
    /// Writes changed statuses, and a feed row for each change that anybody sees. The sequences are drawn last, under a lock that
    /// lasts until the commit, so commit right after it. Gives the number of feed rows.
    /// </summary>
    public static async Task<int> WriteAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<StatusChange> changes,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (changes.Count == 0)
            return 0;
        var shown = changes.Count(change => change.IsShown);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 }; // a full recompute writes tens of thousands
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                WITH found AS (
                  SELECT * FROM unnest($1::int[], $2::status[], $3::boolean[], $4::timestamptz[], $5::timestamptz[], $6::text[],
                    $7::timestamptz[], $8::boolean[], $11::status[])
                    WITH ORDINALITY AS f (household, status, surveyed, since, until, edition, next_due, shown, was, ordinal)
                ), drawn AS MATERIALIZED (
                  SELECT * FROM draw_sequences($9, $10)
                ), numbered AS (
                  -- the shown ones get a sequence each, from the first one drawn; 0 leaves a row's sequence as it is
                  SELECT f.*, h.grid, recorded_at,
                      CASE WHEN shown THEN first + (count(*) FILTER (WHERE shown) OVER (ORDER BY ordinal)) - 1 ELSE 0 END AS sequence
                  FROM found f JOIN household h ON h.id = f.household CROSS JOIN drawn
                ), kept AS (
                  INSERT INTO household_status AS s (grid, household, status, surveyed, since, until, edition, next_due, sequence)
                  SELECT grid, household, status, surveyed, since, until, edition, next_due, sequence FROM numbered
                  ON CONFLICT (grid, household) DO UPDATE
                  SET status = excluded.status, surveyed = excluded.surveyed, since = excluded.since, until = excluded.until,
                      edition = excluded.edition, next_due = excluded.next_due, sequence = GREATEST(s.sequence, excluded.sequence)
                )
                INSERT INTO feed (sequence, recorded_at, kind, grid, subject, was, status, surveyed, since, until, edition)
                SELECT sequence, recorded_at, 'status', grid, household, was, status, surveyed, since, until, edition
                FROM numbered WHERE shown
                """,
                changes.Select(c => c.Household).ToArray(),
                changes.Select(c => c.Found.Status).ToArray(),
                changes.Select(c => c.Found.Surveyed).ToArray(),
                SqlValue.Instants(changes.Select(c => c.Found.Since)),
                SqlValue.Instants(changes.Select(c => c.Found.Until)),
                changes.Select(c => c.Found.Edition).ToArray(),
                SqlValue.Instants(changes.Select(c => c.Found.NextDue)),
                changes.Select(c => c.IsShown).ToArray(),
                shown,
                now,
                changes.Select(c => c.Was).ToArray()
            )
        );
        if (shown > 0)
            batch.BatchCommands.Add(Sql.InBatch($"SELECT pg_notify('{Channels.Feed}', last::text) FROM feed_counter"));
        await batch.ExecuteNonQueryAsync(cancellation);
        return shown;
    }

    /// <summary>A fact from <see cref="StoredFact.Columns"/>, from the second column on.</summary>
    public static Fact ReadFact(NpgsqlDataReader row) =>
        new(
            row.GetGuid(1),
            row.GetFieldValue<FactKind>(2),
            row.IsDBNull(3) ? null : row.GetInt32(3),
            row.InstantOrNull(4)!.Value,
            row.InstantOrNull(5)!.Value,
            row.GetString(6),
            row.GetFieldValue<JsonElement>(7),
            Reporter.Parse(row.GetString(8))
        );

    private static void Add<T>(Dictionary<int, List<T>> lists, int key, T item)
    {
        if (!lists.TryGetValue(key, out var list))
            lists.Add(key, list = []);
        list.Add(item);
    }
}
