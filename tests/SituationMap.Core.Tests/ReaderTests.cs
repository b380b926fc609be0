using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

/// <summary>The files as deployed, and what is said of faulty ones.</summary>
public sealed class ReaderTests
{
    [Fact]
    public void The_deployed_files_are_without_fault() => ProtocolReader.Check(Scenario.Files).ShouldBeEmpty();

    [Fact]
    public void China_has_every_edition_from_its_published_day_at_local_midnight()
    {
        var china = Scenario.Plan("china");
        china
            .Editions.Select(entry => $"{entry.Edition.Id} {entry.From.ToOffset(TimeSpan.FromHours(8)):yyyy-MM-ddTHH:mmzzz}")
            .ShouldBe([
                "2020-02 2020-01-24T00:00+08:00",
                "8 2021-05-14T00:00+08:00",
                "9 2022-06-28T00:00+08:00",
                "20-measures 2022-11-11T00:00+08:00",
                "10-measures 2022-12-07T00:00+08:00",
                "class-b 2023-01-08T00:00+08:00",
            ]);
        china.EditionAt(DateTimeOffset.Parse("2021-05-13T23:59:59+08:00")).Id.ShouldBe("2020-02");
        china.EditionAt(DateTimeOffset.Parse("2021-05-14T00:00:00+08:00")).Id.ShouldBe("8");
        china.EditionAt(DateTimeOffset.Parse("1990-01-01T00:00:00+08:00")).Id.ShouldBe("2020-02");
    }

    [Fact]
    public void Demo_has_the_first_edition_throughout() =>
        Scenario.Plan("demo").EditionAt(DateTimeOffset.Parse("2031-01-01T00:00:00+08:00")).Id.ShouldBe("2020-02");

    // The rules of every edition and the days they last, as one can read them in the protocol.
    [Theory]
    [InlineData(
        "2020-02",
        "returned-high quarantined 14 | returned-other observed 14 | contact-1 quarantined 14 | fever observed 3 | positive quarantined"
    )]
    [InlineData("8", "contact-1 quarantined 14 d1,4,7,14 observed 7 d2,7 | contact-2 quarantined 7 | positive quarantined")]
    [InlineData(
        "9",
        "contact-1 quarantined 7 d1,2,3,5,7 observed 3 d3 | contact-2 quarantined 7 d1,4,7 | returned-high quarantined 7 d1,2,"
            + "3,5,7 | returned-medium quarantined 7 d1,4,7 | returned-low observed 3 ×2 | positive quarantined"
    )]
    [InlineData(
        "20-measures",
        "contact-1 quarantined 5 d1,2,3,5 quarantined 3 d1,3 | returned-high quarantined 7 d1,3,5,7 | positive quarantined"
    )]
    [InlineData("10-measures", "positive quarantined 7 | contact-1 quarantined 5")]
    [InlineData("class-b", "")]
    public void The_rules_of_each_edition(string edition, string rules)
    {
        var read = Scenario.Plan("china").Edition(edition)!;
        string.Join(
                " | ",
                read.Rules.Where(rule => rule.Id is not ("order" or "override" or "away"))
                    .Select(rule => rule.Id + string.Concat(rule.Phases.Select(Said)))
            )
            .ShouldBe(rules);
        read.Rules.Select(rule => rule.Id)
            .ShouldBe([
                .. read.Rules.Select(rule => rule.Id).Where(id => id is not ("order" or "override" or "away")),
                "order",
                "override",
                "away",
            ]);
    }

    // Levels, effects and when they may be lowered.
    [Theory]
    [InlineData("2020-02", "high Quarantined [low 14d] | medium Observed [low 14d] | low none")]
    [InlineData(
        "8",
        "lockdown Quarantined [precaution 14d exposure>14 round<2] | control Observed [precaution 14d exposure>14 round<2] | "
            + "precaution none"
    )]
    [InlineData("9", "high Quarantined [medium 7d round=7] | medium Observed [low 3d from-high] [low 7d round=7 declared] | low none")]
    [InlineData("20-measures", "high Quarantined [low 5d] | low none")]
    [InlineData("10-measures", "high Quarantined [none 5d isolated-do-not-reset] building,unit,floor,household")]
    [InlineData("class-b", "")]
    public void The_zone_levels_of_each_edition(string edition, string levels)
    {
        string Lowered(Lowering by) =>
            $" [{by.To ?? "none"} {by.DaysWithoutCase}d"
            + (by.LoweredFrom is { } from ? $" from-{from}" : "")
            + (by.DaysSinceLastExposure is { } exposure ? $" exposure>{exposure}" : "")
            + (by.RoundOnDay is { } day ? $" round={day}" : "")
            + (by.RoundWithinDays is { } within ? $" round<{within}" : "")
            + (by.Declared ? " declared" : "")
            + (by.IsolatedCasesReset ? "" : " isolated-do-not-reset")
            + "]";
        string.Join(
                " | ",
                Scenario
                    .Plan("china")
                    .Edition(edition)!
                    .ZoneLevels.Select(level =>
                        $"{level.Id} {level.Effect?.ToString() ?? "none"}"
                        + string.Concat(level.Lowering.Select(Lowered))
                        + (level.Extents.Count > 0 ? " " + string.Join(',', level.Extents) : "")
                    )
            )
            .ShouldBe(levels);
    }

    [Fact]
    public void Levels_are_ranked_from_the_strictest() =>
        Scenario
            .Plan("demo")
            .Edition("2020-02")!
            .ZoneLevels.Select(level => (level.Rank, level.Id))
            .ShouldBe([(1, "high"), (2, "medium"), (3, "low")]);

    // Each fault is named with its file, its place and what was expected.
    [Theory]
    [InlineData("\"id\": \"2020-02\"", "\"id\": \"2020-03\"", "2020-02.json/: the id of the file's name was expected, found '2020-03'")]
    [InlineData("\"dayCount\": \"calendar\"", "\"dayCount\": \"weeks\"", "2020-02.json/dayCount: one of calendar, elapsed was expected")]
    [InlineData("\"combine\": \"mostRestrictive\"", "\"combine\": \"first\"", "2020-02.json/combine: one of mostRestrictive was expected")]
    [InlineData("\"days\": 14", "\"days\": \"14\"", "2020-02.json/rules/0/phases/0/days: a whole number from 0 to 3650 was expected")]
    [InlineData("\"days\": 14", "\"days\": -1", "2020-02.json/rules/0/phases/0/days: a whole number from 0 to 3650 was expected")]
    [InlineData("\"days\": 14", "\"dayz\": 14", "2020-02.json/rules/0/phases/0/dayz: no such property was expected, only ")]
    [InlineData(
        "\"status\": \"quarantined\"",
        "\"status\": \"red\"",
        "2020-02.json/rules/0/phases/0/status: one of healthy, out, observed, quarantined was expected"
    )]
    [InlineData("\"fact\": \"returned\"", "\"fact\": \"arrived\"", "2020-02.json/rules/0/when/0/fact: one of survey, departed, returned, ")]
    [InlineData(
        "{ \"is\": \"high\" }",
        "{ \"equals\": \"high\" }",
        "2020-02.json/rules/0/when/0/where/risk/equals: no such comparison; one of is, in, not, notIn, over, under, atLeast, "
            + "atMost was expected"
    )]
    [InlineData("{ \"over\": 37.3 }", "{ \"over\": \"37.3\" }", "2020-02.json/rules/3/when/0/where/celsius/over: a number was expected")]
    [InlineData("\"id\": \"returned-other\"", "\"id\": \"returned-high\"", "2020-02.json/rules/1: another rule has the id 'returned-high'")]
    [InlineData(
        "\"source\": \"published\"",
        "\"source\": \"hearsay\"",
        "2020-02.json/rules/0/source: one of published, local was expected"
    )]
    [InlineData("{until}", "{untill}", "2020-02.json/rules/0/words/zh-CN: one of {at} {time} ")]
    [InlineData("{until}", "{until", "2020-02.json/rules/0/words/zh-CN: a closing brace after '{until")]
    [InlineData("\"12:00\", \"20:00\"", "\"20:00\", \"12:00\"", "2020-02.json/due/0: the times of dailyBefore must ascend")]
    [InlineData("\"12:00\"", "\"noon\"", "2020-02.json/due/0/dailyBefore/0: a time of day such as 20:00 was expected")]
    [InlineData(
        "\"effect\": \"none\"",
        "\"effect\": \"out\"",
        "2020-02.json/zones/levels/2/effect: one of none, observed, quarantined was expected"
    )]
    [InlineData("\"to\": \"low\"", "\"to\": \"lower\"", "2020-02.json/zones: level 'high' is lowered to 'lower', which is no lower level")]
    [InlineData(
        "\"zoneTest\": \"point\"",
        "\"zoneTest\": \"outline\"",
        "2020-02.json/zones/zoneTest: one of point, intersects was expected"
    )]
    [InlineData(
        "\"include\": \"every-edition.json\"",
        "\"include\": \"nothing.json\"",
        "2020-02.json/include: the file 'nothing.json' was expected"
    )]
    [InlineData("\"dayCount\"", "dayCount", "2020-02.json/: JSON was expected; line 6, byte ")]
    public void A_faulty_edition_is_refused(string right, string wrong, string error)
    {
        var text = Scenario.Files["2020-02.json"];
        var at = text.IndexOf(right, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0);
        var files = new Dictionary<string, string>(Scenario.Files) { ["2020-02.json"] = text[..at] + wrong + text[(at + right.Length)..] };

        var reading = ProtocolReader.Read(files, "demo");

        reading.Plan.ShouldBeNull();
        reading.Errors.ShouldContain(found => found.StartsWith(error, StringComparison.Ordinal), string.Join('\n', reading.Errors));
        ProtocolReader.Check(files).ShouldContain(found => found.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "\"timeZone\": \"Asia/Shanghai\"",
        "\"timeZone\": \"Asia/Fengcheng\"",
        "plans/china.json/timeZone: the name of a time zone"
    )]
    [InlineData("\"edition\": \"9\"", "\"edition\": \"nine\"", "plans/china.json/editions/2/edition: the file nine.json was expected")]
    [InlineData(
        "2022-06-28",
        "2020-06-28",
        "plans/china.json/editions/2: editions come into force one after the other; a later time was expected"
    )]
    [InlineData(
        "2022-06-28",
        "midsummer",
        "plans/china.json/editions/2/from: a date (local midnight) or an instant with its offset was expected"
    )]
    [InlineData("\"shorter\"", "\"longer\"", "plans/china.json/carryOver: one of shorter, old was expected")]
    [InlineData("\"id\": \"china\"", "\"id\": \"chine\"", "plans/china.json/: the id of the file's name was expected, found 'chine'")]
    [InlineData(
        "\"editions\"",
        "\"overlays\": [{ \"grid\": \"1\", \"edition\": \"9\", \"set\": { \"rules/nothing/phases/0/days\": 3 } }], \"editions\"",
        "plans/china.json/overlays/0/set/rules/nothing/phases/0/days: the path of a single value in 9.json was expected"
    )]
    [InlineData(
        "\"editions\"",
        "\"overlays\": [{ \"grid\": \"1\", \"edition\": \"12\", \"set\": { \"dayCount\": \"elapsed\" } }], \"editions\"",
        "plans/china.json/overlays/0/set/dayCount: an edition of this plan was expected"
    )]
    [InlineData(
        "\"editions\"",
        "\"overlays\": [{ \"grid\": \"1\", \"edition\": \"9\", \"set\": { \"rules/contact-2/phases/0/days\": \"many\" } }], \"editions\"",
        "9.json/rules/1/phases/0/days: a whole number from 0 to 3650 was expected"
    )]
    public void A_faulty_plan_is_refused(string right, string wrong, string error)
    {
        var text = Scenario.Files["plans/china.json"];
        text.ShouldContain(right);
        var reading = ProtocolReader.Read(Scenario.With("china", text.Replace(right, wrong, StringComparison.Ordinal)), "china");
        reading.Plan.ShouldBeNull();
        reading.Errors.ShouldContain(found => found.StartsWith(error, StringComparison.Ordinal), string.Join('\n', reading.Errors));
    }

    [Fact]
    public void An_unknown_plan_names_those_there_are() =>
        ProtocolReader
            .Read(Scenario.Files, "mars")
            .Errors.ShouldBe(["plans/mars.json: a plan of that name was expected; there are china, demo"]);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"only\",\"name\":3,\"timeZone\":[],\"editions\":{},\"overlays\":7}")]
    [InlineData("{\"id\":\"only\",\"editions\":[1,{\"edition\":null,\"from\":null}]}")]
    public void Whatever_stands_in_a_plan_is_an_error_and_no_exception(string text) =>
        ProtocolReader.Read(Scenario.With("only", text), "only").Errors.ShouldNotBeEmpty();

    [Theory]
    [InlineData("[]")]
    [InlineData(
        "{\"rules\":[null,1,{\"when\":3,\"phases\":[[]],\"ends\":[{}],\"everyMember\":{}}],\"zones\":[],"
            + "\"due\":[{\"facts\":1}],\"statuses\":[]}"
    )]
    [InlineData("{\"rules\":[{\"id\":\"a\",\"when\":[],\"phases\":[]}],\"zones\":{\"levels\":[{}]}}")]
    public void Whatever_stands_in_an_edition_is_an_error_and_no_exception(string text) =>
        ProtocolReader.Read(new Dictionary<string, string>(Scenario.Files) { ["2020-02.json"] = text }, "demo").Errors.ShouldNotBeEmpty();

    [Fact]
    public void An_overlay_holds_in_its_grid_and_below_and_nowhere_else()
    {
        var text = Scenario
            .Files["plans/demo.json"]
            .Replace(
                "\"editions\"",
                """
                "overlays": [
                  { "grid": "210682-004-03", "edition": "2020-02", "set": { "rules/returned-other/phases/0/days": 5 } },
                  { "grid": "210682-004", "edition": "2020-02",
                    "set": { "rules/fever/phases/0/days": 7, "rules/returned-other/phases/0/days": 10 } }
                ],
                "editions"
                """,
                StringComparison.Ordinal
            );
        var plan = Scenario.Read(Scenario.With("demo", text), "demo");
        int? Of(string rule, string grid) => plan.ForGrid(grid).Edition("2020-02")!.Rule(rule)!.Phases[0].Days;
        (int?, int?) Days(string grid) => (Of("fever", grid), Of("returned-other", grid));

        Days("210682").ShouldBe((3, 14));
        Days("210682-0041").ShouldBe((3, 14));
        Days("210682-004").ShouldBe((7, 10));
        Days("210682-004-01").ShouldBe((7, 10));
        Days("210682-004-03").ShouldBe((7, 5));
        plan.ForGrid("210682-004-01").ShouldBeSameAs(plan.ForGrid("210682-004"));
        plan.ForGrid("330100").ShouldBeSameAs(plan);
    }

    [Fact]
    public void A_time_zone_can_be_given_from_outside()
    {
        var plan = ProtocolReader.Read(Scenario.Files, "china", TimeZoneInfo.Utc).Plan!;
        plan.TimeZone.ShouldBe(TimeZoneInfo.Utc);
        plan.Editions[1].From.ShouldBe(DateTimeOffset.Parse("2021-05-14T00:00:00Z"));
    }

    [Theory]
    [InlineData("ends", Status.Healthy)]
    [InlineData("runsOut", Status.Quarantined)]
    public void What_becomes_of_a_clock_without_a_rule_in_the_new_edition_is_a_setting(string setting, Status status)
    {
        var text = Scenario.Files["plans/china.json"].Replace("\"ends\"", $"\"{setting}\"", StringComparison.Ordinal);
        var plan = Scenario.Read(Scenario.With("china", text), "china");
        Scenario.Evaluate(plan, "P1", "returned P1 2021-05-10T09:00 risk=high", "", "2021-05-20").Status.ShouldBe(status);
    }

    [Fact]
    public void Carry_over_old_lets_clocks_run_out_as_they_began()
    {
        var text = Scenario.Files["plans/china.json"].Replace("\"shorter\"", "\"old\"", StringComparison.Ordinal);
        var plan = Scenario.Read(Scenario.With("china", text), "china");
        var found = Scenario.Evaluate(plan, "P1", "contact P1 2022-06-23T09:00 degree=1 lastExposure=2022-06-23", "", "2022-07-05");
        (found.Status, found.Until, found.Because[0].Edition, found.Edition).ShouldBe(
            (Status.Quarantined, Scenario.Time("2022-07-08", plan), "8", "9")
        );
    }

    private static string Said(Phase phase) =>
        $" {phase.Status.ToString()!.ToLowerInvariant()}"
        + (phase.Days is { } days ? $" {days}" : "")
        + string.Concat(phase.Due.Select(due => due.Count > 0 ? $" ×{due.Count}" : $" d{string.Join(',', due.OnDays)}"));
}
