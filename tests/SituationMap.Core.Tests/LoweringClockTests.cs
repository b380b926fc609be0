using SituationMap.Core.Facts;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Tests;

/// <summary>When a zone is due for lowering; <c>|</c> stands between households.</summary>
public sealed class LoweringClockTests
{
    [Theory]
    // fourteen days from its declaration, by local midnights
    [InlineData("2020-02", "Z1 high 2020-02-01T09:00..", "", 1, "2020-02-15T23:59", "low Declared 02-16 00:00 due no: DaysWithoutCase no")]
    [InlineData("2020-02", "Z1 high 2020-02-01T09:00..", "", 1, "2020-02-16", "low Declared 02-16 00:00 due yes: DaysWithoutCase yes")]
    // a case starts the days anew, one before the zone was declared does not, one that was wrong does not
    [InlineData(
        "2020-02",
        "Z1 high 2020-02-01T09:00..",
        "case P1 2020-02-05T10:00 confirmed=true",
        1,
        "2020-02-16",
        "low Case 02-20 00:00 due no: DaysWithoutCase no"
    )]
    [InlineData(
        "2020-02",
        "Z1 high 2020-02-01T09:00..",
        "test P1 2020-02-05T10:00 result=positive",
        1,
        "2020-02-20",
        "low Case 02-20 00:00 due yes: DaysWithoutCase yes"
    )]
    [InlineData(
        "2020-02",
        "Z1 high 2020-02-01T09:00..",
        "case P1 2020-01-31T10:00 confirmed=true",
        1,
        "2020-02-16",
        "low Declared 02-16 00:00 due yes: DaysWithoutCase yes"
    )]
    [InlineData(
        "2020-02",
        "Z1 high 2020-02-01T09:00..",
        "c=case P1 2020-02-05T10:00 confirmed=true; retraction 2020-02-06T10:00 fact=c reason=x",
        1,
        "2020-02-16",
        "low Declared 02-16 00:00 due yes: DaysWithoutCase yes"
    )]
    [InlineData(
        "2020-02",
        "Z1 high 2020-02-01T09:00..",
        "case P1 2020-02-05T10:00 confirmed=false",
        1,
        "2020-02-16",
        "low Declared 02-16 00:00 due yes: DaysWithoutCase yes"
    )]
    // a redrawn outline of the same level goes on counting, an interruption does not
    [InlineData(
        "2020-02",
        "Z1 high 2020-02-01T09:00..2020-02-10T09:00; Z1v2 high 2020-02-10T09:00..",
        "",
        1,
        "2020-02-16",
        "low Declared 02-16 00:00 due yes: DaysWithoutCase yes"
    )]
    [InlineData(
        "2020-02",
        "Z1 high 2020-02-01T09:00..2020-02-09T09:00; Z1v2 high 2020-02-10T09:00..",
        "",
        1,
        "2020-02-16",
        "low Declared 02-25 00:00 due no: DaysWithoutCase no"
    )]
    [InlineData("2020-02", "Z1 low 2020-02-01T09:00..", "", 1, "2020-03-16", "")]
    [InlineData("2020-02", "Z1 high 2020-02-01T09:00..2020-02-05T09:00", "", 1, "2020-03-16", "")]
    // two clocks for a medium zone: three days where it was lowered, seven and a round where it was declared
    [InlineData(
        "9",
        "Z1 high 2022-07-01T09:00..2022-07-09T09:00; Z1v2 medium 2022-07-09T09:00..",
        "",
        2,
        "2022-07-13",
        "low Lowered 07-13 00:00 due yes: DaysWithoutCase yes"
    )]
    [InlineData(
        "9",
        "Z1 medium 2022-07-01T09:00..",
        "",
        2,
        "2022-07-09",
        "low Declared 07-09 00:00 due no: DaysWithoutCase yes, RoundOnDay 0/2 no"
    )]
    [InlineData(
        "9",
        "Z1 low 2022-06-29T09:00..2022-07-01T09:00; Z1v2 medium 2022-07-01T09:00..",
        "test P1 2022-07-08T09:00 result=negative | test P2 2022-07-08T09:00 result=negative",
        2,
        "2022-07-09",
        "low Declared 07-09 00:00 due yes: DaysWithoutCase yes, RoundOnDay 2/2 yes"
    )]
    [InlineData(
        "9",
        "Z1 medium 2022-07-01T09:00..",
        "test P1 2022-07-08T09:00 result=negative | test P2 2022-07-07T23:59 result=negative",
        2,
        "2022-07-09",
        "low Declared 07-09 00:00 due no: DaysWithoutCase yes, RoundOnDay 1/2 no"
    )]
    // contacts: each negative since, the last of them long enough ago; and a round of the last two days
    [InlineData(
        "8",
        "Z1 lockdown 2021-06-01T09:00..",
        "contact P1 2021-06-03T09:00 degree=1 lastExposure=2021-06-02; test P1 2021-06-16T09:00 result=negative",
        1,
        "2021-06-17",
        "precaution Declared 06-17 00:00 due yes: DaysWithoutCase yes, Contacts 1/1 yes, RoundWithinDays 1/1 yes"
    )]
    [InlineData(
        "8",
        "Z1 lockdown 2021-06-01T09:00..",
        "contact P1 2021-06-03T09:00 degree=1 lastExposure=2021-06-02; test P1 2021-06-01T09:00 result=negative",
        1,
        "2021-06-17",
        "precaution Declared 06-17 00:00 due no: DaysWithoutCase yes, Contacts 0/1 no, RoundWithinDays 0/1 no"
    )]
    [InlineData(
        "8",
        "Z1 lockdown 2021-06-01T09:00..",
        "contact P1 2021-06-08T09:00 degree=1 lastExposure=2021-06-07; test P1 2021-06-16T09:00 result=negative",
        1,
        "2021-06-17",
        "precaution Declared 06-22 00:00 due no: DaysWithoutCase yes, Contacts 1/1 no, RoundWithinDays 1/1 yes"
    )]
    // among the strictly isolated and without spread, where the edition says so
    [InlineData(
        "10-measures",
        "Z1 high 2022-12-10T09:00..",
        "case P1 2022-12-14T09:00 confirmed=true isolated=true spread=none",
        1,
        "2022-12-16",
        "none Declared 12-16 00:00 due yes: DaysWithoutCase yes"
    )]
    [InlineData(
        "10-measures",
        "Z1 high 2022-12-10T09:00..",
        "case P1 2022-12-14T09:00 confirmed=true isolated=true",
        1,
        "2022-12-16",
        "none Case 12-20 00:00 due no: DaysWithoutCase no"
    )]
    [InlineData(
        "20-measures",
        "Z1 high 2022-11-15T09:00..",
        "case P1 2022-11-18T09:00 confirmed=true isolated=true spread=none",
        1,
        "2022-11-21",
        "low Case 11-24 00:00 due no: DaysWithoutCase no"
    )]
    public void Is_due(string edition, string zone, string households, int count, string at, string expected)
    {
        var plan = Scenario.Only(edition);
        var facts = households.Split('|').Select(household => (IReadOnlyList<Fact>)Scenario.Facts(household, plan));

        var state = LoweringClock.At(Scenario.Zones(zone, plan), facts, count, plan, Scenario.Time(at, plan));

        (
            state is null
                ? ""
                : $"{state.Rule.To ?? "none"} {state.Start} {state.DueAt.ToOffset(TimeSpan.FromHours(8)):MM-dd HH:mm} due "
                    + $"{YesNo(state.IsDue)}: "
                    + string.Join(
                        ", ",
                        state.Needs.Select(need => $"{need.Condition} {(need.Of > 0 ? $"{need.Done}/{need.Of} " : "")}{YesNo(need.IsMet)}")
                    )
        ).ShouldBe(expected);
        static string YesNo(bool value) => value ? "yes" : "no";
    }

    [Fact]
    public void Says_it_in_both_languages()
    {
        var plan = Scenario.Only("8");
        var at = Scenario.Time("2021-06-10", plan);
        var state = LoweringClock.At(
            Scenario.Zones("Z1 control 2021-06-01T09:00..", plan),
            [Scenario.Facts("case P1 2021-06-03T09:00 confirmed=true", plan)],
            40,
            plan,
            at
        )!;

        LoweringWords
            .Say(state, plan, at)
            .ShouldBe(
                new(
                    "最早 6 月 17 日 24 时可降为防范区：最后一例病例在 6 月 3 日",
                    "May be lowered to precaution area at the end of 17 June at the earliest: the last case was on 3 June"
                )
            );
        state
            .Needs.Select(need => LoweringWords.Say(need, plan, at).En)
            .ShouldBe([
                "14 days without a new case: over at the end of 17 June",
                "there are no contacts",
                "a round of tests within the last 2 days: 0 of 40 households negative",
            ]);
        LoweringWords
            .Resets(state)
            .Select(words => words.En)
            .ShouldBe([
                "A new case or a positive test in the zone starts the 14 days anew",
                "A new contact puts it off",
                "A positive in a control area makes it a lockdown area at once",
            ]);
    }
}
