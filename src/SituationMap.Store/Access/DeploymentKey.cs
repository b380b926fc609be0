using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Access;

/// <summary>
/// The secret of this deployment, in a file outside the database (<c>SituationMap:KeyFile</c>). Whoever has the
/// database and not this file can neither forge the audit record nor guess what is hashed. All processes over one database share it. A
/// rotation adds a generation; those before stay, for what bears them.
/// </summary>
public sealed class DeploymentKey
{
    private static readonly KeyFileWords Words = new(
        "the deployment's key",
        "the deployment",
        "without it the audit record cannot be checked"
    );

    private volatile KeyRing _keys;

    private DeploymentKey(KeyRing keys) => _keys = keys;

    /// <summary>The generation in use, as far as this process knows.</summary>
    public int Current => _keys.Current;

    public IEnumerable<int> Generations => _keys.Generations;

    /// <summary>Opens that of a store.</summary>
    /// <param name="mayMake">Whether it is made where there is none and the store has never had one.</param>
    /// <exception cref="StartupException">As <see cref="Open"/>; or the store has had one and it is not there, or another.</exception>
    public static async Task<DeploymentKey> OpenAsync(
        NpgsqlDataSource database,
        SituationMapOptions options,
        bool mayMake,
        CancellationToken cancellation
    )
    {
        var path = PathOf(options);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (!File.Exists(path))
        {
            await using var command = connection.Command(
                "SELECT EXISTS (SELECT FROM deployment_key) OR EXISTS (SELECT FROM person_key) OR EXISTS (SELECT FROM audit_seal)"
            );
            if ((bool)(await command.ExecuteScalarAsync(cancellation))!)
                throw new StartupException(
                    $"{path}, which holds the deployment's key, is not there, and the audit record of this database cannot be checked "
                        + "with another one: put it back from its backup, or, where it is lost for good, make a new one with the verb: "
                        + "secrets make --lost"
                );
        }
        var key = Open(options, mayMake);
        if ((await DeploymentKeyUse.ReadAsync(connection, cancellation)).Count == 0)
            await key.BeginAsync(connection, cancellation);
        key.Check(await DeploymentKeyUse.ReadAsync(connection, cancellation));
        return key;
    }

    /// <param name="mayMake">Whether it is made where there is none.</param>
    /// <exception cref="StartupException">The file is missing, cannot be read or made, or holds something else.</exception>
    public static DeploymentKey Open(SituationMapOptions options, bool mayMake)
    {
        var keys = KeyRing.Read(PathOf(options), Words);
        if (keys.Current == 0)
            keys = mayMake ? keys.WithNext() : throw SecretFile.Missing(keys.Path, Words.Keys);
        return new DeploymentKey(keys);
    }

    /// <summary>Takes a text for that of the file.</summary>
    /// <exception cref="StartupException">It holds something else.</exception>
    public static DeploymentKey Parse(string path, string text) => new(KeyRing.Parse(path, Words, text));

    public static string PathOf(SituationMapOptions options) =>
        Path.GetFullPath(options.KeyFile ?? Path.Combine(DataFolder.AsConfigured(options.DataFolder).Path, "deployment.key"));

    /// <summary>Refuses keys under which a store was not used.</summary>
    /// <exception cref="StartupException">They are others.</exception>
    public void Check(IReadOnlyList<DeploymentKeyUse> uses)
    {
        var kept = uses.Skip(uses.ToList().FindLastIndex(use => use.AfterLoss));
        if (kept.FirstOrDefault(use => !use.IsProvenBy(_keys)) is { } wrong)
            throw Wrong(_keys.Has(wrong.Generation) ? "holds another key than that" : $"lacks the key of generation {wrong.Generation}");
    }

    public bool Has(int generation) => _keys.Has(generation);

    /// <summary>A key for one purpose; those for different purposes tell nothing about one another.</summary>
    public byte[] For(int generation, string purpose)
    {
        // another process may have made it since
        if (!_keys.Has(generation))
            _keys = KeyRing.Read(_keys.Path, Words);
        return _keys.Has(generation)
            ? _keys.For(generation, purpose)
            : throw new InvalidOperationException(
                $"{_keys.Path} lacks the key of generation {generation}: it was rotated, and this process has another file than the others."
            );
    }

    /// <summary>
    /// Makes a new generation, beside running servers: from here on the audit record is sealed with it, and it guards the seals before as
    /// well, for each seal covers the one before. Broken off, the next run goes on.
    /// </summary>
    /// <returns>The generation, and how many subscriptions sign with one before: their receivers know no other.</returns>
    public async Task<(int Generation, long Subscriptions)> RotateAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var turn = connection.Command($"SELECT pg_advisory_xact_lock({LockKeys.AuditSeal})"))
            await turn.ExecuteNonQueryAsync(cancellation);
        var used = (await DeploymentKeyUse.ReadAsync(connection, cancellation))[^1].Generation;
        // one that is in the file and not in the store is of a run that was broken off
        if (_keys.Current == used)
            _keys = _keys.WithNext();
        await DeploymentKeyUse.AddAsync(connection, _keys, await AuditSealer.SealedAsync(connection, cancellation) + 1, cancellation);
        await AuditEntry
            .OfConsole("rotate key", "deployment", new System.Text.Json.Nodes.JsonObject { ["generation"] = Current })
            .AppendAsync(connection, cancellation);
        await using var count = connection.Command("SELECT count(*) FROM subscription WHERE key_generation < $1", Current);
        var subscriptions = (long)(await count.ExecuteScalarAsync(cancellation))!;
        await transaction.CommitAsync(cancellation);
        return (Current, subscriptions);
    }

    /// <summary>Makes a new generation in place of those that are lost for good: what they sealed cannot be checked any more.</summary>
    /// <exception cref="StartupException">There is a file.</exception>
    public static async Task<DeploymentKey> MakeAfterLossAsync(
        NpgsqlDataSource database,
        SituationMapOptions options,
        CancellationToken cancellation
    )
    {
        var keys = KeyRing.Read(PathOf(options), Words);
        if (keys.Current > 0)
            throw new StartupException($"{keys.Path} is there. Where it is not the right one, move it away first.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var turn = connection.Command($"SELECT pg_advisory_xact_lock({LockKeys.AuditSeal})"))
            await turn.ExecuteNonQueryAsync(cancellation);
        var uses = await DeploymentKeyUse.ReadAsync(connection, cancellation);
        var used = uses.Count > 0 ? uses[^1].Generation : 1;
        keys = keys.With(used + 1);
        var first = await AuditSealer.SealedAsync(connection, cancellation) + 1;
        await DeploymentKeyUse.AddAsync(connection, keys, first, cancellation, afterLoss: true);
        await AuditEntry.OfConsole("replace lost key", "deployment").AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return new DeploymentKey(keys);
    }

    private StartupException Wrong(string how) =>
        new($"{_keys.Path} {how} with which this store has been used. Put back the right file; nothing was changed.");

    /// <summary>Notes that a store is used with this key. One that has been before it was noted is known by its audit record.</summary>
    private async Task BeginAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (!await AuditSealer.IsHeadOfAsync(connection, this, cancellation))
            throw Wrong("holds another key than that");
        await DeploymentKeyUse.AddAsync(connection, _keys, firstSeal: 1, cancellation);
    }
}
