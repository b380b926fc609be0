using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>What the check of the audit record found.</summary>
/// <param name="Rows">How many rows bear a seal.</param>
/// <param name="Faults">What was edited, removed, or put in another order; empty where all is as it was written.</param>
public sealed record AuditFindings(long Rows, IReadOnlyList<string> Faults);

/// <summary>
/// Seals the audit record: each row gets the next sequence and a keyed hash over itself and the seal before, within a second of being
/// written. One process seals at a time; several take turns.
/// </summary>
public sealed class AuditSealer(NpgsqlDataSource database, DeploymentKey key)
{
    private const int BatchSize = 1_000;
    private const string Purpose = "audit";

    /// <summary>So that a look does not go through the whole record.</summary>
    private readonly SettledRows _settled = new();

    /// <summary>Seals all rows that have none yet.</summary>
    public async Task SealAsync(CancellationToken cancellation)
    {
        while (await SealBatchAsync(cancellation) == BatchSize) { }
    }

    /// <summary>Looks through the whole record, after sealing what is new.</summary>
    public async Task<AuditFindings> VerifyAsync(CancellationToken cancellation)
    {
        _settled.Forget();
        await SealAsync(cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        return await LookThroughAsync(connection, cancellation);
    }

    /// <summary>Looks through what is sealed, within the connection's transaction.</summary>
    public async Task<AuditFindings> LookThroughAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var faults = new List<string>();
        var uses = await DeploymentKeyUse.ReadAsync(connection, cancellation);
        var (headSequence, headSeal) = await HeadAsync(connection, cancellation);
        var (generation, sealing) = (0, (byte[]?)null);
        if (uses.Count > 0 && key.Current > uses[^1].Generation)
            faults.Add($"the store does not know key {key.Current}: its rotation was broken off, or the record was put back");
        var before = Array.Empty<byte>();
        var last = 0L;
        await using (
            var command = connection.Command(
                $"SELECT s.sequence, s.seal, s.entry, {Content} FROM audit_seal s LEFT JOIN audit a ON a.id = s.entry ORDER BY s.sequence"
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                var (sequence, seal, entry) = (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2));
                if (DeploymentKeyUse.Of(uses, sequence) is var bears && bears != generation)
                {
                    (generation, sealing) = (bears, key.Has(bears) ? key.For(bears, Purpose) : null);
                    if (sealing is null)
                        faults.Add($"seals from {sequence} on bear key {bears}, which was lost: they cannot be checked");
                }
                if (sequence != last + 1)
                    faults.Add($"seals {last + 1} to {sequence - 1} are missing");
                if (reader.IsDBNull(3))
                    faults.Add($"row {entry} was removed (seal {sequence})");
                else if (
                    sealing is not null
                    && !CryptographicOperations.FixedTimeEquals(seal, Seal(sealing, before, sequence, entry, reader.GetString(3)))
                )
                    faults.Add($"row {entry} or its seal {sequence} was changed, or those before it");
                (before, last) = (seal, sequence);
            }
        }
        if (
            headSequence != last
            || (sealing is not null && !CryptographicOperations.FixedTimeEquals(headSeal, HeadSeal(sealing, last, before)))
        )
            faults.Add($"the record ends with seal {last} and should end with {headSequence}, or its end was changed");
        return new AuditFindings(last, faults);
    }

    /// <summary>Whether the record's end bears the present generation of a key; an empty record bears any.</summary>
    public static async Task<bool> IsHeadOfAsync(NpgsqlConnection connection, DeploymentKey key, CancellationToken cancellation)
    {
        var (sequence, head) = await HeadAsync(connection, cancellation);
        if (sequence == 0)
            return true;
        await using var last = connection.Command("SELECT seal FROM audit_seal WHERE sequence = $1", sequence);
        // where the end was cut off, that is for the check of the record to tell
        return await last.ExecuteScalarAsync(cancellation) is not byte[] seal
            || CryptographicOperations.FixedTimeEquals(head, HeadSeal(key.For(key.Current, Purpose), sequence, seal));
    }

    /// <summary>The sequence of the last seal.</summary>
    public static async Task<long> SealedAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        (await HeadAsync(connection, cancellation)).Sequence;

    /// <summary>Everything a row says, in one form: JSON sorts keys, and instants do not depend on the session.</summary>
    private const string Content = """
        jsonb_build_array(a.id, extract(epoch FROM a.at), a.account, a.action, a.subject, a.purpose, a.origin, a.details)::text
          || CASE WHEN a.id IS NULL THEN NULL WHEN a.holder IS NULL THEN '' ELSE jsonb_build_array(a.holder, a.holds)::text END
        """;

    private async Task<int> SealBatchAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var take = connection.Command($"SELECT pg_try_advisory_xact_lock({LockKeys.AuditSeal})");
        if (!(bool)(await take.ExecuteScalarAsync(cancellation))!)
            return 0;
        var look = await _settled.BeginAsync(connection, cancellation);
        var (sequence, _) = await HeadAsync(connection, cancellation);
        var sealing = key.For(DeploymentKeyUse.Of(await DeploymentKeyUse.ReadAsync(connection, cancellation), sequence + 1), Purpose);
        await using var find = connection.Command(
            $"""
            SELECT a.id, {Content}, (SELECT seal FROM audit_seal WHERE sequence = $2)
            FROM audit a WHERE a.id > $3 AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry = a.id)
            ORDER BY a.id LIMIT $1
            """,
            BatchSize,
            sequence,
            _settled.Row
        );
        var rows = new List<(long Sequence, long Entry, byte[] Seal)>();
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                var before =
                    rows.Count > 0 ? rows[^1].Seal
                    : reader.IsDBNull(2) ? []
                    : reader.GetFieldValue<byte[]>(2);
                sequence++;
                rows.Add((sequence, reader.GetInt64(0), Seal(sealing, before, sequence, reader.GetInt64(0), reader.GetString(1))));
            }
        }
        if (rows.Count == 0)
        {
            _settled.Seen(look);
            return 0;
        }
        await using var write = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch(
                    "INSERT INTO audit_seal (sequence, entry, seal) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])",
                    rows.Select(row => row.Sequence).ToArray(),
                    rows.Select(row => row.Entry).ToArray(),
                    rows.Select(row => row.Seal).ToArray()
                ),
                Sql.InBatch(
                    "INSERT INTO audit_head (sequence, seal) VALUES ($1, $2) "
                        + "ON CONFLICT (singleton) DO UPDATE SET sequence = $1, seal = $2",
                    sequence,
                    HeadSeal(sealing, sequence, rows[^1].Seal)
                ),
            },
        };
        await write.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        if (rows.Count < BatchSize)
            _settled.Seen(look);
        return rows.Count;
    }

    private static async Task<(long Sequence, byte[] Seal)> HeadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command("SELECT sequence, seal FROM audit_head");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (0, []);
    }

    private static byte[] Seal(byte[] key, byte[] before, long sequence, long entry, string content) =>
        HMACSHA256.HashData(
            key,
            (byte[])[.. before, .. Encoding.UTF8.GetBytes(FormattableString.Invariant($"\n{sequence}\n{entry}\n{content}"))]
        );

    private static byte[] HeadSeal(byte[] key, long sequence, byte[] seal) =>
        HMACSHA256.HashData(key, (byte[])[.. seal, .. Encoding.UTF8.GetBytes(FormattableString.Invariant($"\nends {sequence}"))]);
}
