namespace SituationMap.Core.Tests;

/// <summary>What the golden table has no column for: the parts of a reason, the next due instant.</summary>
public sealed class StatusRulesTests
{
    [Fact]
    public void A_reason_names_its_clock_and_its_own_time()
    {
        var plan = Scenario.Only("8");
        const string Facts = "a=contact P1 2021-06-02T09:00 degree=1 lastExposure=2021-06-01";
        var first = Scenario.Evaluate(plan, "P1", Facts, "", "2021-06-10").Because.ShouldHaveSingleItem();
        (first.Clock, first.From, first.To).ShouldBe(
            (Scenario.Time("2021-06-01", plan), Scenario.Time("2021-06-02T09:00", plan), Scenario.Time("2021-06-16", plan))
        );
        var second = Scenario.Evaluate(plan, "P1", Facts, "", "2021-06-20").Because.ShouldHaveSingleItem();
        (second.Clock, second.From, second.To).ShouldBe(
            (Scenario.Time("2021-06-01", plan), Scenario.Time("2021-06-16", plan), Scenario.Time("2021-06-23", plan))
        );
        (second.Rule, second.Edition, second.Fact, second.Zone).ShouldBe(("contact-1", "8", Scenario.IdOf("a"), null));
    }

    [Fact]
    public void A_zone_reason_names_zone_version_and_level()
    {
        var reason = Scenario
            .Evaluate(Scenario.Plan("demo"), "", "", "Z7v3 medium 2020-02-03..", "2020-02-04")
            .Because.ShouldHaveSingleItem();
        (reason.Rule, reason.Fact, reason.Zone, reason.ZoneVersion, reason.Level).ShouldBe(("zone", null, 7, 3, "medium"));
    }

    [Theory]
    [InlineData("2020-02-09T23:59:59", Status.Healthy, null, "2020-02-10")]
    [InlineData("2020-02-10", Status.Quarantined, "2020-02-10", "2020-02-20")]
    [InlineData("2020-02-19T23:59:59", Status.Quarantined, "2020-02-10", "2020-02-20")]
    [InlineData("2020-02-20", Status.Healthy, "2020-02-20", null)]
    public void A_zone_over_the_outline_alone_counts_while_an_edition_that_asks_for_it_is_in_force(
        string at,
        Status status,
        string? since,
        string? until
    )
    {
        var plan = Scenario.Touching();
        plan.HasIntersects.ShouldBeTrue();
        var found = Scenario.Evaluate(plan, "P1", "", "Z1~ high 2020-02-03..", at);
        (found.Status, found.Since, found.Until).ShouldBe((status, Instant(since), Instant(until)));
        (found.NextDue <= Instant(until)).ShouldBe(until is not null);
        found.Because.Count.ShouldBe(status == Status.Healthy ? 0 : 1);
        // its point in the zone: all the time
        Scenario.Evaluate(plan, "P1", "", "Z1 high 2020-02-03..", at).Since.ShouldBe(Instant("2020-02-03"));

        DateTimeOffset? Instant(string? text) => text is null ? null : Scenario.Time(text, plan);
    }

    [Fact]
    public void A_grid_may_count_outlines_where_the_others_count_points()
    {
        var files = new Dictionary<string, string>(Scenario.Files);
        files["plans/demo.json"] = files["plans/demo.json"]
            .Replace(
                "\"editions\"",
                "\"overlays\": [{ \"grid\": \"1-2\", \"edition\": \"2020-02\", \"set\": { \"zones/zoneTest\": \"intersects\" } "
                    + "}], \"editions\"",
                StringComparison.Ordinal
            );
        var plan = Scenario.Read(files, "demo");
        plan.HasIntersects.ShouldBeTrue();
        Scenario.Plan("demo").HasIntersects.ShouldBeFalse();
        StatusIn("1-2-3").ShouldBe(Status.Quarantined);
        StatusIn("1-3").ShouldBe(Status.Healthy);

        Status StatusIn(string grid) => Scenario.Evaluate(plan.ForGrid(grid), "", "", "Z1~ high 2020-02-03..", "2020-02-04").Status;
    }

    [Fact]
    public void Absence_rests_on_what_each_member_left_by_first() =>
        Scenario
            .Evaluate(
                Scenario.Plan("demo"),
                "P1 P2",
                "a=departed P1 2020-02-05T09:00; b=departed P1 2020-02-06T09:00; c=departed P2 2020-02-07T09:00",
                "",
                "2020-02-08"
            )
            .Because.ShouldHaveSingleItem()
            .With.ShouldBe([Scenario.IdOf("a")]);

    [Fact]
    public void An_override_rests_on_its_first_confirmation_too() =>
        Scenario
            .Evaluate(
                Scenario.Plan("demo"),
                "",
                "a=override 2020-02-05T09:00 status=observed reason=r by=x; b=override 2020-02-05T11:00 status=observed "
                    + "reason=r confirms=a by=y; c=override 2020-02-05T10:00 status=observed reason=r confirms=a by=z",
                "",
                "2020-02-08"
            )
            .Because.ShouldHaveSingleItem()
            .With.ShouldBe([Scenario.IdOf("c")]);

    [Theory]
    [InlineData("", "2020-02-06", null)]
    [InlineData("returned P1 2020-02-05T09:00 risk=low", "2020-02-06", "2020-02-20")]
    [InlineData("returned P1 2020-02-05T09:00 risk=low; survey 2020-02-10T09:00 members=1", "2020-02-06", "2020-02-10T09:00")]
    [InlineData("returned P1 2020-02-05T09:00 risk=low", "2020-02-04", "2020-02-05T09:00")]
    [InlineData("a=returned P1 2020-02-05T09:00 risk=low; retraction 2020-02-05T10:00 fact=a reason=r", "2020-02-04", null)]
    [InlineData("case P1 2020-02-05T09:00 confirmed=true", "2020-02-06", null)]
    public void It_is_next_due_when_time_may_change_something(string facts, string at, string? next)
    {
        var plan = Scenario.Plan("demo");
        Scenario.Evaluate(plan, "P1", facts, "", at).NextDue.ShouldBe(next is null ? null : Scenario.Time(next, plan));
    }

    [Theory]
    [InlineData("survey 2020-02-10T09:00 members=1", "2020-03-01", "2021-05-14")]
    [InlineData("order P1 2021-05-01T09:00 measure=quarantine days=300", "2021-05-02", "2021-05-14")]
    [InlineData("survey 2020-02-10T09:00 members=1", "2023-02-01", null)]
    public void It_is_next_due_at_the_latest_when_another_edition_comes_into_force(string facts, string at, string? next)
    {
        var plan = Scenario.Plan("china");
        Scenario.Evaluate(plan, "P1", facts, "", at).NextDue.ShouldBe(next is null ? null : Scenario.Time(next, plan));
    }

    [Fact]
    public void Every_instant_it_gives_is_in_utc()
    {
        var found = Scenario.Evaluate(Scenario.Plan("demo"), "P1", "returned P1 2020-02-05T09:00 risk=low", "", "2020-02-06");
        new[] { found.Since, found.Until, found.NextDue, found.Because[0].Clock, found.Because[0].From, found.Because[0].To }.ShouldAllBe(
            instant => instant!.Value.Offset == TimeSpan.Zero
        );
    }

    [Fact]
    public void Retractions_that_retract_each_other_give_the_same_in_any_order()
    {
        var plan = Scenario.Plan("demo");
        string[] facts =
        [
            "a=returned P1 2020-02-05T09:00 risk=high",
            "b=retraction 2020-02-06T09:00 fact=a reason=r",
            "c=retraction 2020-02-06T09:00 fact=d reason=r",
            "d=retraction 2020-02-06T09:00 fact=c reason=r",
            "e=retraction 2020-02-06T09:00 fact=e reason=r",
        ];
        Scenario.Evaluate(plan, "P1", string.Join(';', facts), "", "2020-02-07").Status.ShouldBe(Status.Healthy);
        Scenario.Evaluate(plan, "P1", string.Join(';', facts.Reverse()), "", "2020-02-07").Status.ShouldBe(Status.Healthy);
    }

    [Fact]
    public void Odd_data_is_left_aside_and_breaks_nothing()
    {
        var plan = Scenario.Plan("china");
        foreach (
            var facts in new[]
            {
                "contact P1 2020-02-05T09:00 degree=one lastExposure=yesterday",
                "contact P1 2020-02-05T09:00 degree=1 lastExposure=9999-12-31T23:59:59Z",
                "contact P1 2020-02-05T09:00 degree=1 lastExposure=0001-01-01",
                "order P1 2020-02-05T09:00 measure=exile days=3",
                "order P1 2020-02-05T09:00 measure=quarantine days=2147483647",
                "order P1 2020-02-05T09:00 measure=quarantine days=-5",
                "order P1 2020-02-05T09:00 measure=quarantine until=0001-01-01",
                "temperature P1 2020-02-05T09:00 celsius=hot",
                "override 2020-02-05T09:00 status=asleep reason=r by=x",
            }
        )
            Should.NotThrow(() => Scenario.Evaluate(plan, "P1 P2", facts, "", "2020-02-06"), facts);
        Scenario
            .Evaluate(plan, "P1", "order P1 2020-02-05T09:00 measure=quarantine days=2147483647", "", "2020-02-06")
            .Until.ShouldBeNull();
    }
}
