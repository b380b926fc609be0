using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SituationMap.Core.Duty;

/// <summary>A week of a plan, from Monday on.</summary>
/// <param name="First">Its Monday.</param>
public readonly record struct Week(DateOnly First)
{
    /// <summary>The week that a day belongs to.</summary>
    public static Week Of(DateOnly day) => new(day.AddDays(-(((int)day.DayOfWeek + 6) % 7)));

    /// <summary>When it begins.</summary>
    public DateTimeOffset Begin(TimeZoneInfo zone) => Instant(First.ToDateTime(TimeOnly.MinValue), zone);

    /// <summary>When it ends (excluded).</summary>
    public DateTimeOffset End(TimeZoneInfo zone) => Instant(First.AddDays(7).ToDateTime(TimeOnly.MinValue), zone);

    /// <summary>A shift planned again so many days later, at the same time of day. Its ids follow from the shift's and the days, so copying
    /// again adds nothing.</summary>
    public static DutyStep Copy(Shift shift, int days, TimeZoneInfo zone, DateTimeOffset now)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{shift.Id:D} {days}");
        return new DutyStep(Id($"plan {id}"), DutyStepKind.Planned, Id(id), now, now, shift.Worker, Later(shift.From), Later(shift.To));

        DateTimeOffset Later(DateTimeOffset at) => Instant(TimeZoneInfo.ConvertTime(at, zone).DateTime.AddDays(days), zone);
    }

    private static Guid Id(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone) =>
        new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
}
