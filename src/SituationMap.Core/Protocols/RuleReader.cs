using System.Globalization;
using System.Text.Json;
using SituationMap.Core.Facts;

namespace SituationMap.Core.Protocols;

/// <summary>Reads the rules of an edition file.</summary>
internal static class RuleReader
{
    private static readonly (string, FactKind)[] Kinds = [.. Enum.GetValues<FactKind>().Select(kind => (Small(kind.ToString()), kind))];
    private static readonly (string, Status)[] StatusNames =
    [
        .. Enum.GetValues<Status>().Select(status => (Small(status.ToString()), status)),
    ];

    /// <summary>A kind's name in files.</summary>
    public static string NameOf(FactKind kind) => Small(kind.ToString());

    public static Rule Read(JsonCursor json)
    {
        var everyMember = json.Optional("everyMember");
        var rule = new Rule
        {
            Id = json.Required("id", "the rule's id")?.Text("the rule's id") ?? "",
            Published = ReadSource(json),
            Note = json.Optional("note")?.LocalText(),
            When = everyMember is null ? ReadTriggers(json) : [],
            EveryMember = everyMember is null ? null : ReadEveryMember(everyMember),
            Phases = ReadPhases(json),
            Ends = json.Optional("ends") is { } ends ? [.. ends.Items().Select(ReadEnding)] : [],
            Overrides = json.Optional("overrides")?.YesNo() ?? false,
            NeedsConfirmation = json.Optional("needsConfirmation")?.YesNo() ?? false,
            Words = ReadWords(json.Required("words", "the sentence that explains it")),
            OpenEnd = json.Optional("openEnd")?.LocalText(),
            Sooner = json.Optional("sooner")?.LocalText(),
            Pending = json.Optional("pending") is { } pending ? ReadWords(pending) : null,
        };
        // an order may be only proposed
        if ((rule.NeedsConfirmation || rule.When.Any(trigger => trigger.Fact.Kind == FactKind.Order)) != rule.Pending is not null)
            json.Complain(
                "'pending', the sentence about what is not confirmed yet, was expected with needsConfirmation and orders, and only there"
            );
        if (everyMember is not null && rule.Phases is not [{ Status: not null, Days: null, DaysField: null, UntilField: null }])
            json.Complain("a rule about every member has one phase with a status and no end");
        json.NothingElse();
        return rule;
    }

    public static bool ReadSource(JsonCursor json) =>
        json.Required("source", "published or local")?.OneOf(("published", true), ("local", false)) ?? false;

    public static Status ReadStatus(JsonCursor json) => json.OneOf(StatusNames);

    public static Words ReadWords(JsonCursor? json)
    {
        if (json is null)
            return new Words(Template.TryParse("", out _)!, Template.TryParse("", out _)!);
        var words = new Words(
            ReadTemplate(json.Required("zh-CN", "the sentence in Chinese")),
            ReadTemplate(json.Required("en", "the sentence in English"))
        );
        json.NothingElse();
        return words;
    }

    /// <summary>Sentences by kinds of facts.</summary>
    public static Dictionary<FactKind, Words> ReadWordsByKind(JsonCursor json)
    {
        var words = new Dictionary<FactKind, Words>();
        foreach (var (name, value) in json.Properties())
        {
            if (ReadKind(name, value) is { } kind)
                words[kind] = ReadWords(value);
        }
        return words;
    }

    /// <summary>The kind of fact that a property is named after; null, with a complaint at its value, where it is none.</summary>
    public static FactKind? ReadKind(string name, JsonCursor value)
    {
        var kind = Array.FindIndex(Kinds, known => known.Item1 == name);
        if (kind >= 0)
            return Kinds[kind].Item2;
        value.Complain("the name of a kind of fact was expected");
        return null;
    }

    public static Due ReadDue(JsonCursor json, bool wholeEdition)
    {
        var facts = json.Required("facts", "the facts that fulfil it");
        var due = new Due(
            facts is null ? [] : [.. facts.Items().Select(item => ReadPattern(item))],
            json.Optional("onDays") is { } days ? ReadDays(days) : [],
            json.Optional("count")?.WholeNumber(1, 100) ?? 0,
            json.Optional("dailyBefore") is { } times ? [.. times.Items().Select(ReadTime)] : [],
            wholeEdition ? [.. json.Required("while", "the statuses in which it is due")?.Items().Select(ReadStatus) ?? []] : []
        );
        var ways = (due.OnDays.Count > 0 ? 1 : 0) + (due.Count > 0 ? 1 : 0) + (due.DailyBefore.Count > 0 ? 1 : 0);
        if (due.Fact.Count == 0)
            json.Expect("at least one kind of fact in 'facts'");
        if (ways != 1)
            json.Expect("exactly one of onDays, count, dailyBefore");
        if (wholeEdition && due.DailyBefore.Count == 0)
            json.Complain("what is due in a whole edition is due daily: dailyBefore was expected");
        for (var i = 1; i < due.DailyBefore.Count; i++)
            if (due.DailyBefore[i] <= due.DailyBefore[i - 1])
                json.Complain("the times of dailyBefore must ascend");
        json.NothingElse();
        return due;
    }

    private static List<Trigger> ReadTriggers(JsonCursor json)
    {
        var triggers = new List<Trigger>();
        foreach (var item in json.Required("when", "the facts that begin it")?.Items() ?? [])
        {
            var appliesTo = item.Optional("appliesTo")
                ?.OneOf(("person", AppliesTo.Person), ("household", AppliesTo.Household), ("others", AppliesTo.Others))
                ?? AppliesTo.Person;
            var clock = item.Optional("clock")?.Text("a field of the fact's data");
            var words = item.Optional("words") is { } own ? ReadWords(own) : null;
            triggers.Add(new Trigger(ReadPattern(item), appliesTo, clock, words));
        }
        if (triggers.Count == 0)
            json.Complain("a rule that nothing begins; facts in 'when' were expected");
        return triggers;
    }

    private static EveryMember ReadEveryMember(JsonCursor json)
    {
        var left = json.Required("left", "the facts by which a member leaves");
        var back = json.Required("back", "the facts by which a member is back");
        json.NothingElse();
        return new EveryMember(
            left is null ? new FactPattern(FactKind.Departed, []) : ReadPattern(left),
            back is null ? new FactPattern(FactKind.Returned, []) : ReadPattern(back)
        );
    }

    public static FactPattern ReadPattern(JsonCursor json)
    {
        var kind = json.Required("fact", "a kind of fact")?.OneOf(Kinds) ?? default;
        var where = new List<Condition>();
        foreach (var (field, tests) in json.Optional("where")?.Properties() ?? [])
        {
            foreach (var (comparison, value) in tests.Properties())
                if (ReadCondition(field, comparison, value) is { } condition)
                    where.Add(condition);
        }
        json.NothingElse();
        return new FactPattern(kind, where);
    }

    private static Condition? ReadCondition(string field, string name, JsonCursor value)
    {
        Comparison? comparison = name switch
        {
            "is" or "in" => Comparison.Is,
            "not" or "notIn" => Comparison.Not,
            "over" => Comparison.Over,
            "under" => Comparison.Under,
            "atLeast" => Comparison.AtLeast,
            "atMost" => Comparison.AtMost,
            _ => null,
        };
        if (comparison is null)
        {
            value.Complain("no such comparison; one of is, in, not, notIn, over, under, atLeast, atMost was expected");
            return null;
        }
        var isNumeric = comparison is not (Comparison.Is or Comparison.Not);
        var values = name is "in" or "notIn" ? value.Items().Select(Scalar).ToList() : [Scalar(value)];
        if (isNumeric && (value.Element.ValueKind != JsonValueKind.Number || !value.Element.TryGetDecimal(out _)))
        {
            value.Expect("a number");
            return null;
        }
        return new Condition(field, comparison.Value, values);
    }

    private static string Scalar(JsonCursor value)
    {
        if (value.Element.ValueKind is JsonValueKind.String)
            return value.Element.GetString()!;
        if (value.Element.ValueKind is not (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
            value.Expect("a text, a number, true or false");
        return value.Element.GetRawText();
    }

    private static List<Phase> ReadPhases(JsonCursor json)
    {
        var phases = new List<Phase>();
        foreach (var item in json.Required("phases", "the statuses that follow")?.Items() ?? [])
            phases.Add(ReadPhase(item));
        if (phases.Count == 0)
            json.Complain("a rule without a status; one in 'phases' was expected");
        for (var i = 0; i + 1 < phases.Count; i++)
            if (phases[i].Days is null)
                json.Complain("only the last of several phases may be without a number of days");
        return phases;
    }

    private static Phase ReadPhase(JsonCursor json)
    {
        var from = json.Optional("statusFrom");
        var values = new Dictionary<string, Status>();
        foreach (var (name, value) in from?.Optional("values")?.Properties() ?? [])
            values[name] = ReadStatus(value);
        if (from is not null && values.Count == 0)
            values = StatusNames.ToDictionary(entry => entry.Item1, entry => entry.Item2);
        var phase = new Phase
        {
            Status = json.Optional("status") is { } status ? ReadStatus(status) : null,
            StatusField = from?.Required("field", "a field of the fact's data")?.Text("a field of the fact's data"),
            StatusValues = values,
            Days = json.Optional("days")?.WholeNumber(0, 3650),
            DaysField = json.Optional("daysFrom")?.Text("a field of the fact's data"),
            UntilField = json.Optional("untilFrom")?.Text("a field of the fact's data"),
            Due = json.Optional("due") is { } due ? [.. due.Items().Select(item => ReadDue(item, wholeEdition: false))] : [],
        };
        if (phase.Status is null == phase.StatusField is null)
            json.Expect("either status or statusFrom");
        if (phase.Days is not null && (phase.DaysField ?? phase.UntilField) is not null)
            json.Complain("days leave no room for daysFrom or untilFrom");
        from?.NothingElse();
        json.NothingElse();
        return phase;
    }

    private static Ending ReadEnding(JsonCursor json)
    {
        var days = json.Optional("onDays") is { } named ? ReadDays(named) : [];
        var orLater = json.Optional("orLater")?.YesNo() ?? false;
        return new Ending(ReadPattern(json), days, orLater);
    }

    private static List<int> ReadDays(JsonCursor json)
    {
        var days = json.Items().Select(item => item.WholeNumber(0, 3650)).ToList();
        if (days.Count == 0)
            json.Expect("at least one day");
        for (var i = 1; i < days.Count; i++)
            if (days[i] <= days[i - 1])
                json.Complain("the days must ascend");
        return days;
    }

    public static TimeOnly ReadTime(JsonCursor json)
    {
        if (TimeOnly.TryParseExact(json.Text("a time of day"), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        json.Expect("a time of day such as 20:00");
        return default;
    }

    private static Template ReadTemplate(JsonCursor? json)
    {
        var template = Template.TryParse(json?.Text("a sentence") ?? "", out var expected);
        if (template is null)
            json!.Expect(expected!);
        return template ?? Template.TryParse("", out _)!;
    }

    private static string Small(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
