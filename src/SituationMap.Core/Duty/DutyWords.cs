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
    /// <param name="name">What a worker is called, by code.</param>
    public static LocalText Say(Cover cover, ProtocolPlan plan, DateTimeOffset at, Func<string, string> name)
    {
        var since = cover.Since ?? at - DutyRules.LookBack;
        var zh = new Moments(plan.Days, at.UtcTicks, isChinese: true).Time(since.UtcTicks);
        var en = new Moments(plan.Days, at.UtcTicks, isChinese: false).Time(since.UtcTicks);
        var (here, missing) = (cover.Present.Select(name), cover.Planned.Except(cover.Present).Select(name));
        return cover.State switch
        {
            CoverState.NoPlan => new LocalText("没有排班", "No shift is planned"),
            CoverState.Covered when cover.Present.Count > 0 => new LocalText(
                $"{string.Join("、", here)}在岗",
                $"{string.Join(", ", here)} there"
            ),
            CoverState.Covered when cover.Wanted == 0 => new LocalText("此时不需值守", "Nobody is wanted at this hour"),
            CoverState.Covered => new LocalText($"交接中，自 {zh} 无人", $"Being handed over: nobody there since {en}"),
            _ => new LocalText(
                $"{(cover.Present.Count == 0 ? "无人值守" : Format($"人手不足（{cover.Present.Count}/{cover.Wanted}）"))}，自 {zh}：{ReasonZh()}",
                $"{(cover.Present.Count == 0 ? "Nobody" : Format($"{cover.Present.Count} of {cover.Wanted}"))} there since {en}: {ReasonEn()}"
            ),
        };

        string ReasonZh() =>
            cover.Reason switch
            {
                GapReason.NotArrived => $"{string.Join("、", missing)}未到岗",
                GapReason.LeftEarly => $"{string.Join("、", missing)}提前离岗",
                _ => "未排够人",
            };

        string ReasonEn() =>
            cover.Reason switch
            {
                GapReason.NotArrived => $"{string.Join(", ", missing)} not arrived",
                GapReason.LeftEarly => $"{string.Join(", ", missing)} left early",
                _ => "too few are planned",
            };
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
