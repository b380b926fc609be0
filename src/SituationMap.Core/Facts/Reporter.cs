namespace SituationMap.Core.Facts;

/// <summary>The account that brought a fact.</summary>
/// <param name="Account">Its name.</param>
/// <param name="Hands">The accounts that had had a hand in it, such as whoever set its password; known of overrides only.</param>
public sealed record Reporter(string Account, IReadOnlyList<string> Hands)
{
    /// <summary>Reads the account and the others, with a space between; empty: null.</summary>
    public static Reporter? Parse(string text) => text.Split(' ') is [{ Length: > 0 } account, .. var hands] ? new(account, hands) : null;

    /// <summary>
    /// Whether two facts were brought by two persons: by two accounts of which neither had a hand in the other. Of facts for which no
    /// account was kept, those of different sources; and none of them goes together with one that has an account.
    /// </summary>
    public static bool AreTwo((Reporter? By, string Source) one, (Reporter? By, string Source) other) =>
        (one.By, other.By) switch
        {
            (null, null) => one.Source != other.Source,
            ({ } first, { } second) => first.Account != second.Account
                && !first.Hands.Contains(second.Account)
                && !second.Hands.Contains(first.Account),
            _ => false,
        };
}
