using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Core.Work;

/// <summary>Says in both languages why something is to be done.</summary>
public static class WorkWords
{
    /// <summary>The sentence, without a full stop.</summary>
    /// <param name="item">What is to be done.</param>
    /// <param name="plan">The plan it was found under.</param>
    /// <param name="asked">The instant it was found at.</param>
    public static LocalText Say(WorkItem item, ProtocolPlan plan, DateTimeOffset asked)
    {
        return item.Duty is { } duty
            ? ReasonWords.Due(duty, plan, asked)
            : Say(WorkRules.RuleOf(item, plan, asked)!.Words, item, plan, asked);
    }

    /// <summary>The sentence for those who may not be told why, likewise.</summary>
    /// <param name="item">What is to be done, by a rule of the edition of work that is about members.</param>
    /// <param name="plan">The plan it was found under.</param>
    /// <param name="asked">The instant it was found at.</param>
    public static LocalText Withheld(WorkItem item, ProtocolPlan plan, DateTimeOffset asked) =>
        Say(plan.WorkAt(asked).Withheld!, item, plan, asked);

    private static LocalText Say(Words words, WorkItem item, ProtocolPlan plan, DateTimeOffset asked)
    {
        return new LocalText(Fill(words.Zh, isChinese: true), Fill(words.En, isChinese: false));

        string Fill(Template template, bool isChinese)
        {
            var moments = new Moments(plan.Days, asked.UtcTicks, isChinese);
            return string.Concat(
                template.Parts.Select(part =>
                    part.Placeholder switch
                    {
                        Placeholder.None => part.Text,
                        Placeholder.At => item.Since is { } since ? moments.Day(since.UtcTicks) : part.Fallback,
                        Placeholder.Time => item.Since is { } since ? moments.Time(since.UtcTicks) : part.Fallback,
                        Placeholder.Due => moments.By(item.Due.UtcTicks),
                        Placeholder.Date => item.Fact is { } fact && FactData.Instant(fact.Data, part.Text, plan.Days) is { } day
                            ? moments.Day(day)
                            : part.Fallback,
                        _ => item.Fact is { } other && FactData.Text(other.Data, part.Text) is { Length: > 0 } text ? text : part.Fallback,
                    }
                )
            );
        }
    }
}
