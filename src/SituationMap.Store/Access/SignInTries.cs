using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>
/// How often somebody may try the password of a name. Who has failed a few times from an address waits there before the next try, twice as
/// long each time; others, and he elsewhere, do not. A try counts as failed before any password is compared, so that of many at once only
/// a few are.
/// </summary>
public static class SignInTries
{
    /// <summary>Beyond so many failures from addresses that never got in, in an hour, addresses that never got in wait.</summary>
    private const int FromStrangers = 100;

    /// <summary>So many are free; then it takes a second, and twice as long each time.</summary>
    private const int Free = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Counts a try. Not null: it has to wait so long, and no password is to be compared.</summary>
    public static async Task<TimeSpan?> BeginAsync(NpgsqlConnection connection, string name, string origin, CancellationToken cancellation)
    {
        await using var begin = connection.Command(
            """
            WITH forgotten AS (
              DELETE FROM sign_in_try WHERE last_at < now() - interval '1 day' AND (name, origin) <> ($1, $2)
                AND (succeeded_at IS NULL OR succeeded_at < now() - interval '90 days')
            ), strangers AS (
              SELECT coalesce(sum(failures), 0) >= $3 AS many FROM sign_in_try
              WHERE name = $1 AND succeeded_at IS NULL AND last_at > now() - interval '1 hour'
            ), begun AS (
              INSERT INTO sign_in_try AS t (name, origin, failures, last_at, waits_until)
              SELECT $1, $2, 1, now(), now() FROM strangers
              WHERE NOT many OR EXISTS (SELECT FROM sign_in_try k WHERE k.name = $1 AND k.origin = $2 AND k.succeeded_at IS NOT NULL)
              ON CONFLICT (name, origin) DO UPDATE
              SET failures = CASE WHEN t.last_at < now() - interval '1 day' THEN 1 ELSE t.failures + 1 END, last_at = now(),
                  waits_until = now() + CASE
                    WHEN t.failures + 1 < $4 OR t.last_at < now() - interval '1 day' THEN interval '0'
                    ELSE LEAST($5, interval '1 second' * 2.0 ^ LEAST(t.failures + 1 - $4, 20)) END
              WHERE t.waits_until <= now()
              RETURNING failures
            )
            SELECT EXISTS (SELECT FROM begun),
              CASE WHEN (SELECT many FROM strangers) THEN $5
                ELSE (SELECT waits_until - now() FROM sign_in_try WHERE name = $1 AND origin = $2) END
            """,
            Hash(name),
            NetworkOf(origin),
            FromStrangers,
            Free,
            Longest
        );
        await using var reader = await begin.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        if (reader.GetBoolean(0))
            return null;
        // of tries at once, the row that another one has just made is not seen here yet
        var wait = reader.IsDBNull(1) ? TimeSpan.Zero : reader.GetFieldValue<TimeSpan>(1);
        return wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
    }

    /// <summary>The password was right.</summary>
    /// <param name="isIn">False: a code is still wanted, and wrong ones before go on counting.</param>
    public static async Task PassAsync(NpgsqlConnection connection, string name, string origin, bool isIn, CancellationToken cancellation)
    {
        await using var pass = connection.Command(
            """
            UPDATE sign_in_try SET failures = CASE WHEN $3 THEN 0 ELSE GREATEST(failures - 1, 0) END, waits_until = now(),
                                   succeeded_at = CASE WHEN $3 THEN now() ELSE succeeded_at END
            WHERE name = $1 AND origin = $2
            """,
            Hash(name),
            NetworkOf(origin),
            isIn
        );
        await pass.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What was typed as a name may be a password.</summary>
    private static byte[] Hash(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name));

    /// <summary>Of the newer kind of addresses one line has more than anybody could count: its network stands for all of them.</summary>
    private static string NetworkOf(string origin) =>
        IPAddress.TryParse(origin, out var address)
        && address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
        && !IPAddress.IsLoopback(address)
            ? new IPAddress((byte[])[.. address.GetAddressBytes()[..8], .. new byte[8]]) + "/64"
            : origin;
}
