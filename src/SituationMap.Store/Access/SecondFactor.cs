using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using OtpNet;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>A secret to be put into a program that shows codes.</summary>
/// <param name="Secret">In base 32, for typing.</param>
/// <param name="Address">For a QR code: <c>otpauth://…</c>.</param>
public sealed record NewSecondFactor(string Secret, string Address);

/// <param name="Enrolled">Whether signing in takes a code.</param>
/// <param name="Recovery">How many recovery codes are left.</param>
public sealed record SecondFactorState(bool Enrolled, int Recovery);

/// <summary>
/// The second factor of accounts: codes of six digits that change every 30 seconds (TOTP, RFC 6238), each of which counts once, and
/// recovery codes. The secrets are sealed with the deployment's key.
/// </summary>
public sealed class SecondFactor(NpgsqlDataSource database, DeploymentKey key, TimeProvider clock)
{
    private const int Bytes = 20;
    private const int RecoveryCodes = 10;
    private const string Purpose = "second factor";
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    public async Task<SecondFactorState> StateAsync(string account, CancellationToken cancellation)
    {
        await using var command = database.Command(
            "SELECT confirmed, cardinality(recovery) FROM second_factor WHERE account = $1",
            account
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(reader.GetBoolean(0), reader.GetInt32(1)) : new(false, 0);
    }

    /// <summary>A new secret, which holds once it is confirmed; until then the old one does. Null: there is one that holds.</summary>
    /// <param name="replaces">Whether it may take the place of one that holds.</param>
    public async Task<NewSecondFactor?> BeginAsync(string account, bool replaces, CancellationToken cancellation)
    {
        var secret = KeyGeneration.GenerateRandomKey(Bytes);
        await using var command = database.Command(
            """
            INSERT INTO second_factor AS f (account, secret, next_secret) SELECT name, $2, $2 FROM account WHERE name = $1
            ON CONFLICT (account) DO UPDATE SET next_secret = $2 WHERE NOT f.confirmed OR $3
            """,
            account,
            Seal(account, secret),
            replaces
        );
        return await command.ExecuteNonQueryAsync(cancellation) == 0
            ? null
            : new(Base32Encoding.ToString(secret), new OtpUri(OtpType.Totp, secret, account, "SituationMap").ToString());
    }

    /// <summary>Holds from now on; gives the recovery codes, this once. Null: the code is wrong, or nothing was begun.</summary>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(string account, string code, AuditEntry entry, CancellationToken cancellation)
    {
        string[] codes =
        [
            .. Enumerable.Range(0, RecoveryCodes).Select(_ => Base32Encoding.ToString(RandomNumberGenerator.GetBytes(Bytes / 2))),
        ];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var find = connection.Command("SELECT next_secret FROM second_factor WHERE account = $1 FOR UPDATE", account);
        if (StepOf(account, code, await find.ExecuteScalarAsync(cancellation) as byte[]) is not { } step)
            return null;
        await using var confirm = connection.Command(
            """
            UPDATE second_factor SET secret = next_secret, next_secret = NULL, confirmed = true, step = $2, recovery = $3
            WHERE account = $1
            """,
            account,
            step,
            codes.Select(Hash).ToArray()
        );
        await confirm.ExecuteNonQueryAsync(cancellation);
        await entry.AppendAsync(connection, cancellation, account);
        await transaction.CommitAsync(cancellation);
        return codes;
    }

    /// <summary>Uses up a code or a recovery code. False: it is wrong, or was used before.</summary>
    public async Task<bool> UseAsync(NpgsqlConnection connection, string account, string code, CancellationToken cancellation)
    {
        await using var find = connection.Command("SELECT secret FROM second_factor WHERE account = $1 AND confirmed", account);
        if (StepOf(account, code, await find.ExecuteScalarAsync(cancellation) as byte[]) is { } step)
        {
            await using var use = connection.Command("UPDATE second_factor SET step = $2 WHERE account = $1 AND step < $2", account, step);
            return await use.ExecuteNonQueryAsync(cancellation) > 0;
        }
        await using var recover = connection.Command(
            "UPDATE second_factor SET recovery = array_remove(recovery, $2) WHERE account = $1 AND confirmed AND $2 = ANY (recovery)",
            account,
            Hash(code)
        );
        return await recover.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <summary>Which period of 30 seconds the code belongs to; null: to none near now.</summary>
    private long? StepOf(string account, string code, byte[]? secret) =>
        secret is not null
        && Open(account, secret) is { } opened
        && new Totp(opened).VerifyTotp(clock.GetUtcNow().UtcDateTime, Plain(code), out var step, Window)
            ? step
            : null;

    private static byte[] Hash(string code) => Secret.Hash(Plain(code).ToUpperInvariant());

    /// <summary>Without the spaces between the groups in which codes are shown and written down.</summary>
    private static string Plain(string code) => string.Concat(code.Where(sign => !char.IsWhiteSpace(sign)));

    /// <summary>The key's generation, four bytes, then nonce, tag and what is sealed: a rotation leaves what was sealed before.</summary>
    private byte[] Seal(string account, byte[] secret)
    {
        var generation = key.Current;
        using var cipher = new AesGcm(key.For(generation, Purpose), AesGcm.TagByteSizes.MaxSize);
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var (head, text, tag) = (new byte[sizeof(int)], new byte[secret.Length], new byte[AesGcm.TagByteSizes.MaxSize]);
        BinaryPrimitives.WriteInt32BigEndian(head, generation);
        cipher.Encrypt(nonce, secret, text, tag, Encoding.UTF8.GetBytes(account));
        return [.. head, .. nonce, .. tag, .. text];
    }

    /// <summary>Null: it was sealed with another key, or for another account.</summary>
    private byte[]? Open(string account, byte[] stored)
    {
        try
        {
            using var cipher = new AesGcm(key.For(BinaryPrimitives.ReadInt32BigEndian(stored), Purpose), AesGcm.TagByteSizes.MaxSize);
            var sealedSecret = stored.AsSpan(sizeof(int));
            var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
            var secret = new byte[sealedSecret.Length - nonce - tag];
            cipher.Decrypt(
                sealedSecret[..nonce],
                sealedSecret[(nonce + tag)..],
                sealedSecret.Slice(nonce, tag),
                secret,
                Encoding.UTF8.GetBytes(account)
            );
            return secret;
        }
        catch (Exception failure) when (failure is CryptographicException or InvalidOperationException)
        {
            return null;
        }
    }
}
