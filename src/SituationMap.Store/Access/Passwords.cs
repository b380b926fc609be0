using Microsoft.AspNetCore.Identity;
using SituationMap.Core;

namespace SituationMap.Store.Access;

/// <summary>Which passwords will do, and how they are kept.</summary>
public static class Passwords
{
    public const int Shortest = 10;
    private const int Longest = 200;

    /// <summary>Of zxcvbn's scores from 0 to 4: safe against tries on line, and for a while where the hashes are known.</summary>
    private const int LeastScore = 3;

    /// <summary>What zxcvbn looks at: its work grows faster than the text does.</summary>
    private const int Judged = 64;

    private static readonly PasswordHasher<string> Hasher = new();

    private static readonly Lazy<string> NobodysHash = new(() => Hasher.HashPassword("", Secret.Make()));

    public static string Hash(string account, string password) => Hasher.HashPassword(account, password);

    /// <summary>Whether the password is right; of an account without one, or of none, only after as much work.</summary>
    public static bool Is(string account, string? hash, string password) =>
        Hasher.VerifyHashedPassword(account, hash ?? NobodysHash.Value, password) != PasswordVerificationResult.Failed && hash is not null;

    /// <summary>The fault of a password that is too short, common, or easily guessed by who knows whose it is; null: it will do.</summary>
    public static Fault? Check(string account, string? password, string field = "password")
    {
        if (password is not { Length: >= Shortest and <= Longest })
            return new Fault("password-weak", field, $"{Shortest} to {Longest} characters");
        var judged = password.Length > Judged ? password[..Judged] : password;
        return Zxcvbn.Zxcvbn.MatchPassword(judged, [account, "situationmap", "situation map"]).Score < LeastScore
            ? new Fault(
                "password-common",
                field,
                "something that is not among common passwords, names, dates and rows of keys: several words at random"
            )
            : null;
    }
}
