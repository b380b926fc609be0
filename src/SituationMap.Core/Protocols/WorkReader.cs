using SituationMap.Core.Facts;

namespace SituationMap.Core.Protocols;

/// <summary>Reads an edition of work.</summary>
internal static class WorkReader
{
    private const int MostHours = 24 * 366;

    // what the sentence of a rule may speak of
    private static readonly Placeholder[] Sayable =
    [
        Placeholder.None,
        Placeholder.At,
        Placeholder.Time,
        Placeholder.Due,
        Placeholder.Date,
        Placeholder.Data,
    ];

    /// <summary>The kinds for which a household's own page has a form.</summary>
    private static readonly FactKind[] SelfReportable =
    [
        FactKind.Temperature,
        FactKind.Returned,
        FactKind.Departed,
        FactKind.Declaration,
        FactKind.Need,
        FactKind.Objection,
    ];

    public static WorkEdition Read(JsonCursor json)
    {
        var duties = json.Optional("duties");
        var critical = new Dictionary<FactKind, TimeSpan>();
        foreach (var (name, value) in duties?.Optional("criticalAfterHours")?.Properties() ?? [])
            if (RuleReader.ReadKind(name, value) is { } kind)
                critical[kind] = ReadHours(value);
        var residents = json.Optional("residents");
        var edition = new WorkEdition
        {
            Id = json.Required("id", "the edition's id")?.Text("the edition's id") ?? "",
            Name = json.Required("name", "the edition's name")?.LocalText() ?? WorkEdition.None.Name,
            Ahead = json.Optional("aheadHours") is { } ahead ? ReadHours(ahead) : WorkEdition.None.Ahead,
            LateIsShown = json.Optional("lateShownDays") is { } days
                ? TimeSpan.FromDays(days.WholeNumber(1, 366))
                : WorkEdition.None.LateIsShown,
            ReadingsAreShown = duties?.Optional("dailyShownHours") is { } shown ? ReadHours(shown) : WorkEdition.None.ReadingsAreShown,
            DutiesAreCritical = critical,
            Withheld = json.Optional("withheld") is { } withheld ? ReadWords(withheld) : null,
            Duty = json.Optional("duty") is { } duty ? DutyReader.Read(duty) : DutyEdition.None,
            Slots = [.. json.Optional("slots")?.Items().Select(ReadSlot) ?? []],
            Rules = [.. json.Optional("rules")?.Items().Select(ReadRule) ?? []],
            Gate = json.Optional("gate") is { } gate ? GateReader.Read(gate) : GateEdition.None,
            SelfReports = [.. residents?.Optional("reports")?.Items().Select(ReadSelfReport) ?? []],
            Contact = residents?.Optional("contact")?.LocalText(),
        };
        residents?.NothingElse();
        if (duties is not null)
        {
            RuleReader.ReadSource(duties);
            duties.NothingElse();
        }
        foreach (var repeated in edition.Rules.GroupBy(rule => rule.Id).Where(group => group.Count() > 1))
            json.Complain($"two rules have the id '{repeated.Key}'");
        if (edition.Slots.Count == 0 && edition.Rules.Any(rule => rule.NextSlot))
            json.Complain("a rule is due in the next slot; times of a day in 'slots' were expected");
        if (edition.Withheld is null && edition.Rules.Any(rule => rule.IsOfMembers))
            json.Complain("a rule begins with what only some may be told; the sentence for the others was expected in 'withheld'");
        for (var i = 0; i < edition.Slots.Count; i++)
            if (edition.Slots[i].To <= edition.Slots[i].From || (i > 0 && edition.Slots[i].From < edition.Slots[i - 1].To))
                json.Complain("each of 'slots' must begin after the one before it, and end after it begins");
        json.NothingElse();
        return edition;
    }

    // what takes a doctor, an authority or a witness is not said of oneself
    private static FactKind ReadSelfReport(JsonCursor json) =>
        json.OneOf([.. SelfReportable.Select(kind => (FactReader.Name(kind), kind))]);

    private static WorkSlot ReadSlot(JsonCursor json)
    {
        var slot = new WorkSlot(ReadTimeIn(json, "from"), ReadTimeIn(json, "to"));
        json.NothingElse();
        return slot;
    }

    private static WorkRule ReadRule(JsonCursor json)
    {
        var every = json.Optional("every");
        var rule = new WorkRule
        {
            Id = json.Required("id", "the rule's id")?.Text("the rule's id") ?? "",
            Published = RuleReader.ReadSource(json),
            When = ReadPatterns(json.Optional("when")),
            IsOfPerson = json.Optional("of")?.OneOf(("household", false), ("person", true)) ?? false,
            UntilField = json.Optional("untilFrom")?.Text("a field of the fact's data"),
            Ends = ReadPatterns(json.Optional("ends")),
            EndOf = ReadStatuses(json.Optional("endOf")),
            Early = json.Optional("earlyHours") is { } early ? ReadHours(early) : TimeSpan.Zero,
            While = ReadStatuses(json.Optional("while")),
            Within = json.Optional("withinHours") is { } within ? ReadHours(within) : null,
            NextSlot = json.Optional("nextSlot")?.YesNo() ?? false,
            ByField = json.Optional("byFrom")?.Text("a field of the fact's data"),
            EveryDays = every?.Required("days", "a number of days")?.WholeNumber(1, 3650),
            By = every is null ? default : ReadTimeIn(every, "by"),
            Done = ReadPatterns(json.Required("done", "the facts that do it")),
            Grace = json.Optional("graceMinutes") is { } grace ? TimeSpan.FromMinutes(grace.WholeNumber(0, 24 * 60)) : TimeSpan.Zero,
            CriticalAfter = json.Optional("criticalAfterHours") is { } critical ? ReadHours(critical) : null,
            Words = ReadWords(json.Required("words", "the sentence that says why")),
        };
        every?.NothingElse();
        json.Optional("note")?.LocalText();
        Check(json, rule);
        json.NothingElse();
        return rule;
    }

    private static void Check(JsonCursor json, WorkRule rule)
    {
        bool[] ways = [rule.Within is not null, rule.NextSlot, rule.ByField is not null, rule.EveryDays is not null];
        if (ways.Count(way => way) != 1)
            json.Expect("exactly one of withinHours, nextSlot, byFrom, every");
        if (FactReader.Names.Contains(rule.Id))
            json.Complain($"'{rule.Id}' is what a duty of the protocol is called; another id was expected");
        if (rule.Done.Count == 0)
            json.Expect("at least one kind of fact in 'done'");
        if (rule.When.Count > 0 && rule.EndOf.Count > 0)
            json.Complain("'when' and 'endOf' leave no room for each other");
        if (rule.EndOf.Count > 0 && rule.Within is null)
            json.Complain("with 'endOf', withinHours was expected");
        if (rule.When.Count + rule.EndOf.Count == 0 && rule.EveryDays is null)
            json.Complain("a rule that nothing begins; 'when', 'endOf' or 'every' was expected");
        if (rule.Grace > rule.CriticalAfter)
            json.Complain("it cannot be critical before it is late");
    }

    private static Words ReadWords(JsonCursor? json)
    {
        var words = RuleReader.ReadWords(json);
        foreach (var part in words.Zh.Parts.Concat(words.En.Parts))
            if (!Sayable.Contains(part.Placeholder))
            {
                json!.Expect("no other placeholder than {at}, {time}, {due}, {date:field} and {data:field}");
                break;
            }
        return words;
    }

    private static FactPattern[] ReadPatterns(JsonCursor? json) => [.. json?.Items().Select(RuleReader.ReadPattern) ?? []];

    private static Status[] ReadStatuses(JsonCursor? json) => [.. json?.Items().Select(RuleReader.ReadStatus) ?? []];

    private static TimeOnly ReadTimeIn(JsonCursor json, string name) =>
        json.Required(name, "a time of day such as 20:00") is { } time ? RuleReader.ReadTime(time) : default;

    private static TimeSpan ReadHours(JsonCursor json) => TimeSpan.FromHours(json.WholeNumber(0, MostHours));
}
