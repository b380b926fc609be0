using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses;

/// <summary>
/// Keeps a full recompute and the workers out of each other's way. Whoever works out statuses reads what was reported, thinks, and
/// writes; if two did that for one household at a time, the one that read first might write last. Workers share a household's block
/// among each other, since each household is claimed by one of them only; a full recompute takes the blocks of its part for itself.
/// Facts need no lock: a fact that comes too late for whoever is at work marks its household again.
/// Locks are taken before anything is read, in ascending order, and are freed by the end of the transaction.
/// </summary>
public static class StatusLocks
{
    // a block has 16,384 ids
    private const int BlockBits = 14;

    /// <summary>For a worker: waits until no full recompute is at these households, and keeps it from beginning.</summary>
    public static async Task ShareAsync(NpgsqlConnection connection, IEnumerable<int> households, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            "SELECT pg_advisory_xact_lock_shared($1, block) FROM unnest($2::int[]) AS block",
            LockKeys.Statuses,
            households.Select(household => household >> BlockBits).Distinct().Order().ToArray()
        );
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>For a full recompute: waits until no worker is at the households with these ids (both included), and keeps others
    /// away.</summary>
    public static async Task TakeAsync(NpgsqlConnection connection, int first, int last, CancellationToken cancellation)
    {
        await using var command = connection
            .Command(
                "SELECT pg_advisory_xact_lock($1, block) FROM generate_series($2, $3) AS block",
                LockKeys.Statuses,
                first >> BlockBits,
                last >> BlockBits
            )
            .Unlimited();
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
