using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

/// <summary>The files as deployed, and plans that differ from them.</summary>
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
                read.Rules.Where(rule => rule.Id is not ("order" or "override" or "facility" or "away"))
                    .Select(rule => rule.Id + string.Concat(rule.Phases.Select(Said)))
            )
            .ShouldBe(rules);
        read.Rules.Select(rule => rule.Id)
            .ShouldBe([
                .. read.Rules.Select(rule => rule.Id).Where(id => id is not ("order" or "override" or "facility" or "away")),
                "order",
                "override",
                "facility",
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
