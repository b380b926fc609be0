using System.Globalization;
using System.Text;
using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Statuses;

/// <summary>Says reasons in words: plain sentences in both languages, made from the templates beside the edition's rules.</summary>
public static class ReasonWords
{
    /// <summary>The sentence for one reason, without a full stop.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="status">The status it gives: that of the evaluation.</param>
    /// <param name="fact">The fact it rests on; null where a zone decides.</param>
    /// <param name="zone">The name of the zone it rests on; null where a fact decides.</param>
    /// <param name="plan">The plan it was evaluated under.</param>
    /// <param name="divisions">The names of divisions.</param>
    /// <param name="asked">The instant asked about; a day of another year is said with its year.</param>
    public static LocalText Say(
        Reason reason,
        Status status,
        Fact? fact,
        string? zone,
        ProtocolPlan plan,
        Divisions divisions,
        DateTimeOffset asked
    )
    {
        // The plan may have been exchanged since; then the edition at the time is the best guess.
        var edition = plan.Edition(reason.Edition) ?? plan.EditionAt(asked);
        var rule = edition.Rule(reason.Rule);
        var words = rule is null ? edition.ZoneWords : TriggerOf(rule, fact)?.Words ?? rule.Words;
        var openEnd = rule is null ? edition.ZoneOpenEnd : rule.OpenEnd ?? edition.OpenEnd;
        var telling = new Telling(
            reason,
            edition.StatusNames[(int)status],
            fact,
            zone,
            edition.ZoneLevel(reason.Level ?? "")?.Name,
            openEnd,
            plan.Days,
            divisions,
            asked
        );
        return new LocalText(telling.Fill(words.Zh, isChinese: true), telling.Fill(words.En, isChinese: false));
    }

    /// <summary>What would end it sooner, in words; null where the edition says nothing of it.</summary>
    public static LocalText? Sooner(Reason reason, ProtocolPlan plan)
    {
        var edition = plan.Edition(reason.Edition);
        return reason.Zone is not null ? edition?.ZoneSooner : edition?.Rule(reason.Rule)?.Sooner ?? edition?.Sooner;
    }

    /// <summary>The sentence about something due or overdue, without a full stop.</summary>
    /// <param name="item">What is to be done.</param>
    /// <param name="plan">The plan it was found under.</param>
    /// <param name="asked">The instant asked about: whether it is overdue, and a day of another year is said with its year.</param>
    public static LocalText Due(DueItem item, ProtocolPlan plan, DateTimeOffset asked)
    {
        var edition = plan.Edition(item.Edition) ?? plan.EditionAt(item.Due);
        var words = (item.Due <= asked ? edition.OverdueWords : edition.UpcomingWords)[item.Kind];
        return new LocalText(Fill(words.Zh, isChinese: true), Fill(words.En, isChinese: false));

        string Fill(Template template, bool isChinese)
        {
            var moments = new Moments(plan.Days, asked.UtcTicks, isChinese);
            return string.Concat(
                template.Parts.Select(part =>
                    part.Placeholder switch
                    {
                        Placeholder.Due => moments.By(item.Due.UtcTicks),
                        Placeholder.Missing => item.Missing.ToString(CultureInfo.InvariantCulture),
                        _ => part.Text,
                    }
                )
            );
        }
    }

    /// <summary>The sentence about a fact that has no effect until it is confirmed, without a full stop.</summary>
    /// <param name="pending">The fact and its rule.</param>
    /// <param name="plan">The plan it was found under.</param>
    /// <param name="divisions">The names of divisions.</param>
    /// <param name="asked">The instant asked about; a day of another year is said with its year.</param>
    public static LocalText Pending(Unconfirmed pending, ProtocolPlan plan, Divisions divisions, DateTimeOffset asked)
    {
        var edition = plan.Edition(pending.Edition) ?? plan.EditionAt(asked);
        var words = edition.Rule(pending.Rule)!.Pending!;
        var at = pending.Fact.At;
        var reason = new Reason(pending.Rule, pending.Edition, pending.Fact.Id, [], null, null, null, at, at, pending.To);
        var telling = new Telling(
            reason,
            edition.StatusNames[(int)pending.Status],
            pending.Fact,
            null,
            null,
            edition.OpenEnd,
            plan.Days,
            divisions,
            asked
        );
        return new LocalText(telling.Fill(words.Zh, isChinese: true), telling.Fill(words.En, isChinese: false));
    }

    private static Trigger? TriggerOf(Rule rule, Fact? fact)
    {
        if (fact is null)
            return null;
        foreach (var trigger in rule.When)
            if (trigger.Fact.Matches(fact))
                return trigger;
        return null;
    }

    private sealed record Telling(
        Reason Reason,
        LocalText Status,
        Fact? Fact,
        string? Zone,
        LocalText? Level,
        LocalText OpenEnd,
        LocalDays Days,
        Divisions Divisions,
        DateTimeOffset Asked
    )
    {
        public string Fill(Template template, bool isChinese)
        {
            var moments = new Moments(Days, Asked.UtcTicks, isChinese);
            var language = isChinese ? "zh-CN" : "en";
            var began = (Fact?.At ?? Reason.From).UtcTicks;
            var text = new StringBuilder();
            foreach (var part in template.Parts)
                text.Append(
                    part.Placeholder switch
                    {
                        Placeholder.None => part.Text,
                        Placeholder.At => moments.Day(began),
                        Placeholder.Time => moments.Time(began),
                        Placeholder.Clock => moments.Day(Reason.Clock.UtcTicks),
                        Placeholder.Until => Reason.To is { } to ? moments.Until(to.UtcTicks) : OpenEnd.In(language),
                        Placeholder.Status => Status.In(language),
                        Placeholder.Zone => Zone ?? (isChinese ? "区域" : "a zone"),
                        Placeholder.Level => Level?.In(language) ?? "",
                        Placeholder.Division => Field(part.Text) is { } division ? Divisions.NameOf(division, language) : part.Fallback,
                        Placeholder.Date => Fact is not null && FactData.Instant(Fact.Data, part.Text, Days) is { } instant
                            ? moments.Day(instant)
                            : part.Fallback,
                        _ => Field(part.Text) ?? part.Fallback,
                    }
                );
            return text.ToString();
        }

        private string? Field(string name) => Fact is not null && FactData.Text(Fact.Data, name) is { Length: > 0 } text ? text : null;
    }
}
