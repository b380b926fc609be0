using System.Globalization;

namespace SituationMap.Store.Access;

/// <summary>What a guard is granted: a checkpoint, by its code, at the local times [From, To) of each day, over midnight too; without them
/// at all times.</summary>
public sealed record GuardedCheckpoint(string Code, TimeOnly? From = null, TimeOnly? To = null)
{
    private const string TimeFormat = "HH:mm";

    /// <summary>Whether a local time is in the hours of it.</summary>
    public bool IsAt(TimeOnly time) => From is not { } from || To is not { } to || time.IsBetween(from, to);

    /// <summary>A time of day such as 06:00.</summary>
    public static bool TryParseTime(string? text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <summary>The same as text; null where there is none.</summary>
    public static string? TimeText(TimeOnly? time) => time?.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
