using System.Globalization;
using System.Text.Json;
using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Access;

/// <summary>
/// The end of the audit record, kept outside the database: a file beside the deployment's key, and another where
/// <c>SituationMap:AuditFolder</c> says. A record that was taken back to an earlier state, by a backup or by hand, no longer has the seal
/// that the file tells of. And what accounts hold, compared with what the record says.
/// </summary>
public sealed class AuditAnchor(NpgsqlDataSource database, SituationMapOptions options)
{
    private string? _written;

    /// <summary>Keeps the end of the record where it goes on from the one kept before; gives what speaks against that.</summary>
    public async Task<IReadOnlyList<string>> KeepAsync(CancellationToken cancellation)
    {
        var (faults, end) = await CompareAsync(cancellation);
        if (faults.Count == 0 && end is not null && end != _written)
            Write(end);
        return faults;
    }

    /// <summary>Takes the record as it is now, as after a restore from a backup; and says so in it.</summary>
    public async Task AcceptAsync(AuditSealer sealer, AuditEntry entry, CancellationToken cancellation)
    {
        await new AuditStore(database).AppendAsync(entry, cancellation);
        await sealer.SealAsync(cancellation);
        if ((await CompareAsync(cancellation)).End is { } end)
            Write(end);
    }

    /// <summary>Looks through the whole record, compares it with the end kept outside and with what accounts hold.</summary>
    public async Task<AuditFindings> VerifyAsync(AuditSealer sealer, CancellationToken cancellation)
    {
        var (rows, faults) = await sealer.VerifyAsync(cancellation);
        return new AuditFindings(
            rows,
            [.. faults, .. (await CompareAsync(cancellation)).Faults, .. await CompareAccountsAsync(cancellation)]
        );
    }

    /// <summary>The store begins anew, and so does its record.</summary>
    public void Forget()
    {
        foreach (var path in Paths())
            File.Delete(path);
    }

    /// <summary>What was kept and the record does not have any more, and its present end.</summary>
    public async Task<(IReadOnlyList<string> Faults, string? End)> CompareAsync(CancellationToken cancellation)
    {
        var kept = Paths().Where(File.Exists).Select(path => (Path: path, End: Read(path))).ToList();
        var seals = new Dictionary<long, string>();
        await using var command = database.Command(
            """
            SELECT sequence, encode(seal, 'hex') FROM audit_seal
            WHERE sequence = ANY ($1) OR sequence = (SELECT max(sequence) FROM audit_seal)
            """,
            kept.Select(one => one.End.Sequence).ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            seals.Add(reader.GetInt64(0), reader.GetString(1));
        var last = seals.Count == 0 ? 0 : seals.Keys.Max();
        return (
            [
                .. kept.Where(one => one.End.Sequence > 0 && seals.GetValueOrDefault(one.End.Sequence) != one.End.Seal)
                    .Select(one =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"by {one.Path} it once had {one.End.Sequence:N0} rows; it has {last:N0} now, or others: it was rolled back"
                        )
                    ),
            ],
            last == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{last} {seals[last]}\n")
        );
    }

    /// <summary>What accounts hold, and which roles take a second factor, and the record does not say, and the other way round.</summary>
    public async Task<IReadOnlyList<string>> CompareAccountsAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT coalesce(a.name, r.holder), r.holds::text, access_held(coalesce(a.name, r.holder))::text
            FROM (SELECT name FROM account UNION ALL SELECT $1) a FULL JOIN (
              SELECT DISTINCT ON (holder) holder, holds FROM audit WHERE holder IS NOT NULL ORDER BY holder, id DESC
            ) r ON r.holder = a.name
            ORDER BY 1
            """,
            AuditEntry.AllAccounts
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var faults = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            var (name, recorded, held) = (reader.GetString(0), Held(reader.TextOrNull(1)), Held(reader.TextOrNull(2)));
            faults.AddRange(
                recorded
                    .Keys.Union(held.Keys)
                    .Where(what => recorded.GetValueOrDefault(what) != held.GetValueOrDefault(what))
                    .Order(StringComparer.Ordinal)
                    .Select(what =>
                        (name == AuditEntry.AllAccounts ? $"{what} " : $"{what} of {name} ")
                        + (
                            !recorded.ContainsKey(what) ? "is not in the record"
                            : !held.ContainsKey(what) ? "is in the record and not there"
                            : "is another than in the record"
                        )
                    )
            );
        }
        return faults;
    }

    private static Dictionary<string, string> Held(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private void Write(string end)
    {
        foreach (var path in Paths())
            SecretFile.Write(path, end, isNew: false);
        _written = end;
    }

    /// <summary>A file that holds something else never agrees with the record.</summary>
    private static (long Sequence, string Seal) Read(string path) =>
        File.ReadAllText(path).Trim().Split(' ') is [var sequence, var seal]
        && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, seal)
            : (long.MaxValue, "");

    /// <summary>One for each database that shares the key.</summary>
    private IEnumerable<string> Paths()
    {
        var name = $"audit-{Uri.EscapeDataString(new NpgsqlConnectionStringBuilder(database.ConnectionString).Database ?? "")}.head";
        yield return Path.Combine(Path.GetDirectoryName(DeploymentKey.PathOf(options))!, name);
        if (options.AuditFolder is { } other)
            yield return Path.Combine(Path.GetFullPath(other), name);
    }
}
