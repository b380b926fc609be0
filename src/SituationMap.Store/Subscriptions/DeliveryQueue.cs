using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Subscriptions;

/// <summary>A subscription, as whoever sends knows it.</summary>
/// <param name="Key">The hash of the API key it was made with; null: it was made otherwise.</param>
/// <param name="KeyGeneration">Of the deployment's key, with which what is sent is signed.</param>
public sealed record WebhookReceiver(Guid Id, string Url, string[] Kinds, string Author, byte[]? Key, int KeyGeneration);

/// <summary>An event that is to be sent.</summary>
public sealed record Delivery(long Id, string Event, string Body, int Attempts, DateTimeOffset MadeAt);

/// <summary>What became of an attempt.</summary>
/// <param name="At">When it ended, or is tried again.</param>
public sealed record Outcome(long Id, string State, DateTimeOffset At, int? Answer, string? Fault);

/// <summary>What is to be sent to subscriptions, and who of several processes sends it.</summary>
public sealed class DeliveryQueue(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The first of each lane, where its time has come.</summary>
    public async Task<Delivery[]> NextAsync(Guid subscription, int limit, CancellationToken cancellation)
    {
        await using var next = database.Command(
            """
            SELECT id, event, body::text, attempts, made_at FROM (
              SELECT DISTINCT ON (lane) id, event, body, attempts, made_at, next_at FROM delivery
              WHERE subscription = $1 AND state = 'waiting' ORDER BY lane, id
            ) heads WHERE next_at <= $2 ORDER BY id LIMIT $3
            """,
            subscription,
            clock.GetUtcNow(),
            limit
        );
        await using var reader = await next.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new Delivery(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetInt32(3),
                new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero)
            ),
            cancellation
        );
    }

    /// <summary>Records what became of attempts; what was delivered meanwhile stays so.</summary>
    public async Task RecordAsync(Outcome[] outcomes, CancellationToken cancellation)
    {
        await using var record = database.Command(
            """
            UPDATE delivery d SET state = o.state, attempts = d.attempts + 1, answer = o.answer, fault = o.fault,
                   next_at = CASE WHEN o.state = 'waiting' THEN o.at ELSE d.next_at END,
                   ended_at = CASE WHEN o.state <> 'waiting' THEN o.at END
            FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::int[], $5::text[]) AS o (id, state, at, answer, fault)
            -- whoever took over, because this took longer than the lease, may have delivered it
            WHERE d.id = o.id AND d.state = 'waiting'
            """,
            outcomes.Select(outcome => outcome.Id).ToArray(),
            outcomes.Select(outcome => outcome.State).ToArray(),
            outcomes.Select(outcome => outcome.At.UtcDateTime).ToArray(),
            outcomes.Select(outcome => outcome.Answer).ToArray(),
            outcomes.Select(outcome => outcome.Fault).ToArray()
        );
        await record.ExecuteNonQueryAsync(cancellation);
    }

    public async Task<WebhookReceiver[]> ReceiversAsync(CancellationToken cancellation)
    {
        await using var all = database.Command(
            "SELECT s.id, s.url, s.kinds, s.author, k.hash, s.key_generation FROM subscription s LEFT JOIN credential k ON k.id = s.key"
        );
        await using var reader = await all.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new WebhookReceiver(
                row.GetGuid(0),
                row.GetString(1),
                row.GetFieldValue<string[]>(2),
                row.GetString(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
                row.GetInt32(5)
            ),
            cancellation
        );
    }

    /// <summary>Forgets what was delivered, and gives how many that were.</summary>
    public async Task<int> ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellation)
    {
        await using var forget = database.Command("DELETE FROM delivery WHERE state = 'delivered' AND ended_at < $1", endedBefore);
        return await forget.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes a subscription, or renews the lease on it, unless another process has it.</summary>
    /// <param name="held">The lease to renew; null: none.</param>
    /// <returns>Until when it is this process's own, which is also what it is known by; null: it is another's.</returns>
    public async Task<DateTime?> LeaseAsync(Guid subscription, DateTime? held, TimeSpan leasedFor, CancellationToken cancellation)
    {
        // by the store's clock alone: those of two processes may differ
        await using var take = database.Command(
            """
            UPDATE subscription SET leased_until = clock_timestamp() + $3 WHERE id = (
              SELECT id FROM subscription
              WHERE id = $1 AND (leased_until IS NULL OR leased_until < clock_timestamp() OR leased_until = $2)
              FOR UPDATE SKIP LOCKED
            ) RETURNING leased_until
            """,
            subscription,
            held,
            leasedFor
        );
        return (DateTime?)await take.ExecuteScalarAsync(cancellation);
    }

    public async Task ReleaseAsync(Guid subscription, DateTime lease)
    {
        await using var release = database.Command(
            "UPDATE subscription SET leased_until = NULL WHERE id = $1 AND leased_until = $2",
            subscription,
            lease
        );
        await release.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
