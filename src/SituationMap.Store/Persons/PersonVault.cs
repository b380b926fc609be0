using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Persons;

/// <summary>Encrypts and decrypts what is known of persons, and makes the keyed hashes by which it is found.</summary>
public sealed class PersonVault
{
    private readonly DeploymentKey _deployment;
    private volatile KeyRing _keys;

    private PersonVault(KeyRing keys, DeploymentKey deployment) => (_keys, _deployment) = (keys, deployment);

    /// <summary>Opens it over a store: the file's keys have to be those of the store.</summary>
    /// <exception cref="StartupException">The file is missing or another store's; the message says what mends it.</exception>
    public static async Task<PersonVault> OpenAsync(PostgisStore store, SituationMapOptions options, CancellationToken cancellation)
    {
        var deployment = await DeploymentKey.OpenAsync(store.DataSource, options, mayMake: store.Embedded is not null, cancellation);
        return await OpenAsync(store.DataSource, PersonKeys.PathOf(options), deployment, mayMake: store.Embedded is not null, cancellation);
    }

    /// <param name="mayMake">Whether the first key is made where there is no file and the store has never had one.</param>
    public static async Task<PersonVault> OpenAsync(
        NpgsqlDataSource database,
        string path,
        DeploymentKey deployment,
        bool mayMake,
        CancellationToken cancellation
    )
    {
        var keys = PersonKeys.Read(path);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var used = await UsedAsync(connection, "", cancellation);
        if (used is null)
        {
            if (keys.Current == 0)
                keys = mayMake ? keys.WithNext() : throw PersonKeys.Missing(path);
            await using var first = connection.Command(
                "INSERT INTO person_key (generation, proof, form) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                keys.Current,
                keys.Proof(keys.Current),
                PersonDetails.Form
            );
            await first.ExecuteNonQueryAsync(cancellation);
            used = await UsedAsync(connection, "", cancellation);
        }
        if (keys.Current == 0)
            throw PersonKeys.Missing(path);
        if (!keys.IsProven(used!.Value.Generation, used.Value.Proof))
            throw new StartupException(
                $"{path} holds other keys than those under which this store's persons are encrypted. Put back the right file; "
                    + "nothing was changed."
            );
        await PersonIndexing.BringUpAsync(database, keys, cancellation);
        return new PersonVault(keys, deployment);
    }

    /// <summary>The key to seal with until the connection's transaction ends: no rotation goes past it meanwhile.</summary>
    public async Task<PersonSealer> SealerAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var used = (await UsedAsync(connection, " FOR SHARE", cancellation))!.Value;
        return new PersonSealer(KeysOf(used.Generation), used.Generation);
    }

    /// <summary>What was sealed.</summary>
    /// <param name="bound">What it was bound to.</param>
    public string Open(int generation, byte[] box, string field, string bound) =>
        new PersonSealer(KeysOf(generation), generation).Open(box, field, bound);

    /// <summary>The hashes by which a value is found, one for each key that something may still be sealed with.</summary>
    public byte[][] Indexes(string field, string value)
    {
        // another process may have turned the keys since
        if (PersonKeys.Read(_keys.Path) is { Current: > 0 } now)
            _keys = now;
        return [.. _keys.Generations.Select(generation => new PersonSealer(_keys, generation).Index(field, value))];
    }

    /// <summary>What stands in a fact for a text that is kept apart: equal texts are equal, and nobody reads it from that.</summary>
    /// <param name="generation">Of the deployment's key; null: the present one.</param>
    public string Stand(string text, int? generation = null) =>
        "#"
        + System.Buffers.Text.Base64Url.EncodeToString(
            HMACSHA256.HashData(_deployment.For(generation ?? _deployment.Current, "fact text"), Encoding.UTF8.GetBytes(text)).AsSpan(0, 18)
        );

    /// <summary>Those by which something may stand for a text, the newest first.</summary>
    public IEnumerable<int> StandGenerations => _deployment.Generations.Reverse();

    /// <summary>Whether the store has ever had a key.</summary>
    public static async Task<bool> HasKeyAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await UsedAsync(connection, "", cancellation) is not null;
    }

    public static async Task<(int Generation, byte[] Proof)?> UsedAsync(
        NpgsqlConnection connection,
        string locking,
        CancellationToken cancellation
    )
    {
        // locking is a literal of ours
        await using var find = connection.Command("SELECT generation, proof FROM person_key" + locking);
        await using var reader = await find.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetInt32(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private KeyRing KeysOf(int generation)
    {
        if (!_keys.Has(generation))
            _keys = PersonKeys.Read(_keys.Path);
        return _keys.Has(generation)
            ? _keys
            : throw new InvalidOperationException(
                $"{_keys.Path} lacks the key of generation {generation}: the keys were turned, and this process has another "
                    + "file than the others."
            );
    }
}

/// <summary>Seals with the key of one generation: AES-256-GCM, as nonce (12 bytes), tag (16) and ciphertext.</summary>
public sealed class PersonSealer(KeyRing keys, int generation)
{
    private const int Nonce = 12;
    private const int Tag = 16;

    private readonly byte[] _key = keys.For(generation, "seal");

    public int Generation => generation;

    /// <param name="field">Such as name.</param>
    /// <param name="bound">What it belongs to, such as the person's code: in another row or column it cannot be opened.</param>
    public byte[] Seal(string text, string field, string bound)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[Nonce + Tag + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, Nonce));
        using var cipher = new AesGcm(_key, Tag);
        cipher.Encrypt(box.AsSpan(0, Nonce), plain, box.AsSpan(Nonce + Tag), box.AsSpan(Nonce, Tag), Bound(field, bound));
        return box;
    }

    /// <exception cref="CryptographicException">It was changed, or moved to where it does not belong.</exception>
    public string Open(byte[] box, string field, string bound)
    {
        var plain = new byte[box.Length - Nonce - Tag];
        using var cipher = new AesGcm(_key, Tag);
        cipher.Decrypt(box.AsSpan(0, Nonce), box.AsSpan(Nonce + Tag), box.AsSpan(Nonce, Tag), plain, Bound(field, bound));
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>By which exactly this value is found, in whatever form it is typed.</summary>
    public byte[] Index(string field, string value) =>
        HMACSHA256.HashData(keys.For(generation, $"index {field}"), Encoding.UTF8.GetBytes(PersonDetails.Plain(field, value)));

    private static byte[] Bound(string field, string bound) => Encoding.UTF8.GetBytes($"{field}\n{bound}");
}
