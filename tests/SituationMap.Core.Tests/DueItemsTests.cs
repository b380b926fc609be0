using SituationMap.Core.Statuses;

namespace SituationMap.Core.Tests;

/// <summary>What is due and overdue: person, kind, and by when it was due.</summary>
public sealed class DueItemsTests
{
    [Theory]
    // returned at 9:00: the morning's slot is broken, the evening's counts from noon to 20:00
    [InlineData("2020-02", "P1", "returned P1 2020-02-05T09:00 risk=low", "", "2020-02-05T19:59", "")]
    [InlineData("2020-02", "P1", "returned P1 2020-02-05T09:00 risk=low", "", "2020-02-05T20:00", "P1 temperature 02-05 20:00")]
    [InlineData(
        "2020-02",
        "P1",
        "returned P1 2020-02-05T09:00 risk=low",
        "",
        "2020-02-06T12:00",
        "P1 temperature 02-05 20:00, P1 temperature 02-06 12:00"
    )]
    [InlineData(
        "2020-02",
        "P1",
        "returned P1 2020-02-05T09:00 risk=low; temperature P1 2020-02-05T18:00 celsius=36.5; temperature P1 2020-02-06T11:59 celsius=36.6",
        "",
        "2020-02-06T12:00",
        ""
    )]
    [InlineData(
        "2020-02",
        "P1",
        "returned P1 2020-02-05T09:00 risk=low; temperature P1 2020-02-05T18:00 celsius=36.5; temperature P1 2020-02-06T12:00 celsius=36.6",
        "",
        "2020-02-06T12:00",
        "P1 temperature 02-06 12:00"
    )]
    // who leaves during a slot owes nothing for it; who is back owes from the next one on
    [InlineData(
        "2020-02",
        "P1",
        "returned P1 2020-02-05T09:00 risk=low; departed P1 2020-02-06T10:00",
        "",
        "2020-02-08",
        "P1 temperature 02-05 20:00"
    )]
    [InlineData(
        "2020-02",
        "P1",
        "returned P1 2020-02-05T09:00 risk=low; departed P1 2020-02-05T10:00; returned P1 2020-02-06T11:00 risk=low",
        "",
        "2020-02-06T20:00",
        "P1 temperature 02-06 20:00"
    )]
    // another one's reading does not count; one for the household and one at a checkpoint do
    [InlineData(
        "2020-02",
        "P1 P2",
        "returned P1 2020-02-05T09:00 risk=low; temperature P2 2020-02-05T18:00 celsius=36.5",
        "",
        "2020-02-05T20:00",
        "P1 temperature 02-05 20:00"
    )]
    [InlineData(
        "2020-02",
        "P1 P2",
        "returned P1 2020-02-05T09:00 risk=low; temperature 2020-02-05T18:00 celsius=36.5",
        "",
        "2020-02-05T20:00",
        ""
    )]
    [InlineData(
        "2020-02",
        "P1",
        "returned P1 2020-02-05T09:00 risk=low; passage P1 2020-02-05T18:00 checkpoint=C1 direction=in celsius=36.5",
        "",
        "2020-02-05T20:00",
        ""
    )]
    [InlineData(
        "2020-02",
        "P1",
        "returned P1 2020-02-05T09:00 risk=low; passage P1 2020-02-05T18:00 checkpoint=C1 direction=in",
        "",
        "2020-02-05T20:00",
        "P1 temperature 02-05 20:00"
    )]
    // everyone in a quarantined household, but not who is away, and nothing after the end
    [InlineData(
        "2020-02",
        "P1 P2",
        "",
        "Z1 high 2020-02-05..2020-02-06",
        "2020-02-07",
        "P1 temperature 02-05 12:00, P2 temperature 02-05 12:00, P1 temperature 02-05 20:00, P2 temperature 02-05 20:00"
    )]
    [InlineData(
        "2020-02",
        "P1 P2",
        "departed P2 2020-02-04T09:00",
        "Z1 high 2020-02-05..2020-02-06",
        "2020-02-05T12:00",
        "P1 temperature 02-05 12:00"
    )]
    [InlineData("2020-02", "", "", "Z1 high 2020-02-05..2020-02-06", "2020-02-05T12:00", "- temperature 02-05 12:00")]
    [InlineData("2020-02", "P1", "", "Z1 low 2020-02-05..2020-02-06", "2020-02-05T20:00", "")]
    [InlineData("2020-02", "P1", "", "", "2020-02-05T20:00", "")]
    // tests by day: due when the day is over; a late one makes up for it until the next is due
    [InlineData("9", "P1", "contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03", "", "2022-07-04T23:59", "")]
    [InlineData("9", "P1", "contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03", "", "2022-07-05", "P1 test 07-05 00:00")]
    [InlineData(
        "9",
        "P1",
        "contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03",
        "",
        "2022-07-20",
        "P1 test 07-05 00:00, P1 test 07-08 00:00, P1 test 07-11 00:00"
    )]
    [InlineData(
        "9",
        "P1",
        "contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03; test P1 2022-07-06T10:00 result=negative",
        "",
        "2022-07-08",
        "P1 test 07-08 00:00"
    )]
    [InlineData(
        "9",
        "P1",
        "contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03; test P1 2022-07-04T10:00 result=negative; test P1 "
            + "2022-07-07T10:00 result=negative; test P1 2022-07-10T10:00 result=negative",
        "",
        "2022-07-20",
        ""
    )]
    // the days of the second phase count from its own beginning: 7 + 3
    [InlineData("9", "P1", "contact P1 2022-07-10T09:00 degree=1 lastExposure=2022-07-01", "", "2022-07-20", "P1 test 07-12 00:00")]
    [InlineData(
        "8",
        "P1",
        "contact P1 2021-06-16T09:00 degree=1 lastExposure=2021-06-01",
        "",
        "2021-07-20",
        "P1 test 06-18 00:00, P1 test 06-23 00:00"
    )]
    [InlineData(
        "20-measures",
        "P1",
        "contact P1 2022-11-14T09:00 degree=1 lastExposure=2022-11-14",
        "",
        "2022-12-01",
        "P1 test 11-16 00:00, P1 test 11-17 00:00, P1 test 11-18 00:00, P1 test 11-20 00:00, P1 test 11-21 00:00, P1 test 11-23 00:00"
    )]
    // two tests in three days
    [InlineData("9", "P1", "returned P1 2022-07-03T09:00 risk=low", "", "2022-07-07", "P1 test 07-07 00:00 ×2")]
    [InlineData(
        "9",
        "P1",
        "returned P1 2022-07-03T09:00 risk=low; test P1 2022-07-04T09:00 result=negative",
        "",
        "2022-07-07",
        "P1 test 07-07 00:00"
    )]
    [InlineData(
        "9",
        "P1",
        "returned P1 2022-07-03T09:00 risk=low; test P1 2022-07-04T09:00 result=negative; test P1 2022-07-05T09:00 result=negative",
        "",
        "2022-07-07",
        ""
    )]
    // released before the day was over
    [InlineData(
        "9",
        "P1",
        "a=contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03; release 2022-07-04T18:00 order=a",
        "",
        "2022-07-20",
        ""
    )]
    // no member known: any reading of the household counts
    [InlineData("flood", "", "survey 2024-07-01T09:00 waterCm=45", "", "2024-07-03T10:00", "- survey 07-03 09:00")]
    public void Overdue(string edition, string members, string facts, string zones, string at, string expected)
    {
        var plan = Scenario.Only(edition);
        var household = Scenario.Household(members, facts, plan);
        var items = DueItems.Overdue(household, Scenario.Zones(zones, plan), plan, Scenario.Time(at, plan));
        string.Join(
                ", ",
                items.Select(item =>
                    $"{(item.Person is { } person ? $"P{person}" : "-")} {item.Kind.ToString().ToLowerInvariant()} "
                    + $"{item.Due.ToOffset(TimeSpan.FromHours(8)):MM-dd HH:mm}{(item.Missing > 1 ? $" ×{item.Missing}" : "")}"
                )
            )
            .ShouldBe(expected);
    }

    [Theory]
    // the slot that is open and those of the next 24 hours; one that opens later counts from its beginning
    [InlineData("2020-02", "returned P1 2020-02-05T09:00 risk=low", "2020-02-06T10:00", "02-06 12:00, 02-06 20:00")]
    [InlineData(
        "2020-02",
        "returned P1 2020-02-05T09:00 risk=low; temperature P1 2020-02-06T09:30 celsius=36.5",
        "2020-02-06T10:00",
        "02-06 20:00"
    )]
    // nothing when the observation is over by then, or when somebody has left
    [InlineData("2020-02", "returned P1 2020-02-05T09:00 risk=low", "2020-02-19T21:00", "")]
    [InlineData("2020-02", "returned P1 2020-02-05T09:00 risk=low; departed P1 2020-02-06T09:00", "2020-02-06T10:00", "")]
    // a test of the day is due when the day is over, and done by one of the morning
    [InlineData("9", "contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03", "2022-07-04T10:00", "07-05 00:00")]
    [InlineData(
        "9",
        "contact P1 2022-07-03T09:00 degree=2 lastExposure=2022-07-03; test P1 2022-07-04T08:00 result=negative",
        "2022-07-04T10:00",
        ""
    )]
    public void Upcoming(string edition, string facts, string at, string expected)
    {
        var plan = Scenario.Only(edition);
        var asked = Scenario.Time(at, plan);

        var items = DueItems.Upcoming(Scenario.Household("P1", facts, plan), [], plan, asked, asked.AddDays(1));

        string.Join(", ", items.Select(item => $"{item.Due.ToOffset(TimeSpan.FromHours(8)):MM-dd HH:mm}")).ShouldBe(expected);
    }

    [Fact]
    public void Only_what_was_due_after_an_instant()
    {
        var plan = Scenario.Plan("demo");
        var household = Scenario.Household("P1", "returned P1 2020-02-05T09:00 risk=low", plan);
        var at = Scenario.Time("2020-02-15T12:30", plan);
        DueItems.Overdue(household, [], plan, at).Count.ShouldBe(20);
        DueItems
            .Overdue(household, [], plan, at, at.AddDays(-1))
            .Select(item => item.Due)
            .ShouldBe([Scenario.Time("2020-02-14T20:00", plan), Scenario.Time("2020-02-15T12:00", plan)]);
    }
}
