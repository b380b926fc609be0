using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>Which accounts are two persons.</summary>
public static class AccountHands
{
    /// <summary>Whether an account is another person than each of these: none of them has had a hand in it, nor it in one of
    /// them.</summary>
    public static async Task<bool> AreApartAsync(
        NpgsqlConnection connection,
        string account,
        IReadOnlyList<string> others,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT NOT account_hands($1) && $2::text[]
              AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS other (name) WHERE $1 = ANY (account_hands(other.name)))
            """,
            account,
            others.ToArray()
        );
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
