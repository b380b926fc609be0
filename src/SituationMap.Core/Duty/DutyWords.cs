using System.Globalization;
using SituationMap.Core.Calendar;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Duty;

/// <summary>How things stand with a post, in words.</summary>
public static class DutyWords
{
    /// <summary>无人值守：自 2 月 5 日 8:00，应到 W-03 未到 · Nobody there since 08:00 on 5 February: W-03 has not arrived.</summary>
    /// <param name="cover">How things stand.</param>
    /// <param name="plan">The plan, in whose time zone it is said.</param>
    /// <param name="at">The instant it was asked for.</param>
    /// <param name="names">Whether workers are named, by code; else they are counted.</param>
    public static LocalText Say(Cover cover, ProtocolPlan plan, DateTimeOffset at, bool names)
    {
        var since = cover.Since ?? at - DutyRules.LookBack;
        var zh = new Moments(plan.Days, at.UtcTicks, isChinese: true).Time(since.UtcTicks);
        var en = new Moments(plan.Days, at.UtcTicks, isChinese: false).Time(since.UtcTicks);
        var (here, missing) = (Who(cover.Present), Who([.. cover.Planned.Except(cover.Present)]));
        var few =
            cover.Present.Count == 0
                ? new LocalText("无人值守", "Nobody")
                : new LocalText(
                    Format($"人手不足（{cover.Present.Count}/{cover.Wanted}）"),
                    Format($"{cover.Present.Count} of {cover.Wanted}")
                );
        return cover.State switch
        {
            CoverState.NoPlan => new LocalText("没有排班", "No shift is planned"),
            CoverState.Covered when cover.Present.Count > 0 => new LocalText($"{here.Zh}在岗", $"{here.En} there"),
            CoverState.Covered when cover.Wanted == 0 => new LocalText("此时不需值守", "Nobody is wanted at this hour"),
            CoverState.Covered => new LocalText($"交接中，自 {zh} 无人", $"Being handed over: nobody there since {en}"),
            _ => new LocalText($"{few.Zh}，自 {zh}：{Reason().Zh}", $"{few.En} there since {en}: {Reason().En}"),
        };

        LocalText Reason() =>
            cover.Reason switch
            {
                GapReason.NotArrived => new LocalText($"{missing.Zh}未到岗", $"{missing.En} not arrived"),
                GapReason.LeftEarly => new LocalText($"{missing.Zh}提前离岗", $"{missing.En} left early"),
                _ => new LocalText("未排够人", "too few are planned"),
            };

        LocalText Who(IReadOnlyList<string> workers) =>
            names
                ? new LocalText(string.Join("、", workers), string.Join(", ", workers))
                : new LocalText(Format($"{workers.Count} 人"), Format($"{workers.Count}"));
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
