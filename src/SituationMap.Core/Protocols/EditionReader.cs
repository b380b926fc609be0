using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;

namespace SituationMap.Core.Protocols;

/// <summary>Reads an edition file.</summary>
internal static class EditionReader
{
    /// <param name="json">The edition's file.</param>
    /// <param name="common">What the editions share, if it includes such a file: rules, names of statuses, how ends are said.</param>
    public static Edition Read(JsonCursor json, JsonCursor? common)
    {
        var rules = new List<Rule>();
        foreach (var source in (JsonCursor?[])[json, common])
        {
            foreach (var item in source?.Optional("rules")?.Items() ?? [])
            {
                var rule = RuleReader.Read(item);
                if (rules.Exists(other => other.Id == rule.Id))
                    item.Complain($"another rule has the id '{rule.Id}'");
                else
                    rules.Add(rule);
            }
        }
        var names = (json.Optional("statuses") ?? common?.Optional("statuses")) is { } statuses ? ReadStatusNames(statuses) : null;
        var openEnd = (json.Optional("openEnd") ?? common?.Optional("openEnd"))?.LocalText();
        var sooner = (json.Optional("sooner") ?? common?.Optional("sooner"))?.LocalText();
        var (overdue, upcoming) = (ReadWordsByKind("overdue"), ReadWordsByKind("upcoming"));
        var zones = json.Optional("zones");
        var needTwo = zones?.Optional("secondPerson") is { } steps
            ? steps.Items().Select(step => step.OneOf(("lowering", "lowering"), ("ending", "ending"))).ToArray()
            : [];
        if (names is null)
            json.Complain("the names of the statuses were expected, in 'statuses' here or in the included file");
        if (openEnd is null)
            json.Complain("how an open end is said was expected, in 'openEnd' here or in the included file");

        var edition = new Edition(rules)
        {
            Id = json.Required("id", "the edition's id")?.Text("the edition's id") ?? "",
            Name = json.Required("name", "the edition's name")?.LocalText() ?? Nothing,
            Notes = json.Optional("notes") is { } notes ? [.. notes.Items().Select(note => note.LocalText())] : [],
            DayCount = json.Optional("dayCount")?.OneOf(("calendar", DayCount.Calendar), ("elapsed", DayCount.Elapsed))
                ?? DayCount.Calendar,
            StatusNames = names ?? [Nothing, Nothing, Nothing, Nothing],
            OpenEnd = openEnd ?? Nothing,
            ZoneLevels = ReadLevels(zones),
            ZoneTest = zones?.Optional("zoneTest")?.OneOf(("point", ZoneTest.Point), ("intersects", ZoneTest.Intersects)) ?? ZoneTest.Point,
            LoweringNeedsTwo = needTwo.Contains("lowering"),
            EndingNeedsTwo = needTwo.Contains("ending"),
            ZoneWords = RuleReader.ReadWords(zones?.Required("words", "the sentence that explains a status by a zone")),
            ZoneOpenEnd = zones?.Required("openEnd", "how the open end of a zone is said")?.LocalText() ?? Nothing,
            Sooner = sooner,
            ZoneSooner = zones?.Optional("sooner")?.LocalText(),
            OverdueWords = overdue,
            UpcomingWords = upcoming,
            Due = json.Optional("due") is { } due ? [.. due.Items().Select(item => RuleReader.ReadDue(item, wholeEdition: true))] : [],
        };
        foreach (var (name, words) in new[] { ("overdue", overdue), ("upcoming", upcoming) })
        {
            foreach (var kind in edition.DueKinds().Where(kind => !words.ContainsKey(kind)))
                json.Complain(
                    $"the sentence about a {RuleReader.NameOf(kind)} that is {name} was expected, in '{name}' here or in the included file"
                );
        }
        json.Optional("combine")?.OneOf(("mostRestrictive", true));
        json.Optional("include");
        zones?.NothingElse();
        json.NothingElse();
        common?.NothingElse();
        return edition;

        Dictionary<FactKind, Words> ReadWordsByKind(string name) =>
            (json.Optional(name) ?? common?.Optional(name)) is { } sentences ? RuleReader.ReadWordsByKind(sentences) : [];
    }

    /// <summary>The kinds of facts by which what is due is named.</summary>
    private static IEnumerable<FactKind> DueKinds(this Edition edition) =>
        edition.AllDue.Where(due => due.Fact.Count > 0).Select(due => due.Fact[0].Kind).Distinct();

    private static LocalText Nothing { get; } = new("", "");

    private static LocalText[] ReadStatusNames(JsonCursor json)
    {
        LocalText Name(string status) => json.Required(status, "what the status is called")?.LocalText() ?? Nothing;
        LocalText[] names = [Name("healthy"), Name("out"), Name("observed"), Name("quarantined")];
        json.NothingElse();
        return names;
    }

    private static List<ZoneLevel> ReadLevels(JsonCursor? zones)
    {
        var levels = new List<ZoneLevel>();
        foreach (var item in zones?.Required("levels", "the levels, strictest first")?.Items() ?? [])
        {
            var level = new ZoneLevel(
                item.Required("id", "the level's id")?.Text("the level's id") ?? "",
                levels.Count + 1,
                item.Required("name", "the level's name")?.LocalText() ?? Nothing,
                item.Required("effect", "what the households in it are")
                    ?.OneOf<Status?>(("none", null), ("observed", Status.Observed), ("quarantined", Status.Quarantined)),
                item.Optional("lowering") is { } lowering ? [.. lowering.Items().Select(ReadLowering)] : [],
                item.Optional("extents") is { } extents
                    ?
                    [
                        .. extents
                            .Items()
                            .Select(extent =>
                                extent.OneOf(("building", "building"), ("unit", "unit"), ("floor", "floor"), ("household", "household"))
                            ),
                    ]
                    : [],
                item.Optional("raisedBy")?.LocalText()
            );
            if (levels.Exists(other => other.Id == level.Id))
                item.Complain($"another level has the id '{level.Id}'");
            item.NothingElse();
            levels.Add(level);
        }
        for (var i = 0; i < levels.Count; i++)
            foreach (var to in levels[i].Lowering.Select(lowering => lowering.To))
                if (to is not null && levels.FindIndex(level => level.Id == to) <= i)
                    zones!.Complain($"level '{levels[i].Id}' is lowered to '{to}', which is no lower level");
        return levels;
    }

    private static Lowering ReadLowering(JsonCursor json)
    {
        var lowering = new Lowering(
            json.Optional("to")?.Text("a lower level's id"),
            json.Optional("loweredFrom")?.Text("a level's id"),
            json.Optional("declared")?.YesNo() ?? false,
            json.Required("daysWithoutCase", "a number of days")?.WholeNumber(0, 3650) ?? 0,
            json.Optional("daysSinceLastExposure")?.WholeNumber(0, 3650),
            json.Optional("roundOnDay")?.WholeNumber(0, 3650),
            json.Optional("roundWithinDays")?.WholeNumber(0, 3650),
            json.Optional("isolatedCasesReset")?.YesNo() ?? true
        );
        json.NothingElse();
        return lowering;
    }
}
