using System.Globalization;
using System.Text.RegularExpressions;
using SituationMap.Core.Calendar;
using SituationMap.Core.Texts;

namespace SituationMap.Store.Files;

/// <summary>Dates as people write them. What can be meant in two ways, or is no day at all, is not taken.</summary>
/// <param name="zone">In which a time without its offset is read.</param>
/// <param name="now">Nobody is born after it.</param>
public sealed partial class DateTexts(TimeZoneInfo zone, DateTimeOffset now)
{
    private static readonly DateTime Epoch = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);

    public string Zone => zone.Id;

    /// <summary>An instant, and whether it was read in the plan's time zone since it has no offset of its own; null: it is none.</summary>
    public (DateTimeOffset At, bool IsLocal)? Instant(string text)
    {
        text = NormalForm.Typed(text).Trim();
        if (Instants.TryParse(text, out var instant))
            return (instant, false);
        var found = Days().Match(text);
        if (!found.Success || !found.Groups["day"].Success || Local(found) is not { } local || local.Year is < 1900 or >= 9000)
            return null;
        if (!found.Groups["offset"].Success)
            return zone.IsInvalidTime(local) ? null : (new DateTimeOffset(local, zone.GetUtcOffset(local)), true);
        var offset = found.Groups["offset"].Value;
        var minutes =
            offset == "Z"
                ? 0
                : (int.Parse(offset.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture) * 60)
                    + (
                        offset.Length > 3 ? int.Parse(offset.AsSpan(offset.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture) : 0
                    );
        return minutes > 14 * 60 ? null : (new DateTimeOffset(local, TimeSpan.FromMinutes(offset[0] == '-' ? -minutes : minutes)), false);
    }

    /// <summary>The year of birth, of a year or a date; null: it is none, or is still to come.</summary>
    public int? YearOfBirth(string text, int least)
    {
        text = Numbers.Whole(NormalForm.Typed(text).Trim());
        DateTime? day = null;
        if (Days().Match(text) is { Success: true } found)
            day = Local(found);
        else if (YearLast().Match(text) is { Success: true } last)
            // whichever of the two is the month: the year is the same
            day = Of(Number(last, "year"), Number(last, "a"), Number(last, "b"))
                ?? Of(Number(last, "year"), Number(last, "b"), Number(last, "a"));
        return day is { } born && born.Year >= least && born <= now.UtcDateTime.Add(zone.GetUtcOffset(now)) ? born.Year : null;
    }

    /// <summary>What to say of a text that is no date: a spreadsheet's number of a day is named.</summary>
    public static string Hint(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) && days is >= 10_000 and < 100_000
            ? $"; {text} is a spreadsheet's number of a day, perhaps {Epoch.AddDays(days):yyyy-MM-dd}: give the column the format of a date"
            : "";

    private static DateTime? Local(Match found)
    {
        if (Of(Number(found, "year"), Number(found, "month") ?? 1, Number(found, "day") ?? 1) is not { } day)
            return null;
        var (hour, minute, second) = (Number(found, "hour") ?? 0, Number(found, "minute") ?? 0, Number(found, "second") ?? 0);
        return hour > 23 || minute > 59 || second > 59 ? null : day.AddHours(hour).AddMinutes(minute).AddSeconds(second);
    }

    private static DateTime? Of(int? year, int? month, int? day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year.Value, month.Value)
            ? new DateTime(year.Value, month.Value, day.Value, 0, 0, 0, DateTimeKind.Unspecified)
            : null;

    private static int? Number(Match found, string group) =>
        found.Groups[group] is { Success: true } text ? int.Parse(text.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>2022-04-05, 2022/4/5 8:00, 2022年4月5日, 20220405, 2022-04, 2022; also as GDAL writes a column of instants: 2020/02/05
    /// 09:00:00+08.</summary>
    [GeneratedRegex(
        @"^(?<year>[0-9]{4})((?<month>[0-9][0-9])(?<day>[0-9][0-9])?|"
            + @"\s*[-/.年]\s*((?<month>[0-9]{1,2})(\s*[-/.月]\s*((?<day>[0-9]{1,2})日?)?)?)?)?"
            + @"([T\s]*(?<=[T\s日])(?<hour>[0-9]{1,2})[:时点](?<minute>[0-9]{2})(:(?<second>[0-9]{2})(\.[0-9]+)?|分)?"
            + @"\s*(?<offset>Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Days();

    [GeneratedRegex(
        @"^(?<a>[0-9]{1,2})[-/.](?<b>[0-9]{1,2})[-/.](?<year>[0-9]{4})$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex YearLast();
}
