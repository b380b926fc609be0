using SituationMap.Core.Calendar;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Zones;

/// <summary>Says a zone's clock in plain sentences in both languages, without full stops.</summary>
public static class LoweringWords
{
    /// <summary>Whether it is due, to what it may be lowered, and since when the days are counted.</summary>
    /// <param name="state">The zone's clock.</param>
    /// <param name="plan">The plan it was worked out under.</param>
    /// <param name="asked">The instant asked about; a day of another year is said with its year.</param>
    public static LocalText Say(LoweringState state, ProtocolPlan plan, DateTimeOffset asked)
    {
        var to = state.Rule.To is { } id ? plan.EditionAt(asked).ZoneLevel(id)?.Name : null;
        var (zh, en) = Both(plan, asked);
        var start = state.Start switch
        {
            LoweringStart.Case => new LocalText(
                $"最后一例病例在 {zh.Day(state.ClockFrom.UtcTicks)}",
                $"the last case was on {en.Day(state.ClockFrom.UtcTicks)}"
            ),
            LoweringStart.Lowered => new LocalText(
                $"{zh.Day(state.ClockFrom.UtcTicks)}由{state.LoweredFrom!.Name.Zh}降级，此后无新增病例",
                $"lowered from {state.LoweredFrom.Name.En} on {en.Day(state.ClockFrom.UtcTicks)}, no new case since"
            ),
            _ => new LocalText(
                $"{zh.Day(state.ClockFrom.UtcTicks)}划定，此后无新增病例",
                $"declared on {en.Day(state.ClockFrom.UtcTicks)}, no new case since"
            ),
        };
        var step = to is null ? new LocalText("解除", "ended") : new LocalText($"降为{to.Zh}", $"lowered to {to.En}");
        return state.IsDue ? new LocalText($"可{step.Zh}：{start.Zh}", $"May be {step.En}: {start.En}")
            : asked < state.DueAt
                ? new LocalText(
                    $"最早 {zh.By(state.DueAt.UtcTicks)}可{step.Zh}：{start.Zh}",
                    $"May be {step.En} at {en.By(state.DueAt.UtcTicks)} at the earliest: {start.En}"
                )
            : new LocalText($"尚不可{step.Zh}：{start.Zh}", $"May not be {step.En} yet: {start.En}");
    }

    /// <summary>One condition, and what is still missing of it.</summary>
    /// <param name="need">The condition.</param>
    /// <param name="plan">The plan it was worked out under.</param>
    /// <param name="asked">The instant asked about; a day of another year is said with its year.</param>
    public static LocalText Say(LoweringNeed need, ProtocolPlan plan, DateTimeOffset asked)
    {
        var (zh, en) = Both(plan, asked);
        var from = need.From.UtcTicks;
        var over = need.From <= asked ? new LocalText("已满", "over") : new LocalText($"{zh.By(from)}满", $"over at {en.By(from)}");
        var negative = new LocalText($"{need.Done}/{need.Of} 户检测阴性", $"{need.Done} of {need.Of} households negative");
        return need.Condition switch
        {
            LoweringCondition.DaysWithoutCase => new LocalText(
                $"{need.Days} 天无新增病例：{over.Zh}",
                $"{need.Days} days without a new case: {over.En}"
            ),
            LoweringCondition.Contacts => need.Of == 0
                ? new LocalText("没有密切接触者", "there are no contacts")
                : new LocalText(
                    $"最后接触后 {need.Days} 天：{over.Zh}；接触者 {need.Done}/{need.Of} 人检测阴性",
                    $"{need.Days} days since the last exposure: {over.En}; {need.Done} of {need.Of} contacts negative"
                ),
            LoweringCondition.RoundOnDay => new LocalText(
                $"第 {need.Days} 天起全员检测：{negative.Zh}",
                $"a round of tests on day {need.Days} or later: {negative.En}"
            ),
            _ => new LocalText(
                $"近 {need.Days} 天内全员检测：{negative.Zh}",
                $"a round of tests within the last {need.Days} days: {negative.En}"
            ),
        };
    }

    /// <summary>What would start the count anew, or put it off.</summary>
    /// <param name="state">The zone's clock.</param>
    public static IReadOnlyList<LocalText> Resets(LoweringState state)
    {
        var words = new List<LocalText>
        {
            new(
                $"区内出现新病例或检测阳性，{state.Rule.DaysWithoutCase} 天重新计算",
                $"A new case or a positive test in the zone starts the {state.Rule.DaysWithoutCase} days anew"
            ),
        };
        if (!state.Rule.IsolatedCasesReset)
            words.Add(
                new(
                    "严格隔离人员中出现、经评估无扩散风险的病例不重新计算",
                    "A case among the strictly isolated, its spread assessed as none, does not"
                )
            );
        if (state.Rule.DaysSinceLastExposure is not null)
            words.Add(new("新的密切接触者推迟到期", "A new contact puts it off"));
        if (state.Level.RaisedBy is { } raised)
            words.Add(raised);
        return words;
    }

    private static (Moments Zh, Moments En) Both(ProtocolPlan plan, DateTimeOffset asked) =>
        (new Moments(plan.Days, asked.UtcTicks, isChinese: true), new Moments(plan.Days, asked.UtcTicks, isChinese: false));
}
