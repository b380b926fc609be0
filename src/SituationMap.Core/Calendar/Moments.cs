using System.Globalization;

namespace SituationMap.Core.Calendar;

/// <summary>
/// Says instants as people do: in local time, the year only where it is another than that of the instant asked about, and a
/// midnight that ends something as the end of the day before.
/// </summary>
internal sealed class Moments(LocalDays days, long asked, bool isChinese)
{
    private readonly int _year = days.Local(asked).Year;

    /// <summary>2 月 5 日 · 5 February.</summary>
    public string Day(long utc) => Day(days.Local(utc));

    /// <summary>2 月 5 日 9:05 · 09:05 on 5 February.</summary>
    public string Time(long utc)
    {
        var local = days.Local(utc);
        return isChinese
            ? string.Create(CultureInfo.InvariantCulture, $"{Day(local)} {local.Hour}:{local:mm}")
            : string.Create(CultureInfo.InvariantCulture, $"{local:HH:mm} on {Day(local)}");
    }

    /// <summary>至 2 月 19 日 24 时 · until the end of 19 February; with a time of day where it is not a midnight.</summary>
    public string Until(long utc) => (isChinese ? "至 " : "until ") + By(utc);

    /// <summary>2 月 19 日 24 时 · the end of 19 February; with a time of day where it is not a midnight: 2 月 5 日 20:00 · 20:00 on 5
    /// February.</summary>
    public string By(long utc)
    {
        // the first instant of a day, which is not always 0:00, ends the day before
        if (utc != days.StartOfDay(utc, 0))
            return Time(utc);
        var before = Day(days.Local(utc).Date.AddDays(-1));
        return isChinese ? $"{before} 24 时" : $"the end of {before}";
    }

    private string Day(DateTime local)
    {
        var hasYear = local.Year != _year;
        return isChinese
            ? string.Create(CultureInfo.InvariantCulture, $"{(hasYear ? $"{local.Year} 年 " : "")}{local.Month} 月 {local.Day} 日")
            : local.ToString(hasYear ? "d MMMM yyyy" : "d MMMM", CultureInfo.InvariantCulture);
    }
}
