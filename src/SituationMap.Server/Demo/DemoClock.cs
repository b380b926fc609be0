namespace SituationMap.Server.Demo;

/// <summary>
/// Times before <paramref name="now"/>, in the local days of the community. An hour of the day 0 days ago is the last time that it
/// was that hour, so that everything has been reported by now whatever the hour is, and the last 24 hours are never empty.
/// </summary>
internal sealed class DemoClock(DateTimeOffset now)
{
    // China has one time zone without summer time
    private static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    /// <summary>The longest that a report takes to come in.</summary>
    public static readonly TimeSpan LongestWay = TimeSpan.FromMinutes(14);

    public DateTimeOffset Now { get; } = now.ToOffset(Offset);

    public int Year => Now.Year;

    /// <summary>That many days before the last time it was that hour; to the second.</summary>
    public DateTimeOffset Before(int days, double hour)
    {
        var latest = Now - LongestWay;
        var time = new DateTimeOffset(latest.Date, Offset).AddSeconds(Math.Floor(hour * 3600));
        return (time <= latest ? time : time.AddDays(-1)).AddDays(-days);
    }

    /// <summary>The midnight that ends the local day so many days after.</summary>
    public static DateTimeOffset EndOfDay(DateTimeOffset at, int days) =>
        new DateTimeOffset(at.ToOffset(Offset).Date, Offset).AddDays(days + 1);
}
