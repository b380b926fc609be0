namespace SituationMap.Core.Calendar;

/// <summary>
/// Counts days in one time zone. Instants are UTC ticks; <see cref="long.MaxValue"/> is "never". A local day begins at its first
/// instant: the first midnight where the clock shows it twice, the moment of the jump where it is skipped.
/// </summary>
internal sealed class LocalDays(TimeZoneInfo zone)
{
    public const long Never = long.MaxValue;

    // Asking a time zone is slow beside everything else done for a household, so the beginnings of the days of a century are
    // cached once asked for; 0: not asked for yet. Two threads that ask at once write the same.
    private static readonly long FirstCached = new DateTime(2000, 1, 1).Ticks / TimeSpan.TicksPerDay;
    private readonly long[] _starts = new long[36_525];

    public TimeZoneInfo Zone => zone;

    /// <summary>The first instant of the local day <paramref name="days"/> after the one <paramref name="utc"/> falls in.</summary>
    public long StartOfDay(long utc, long days) => StartOf(DayOf(utc) + days);

    /// <summary>When a window of <paramref name="days"/> days ends whose clock started at <paramref name="clock"/>.</summary>
    public long EndOfWindow(long clock, long days, DayCount count)
    {
        if (count == DayCount.Calendar)
            return StartOfDay(clock, days + 1);
        var end = clock + (decimal)days * TimeSpan.TicksPerDay;
        return end >= DateTime.MaxValue.Ticks ? Never
            : end <= 0 ? 0
            : (long)end;
    }

    /// <summary>Which day it is at <paramref name="utc"/> where the day of <paramref name="clock"/> is day 0.</summary>
    public long DayNumber(long clock, long utc, DayCount count) =>
        count == DayCount.Calendar ? DayOf(utc) - DayOf(clock) : (long)Math.Floor((decimal)(utc - clock) / TimeSpan.TicksPerDay);

    /// <summary>The clock on the wall at <paramref name="utc"/>.</summary>
    public DateTime Local(long utc)
    {
        var offset = zone.GetUtcOffset(new DateTime(utc, DateTimeKind.Utc)).Ticks;
        return new DateTime(Math.Clamp(utc + offset, 0, DateTime.MaxValue.Ticks));
    }

    /// <summary>The first instant at which the clock on the wall shows <paramref name="local"/>, or jumps over it.</summary>
    public long ToUtc(DateTime local)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var offset =
            zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max()
            : zone.IsInvalidTime(local) ? OffsetBefore(local)
            : zone.GetUtcOffset(local);
        return Math.Clamp(local.Ticks - offset.Ticks, 0, DateTime.MaxValue.Ticks);
    }

    /// <summary>The number of the local day in which an instant falls, counted from 1 January of the year 1.</summary>
    private long DayOf(long utc)
    {
        // no place is a whole day off UTC, so it is this one or one beside it
        var day = utc / TimeSpan.TicksPerDay;
        if (StartOf(day) > utc)
            return day - 1;
        return StartOf(day + 1) <= utc ? day + 1 : day;
    }

    private long StartOf(long day)
    {
        if (day <= 0)
            return 0;
        if (day >= DateTime.MaxValue.Ticks / TimeSpan.TicksPerDay)
            return Never;
        var index = day - FirstCached;
        if (index < 0 || index >= _starts.Length)
            return ToUtc(new DateTime(day * TimeSpan.TicksPerDay));
        var start = Volatile.Read(ref _starts[index]);
        if (start == 0)
            Volatile.Write(ref _starts[index], start = ToUtc(new DateTime(day * TimeSpan.TicksPerDay)));
        return start;
    }

    // The skipped hour is passed in no time: with the offset that held until then, its beginning is the moment of the jump.
    private TimeSpan OffsetBefore(DateTime skipped) => zone.GetUtcOffset(skipped.AddHours(-3));
}
