using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Households;

/// <summary>Who has taken note of which change: for all who may see the change.</summary>
public sealed class AcknowledgementStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Those of the sequences that are no change of this scope: zones are the same for all.</summary>
    public async Task<long[]> UnknownAsync(IReadOnlyCollection<long> changes, Scope scope, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT sequence FROM unnest($1::bigint[]) AS asked (sequence)
            EXCEPT
            SELECT f.sequence
            FROM feed f
            -- LEFT JOIN is intentional: a zone has no household
            LEFT JOIN household h ON f.kind = 'status' AND h.id = f.subject
            WHERE f.sequence = ANY ($1)
              AND (f.kind = 'zone' OR (h.id IS NOT NULL AND {ChangeStore.IsAnother} AND {Scope.Sql("h.grid", "$2")}))
            """,
            changes.ToArray(),
            scope.Paths
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetInt64(0), cancellation);
    }

    /// <summary>
    /// Takes note of changes in the name of whoever the entry of the audit record names, and gives who has: what was taken note of
    /// before stays with whoever came first.
    /// </summary>
    public async Task<Acknowledgement[]> AddAsync(IReadOnlyCollection<long> changes, AuditEntry entry, CancellationToken cancellation)
    {
        var sequences = changes.ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await entry.AppendAsync(connection, cancellation);
        // One at a time, and what is there is looked at after the wait: two who draw sequences for the same change would leave one unused.
        await using (var alone = connection.Command("SELECT FROM feed_counter FOR UPDATE"))
            await alone.ExecuteNonQueryAsync(cancellation);
        await using (
            var add = connection.Command(
                $"""
                WITH new AS (
                  SELECT f.sequence, f.subject, h.grid, ST_Envelope(COALESCE(f.touched, b.outline)) AS place,
                         row_number() OVER (ORDER BY f.sequence) AS ordinal
                  FROM feed f
                  LEFT JOIN household h ON f.kind = 'status' AND h.id = f.subject
                  LEFT JOIN building b ON b.id = h.building
                  WHERE f.sequence = ANY ($1) AND NOT EXISTS (SELECT FROM feed a WHERE a.acknowledges = f.sequence)
                ), drawn AS MATERIALIZED (
                  SELECT d.* FROM (SELECT count(*)::int AS n FROM new HAVING count(*) > 0) c, draw_sequences(c.n, $2) d
                ), added AS (
                  INSERT INTO feed (sequence, recorded_at, kind, grid, subject, touched, acknowledges, account)
                  SELECT first + ordinal - 1, recorded_at, 'acknowledgement', grid, subject, place, new.sequence, $3
                  FROM new CROSS JOIN drawn
                  RETURNING sequence
                )
                SELECT pg_notify('{Channels.Feed}', max(sequence)::text) FROM added HAVING count(*) > 0
                """,
                sequences,
                clock.GetUtcNow(),
                entry.Account
            )
        )
            await add.ExecuteNonQueryAsync(cancellation);
        await using var read = connection.Command(
            "SELECT acknowledges, account, recorded_at FROM feed WHERE acknowledges = ANY ($1) ORDER BY acknowledges",
            sequences
        );
        Acknowledgement[] all;
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            all = await reader.ReadAllAsync(
                row => new Acknowledgement(row.GetInt64(0), row.GetString(1), row.InstantOrNull(2)!.Value),
                cancellation
            );
        await transaction.CommitAsync(cancellation);
        return all;
    }
}

/// <summary>Somebody took note of a change.</summary>
/// <param name="Change">Its sequence.</param>
/// <param name="Account">Whose account.</param>
public sealed record Acknowledgement(long Change, string Account, DateTimeOffset At);
