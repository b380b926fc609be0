using System.Globalization;

namespace SituationMap.Core.Calendar;

/// <summary>Instants in queries: ISO 8601 with an offset.</summary>
public static class Instants
{
    /// <summary>
    /// How far ahead of this machine's clock an instant still counts as the present: another process over the same store, or the machine
    /// of whoever asks, may be ahead, and what it has just published is asked about at once.
    /// </summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>The fault of a parameter that is no instant.</summary>
    public static Fault Fault(string parameter) =>
        new("value-wrong", parameter, "a time with its offset, such as 2020-02-05T09:00:00+08:00 (write the + as %2B)");

    /// <summary>Reads an instant that is over, or is the present by any clock; gives the fault otherwise.</summary>
    public static Fault? ParsePast(string parameter, string text, DateTimeOffset now, out DateTimeOffset instant) =>
        !TryParse(text, out instant) ? Fault(parameter)
        : instant > now + ClockTolerance
            ? new Fault("time-too-late", parameter, $"a time not after the present one, {now:yyyy-MM-ddTHH:mm:ssK}")
        : null;

    /// <summary>Reads an instant; an offset has to be there, and the year has to leave room to count days from.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(
            text,
            [
                "yyyy-MM-dd'T'HH:mmzzz",
                "yyyy-MM-dd'T'HH:mm:sszzz",
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
                "yyyy-MM-dd'T'HH:mm'Z'",
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
            ],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out instant
        )
        // years that leave room to count days from
        && instant.UtcDateTime.Year is >= 1900 and < 9000;
}
