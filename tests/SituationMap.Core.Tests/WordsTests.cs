using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Core.Tests;

/// <summary>What people read.</summary>
public sealed class WordsTests
{
    [Theory]
    [InlineData(
        "returned P1 2020-02-05T09:00 risk=low from=330100",
        "2020-02-06",
        "自 2 月 5 日从杭州返回，观察至 2 月 19 日 24 时",
        "Returned from Hangzhou on 5 February; observed until the end of 19 February"
    )]
    [InlineData(
        "returned P1 2020-02-05T09:00 risk=high from=420100",
        "2020-02-06",
        "自 2 月 5 日从武汉返回，隔离至 2 月 19 日 24 时",
        "Returned from Wuhan on 5 February; quarantined until the end of 19 February"
    )]
    [InlineData(
        "returned P1 2020-02-05T09:00 risk=low",
        "2020-02-06",
        "自 2 月 5 日从外地返回，观察至 2 月 19 日 24 时",
        "Returned from elsewhere on 5 February; observed until the end of 19 February"
    )]
    [InlineData(
        "returned P1 2019-12-25T09:00 risk=low from=330106",
        "2020-01-03",
        "自 2019 年 12 月 25 日从杭州返回，观察至 1 月 8 日 24 时",
        "Returned from Hangzhou on 25 December 2019; observed until the end of 8 January"
    )]
    [InlineData(
        "returned P1 2019-12-25T09:00 risk=low from=440300",
        "2019-12-26",
        "自 12 月 25 日从广东返回，观察至 2020 年 1 月 8 日 24 时",
        "Returned from Guangdong on 25 December; observed until the end of 8 January 2020"
    )]
    [InlineData(
        "contact P1 2020-02-05T09:00 degree=1 lastExposure=2020-02-03T20:00:00+08:00",
        "2020-02-06",
        "与病例密切接触，最后接触在 2 月 3 日，隔离至 2 月 17 日 24 时",
        "Close contact of a case, last exposed on 3 February; quarantined until the end of 17 February"
    )]
    [InlineData(
        "temperature P1 2020-02-05T07:05 celsius=37.8",
        "2020-02-06",
        "2 月 5 日 7:05发热，体温 37.8 ℃，观察至 2 月 8 日 24 时",
        "Fever of 37.8 ℃ at 07:05 on 5 February; observed until the end of 8 February"
    )]
    [InlineData(
        "passage P1 2020-02-05T07:05 checkpoint=C1 direction=in celsius=38",
        "2020-02-06",
        "2 月 5 日 7:05过卡口时发热，体温 38 ℃，观察至 2 月 8 日 24 时",
        "Fever of 38 ℃ at a checkpoint at 07:05 on 5 February; observed until the end of 8 February"
    )]
    [InlineData(
        "test P1 2020-02-05T09:00 result=positive",
        "2020-02-06",
        "2 月 5 日检测阳性，隔离，直到解除",
        "Tested positive on 5 February; quarantined until released"
    )]
    [InlineData(
        "case P1 2020-02-05T09:00 confirmed=true",
        "2020-02-06",
        "2 月 5 日确诊，隔离，直到解除",
        "Confirmed case on 5 February; quarantined until released"
    )]
    [InlineData(
        "order P1 2020-02-05T09:00 measure=observation until=2020-02-08T18:30:00+08:00",
        "2020-02-06",
        "2 月 5 日接到通知，观察至 2 月 8 日 18:30",
        "Ordered on 5 February: observed until 18:30 on 8 February"
    )]
    [InlineData(
        "departed P1 2020-02-05T09:00",
        "2020-02-06",
        "自 2 月 5 日起全家外出，直到有人返回",
        "Everyone away since 5 February, until someone returns"
    )]
    [InlineData(
        "a=override 2020-02-05T09:00 status=healthy reason=wrong-door until=2020-02-10T00:00:00+08:00 by=grid:1; override "
            + "2020-02-05T10:00 status=healthy reason=y confirms=a by=grid:2",
        "2020-02-06",
        "2 月 5 日经两人核实改为健康至 2 月 9 日 24 时（wrong-door）",
        "Set to healthy on 5 February by two people, until the end of 9 February (wrong-door)"
    )]
    public void A_reason_in_words(string facts, string at, string zh, string en) =>
        Said("demo", facts, "", at).ShouldBe([new LocalText(zh, en)]);

    [Fact]
    public void A_case_says_why_the_others_are_quarantined() =>
        Said("demo", "case P1 2020-02-05T09:00 confirmed=true", "", "2020-02-06", "P1 P2")
            .ShouldBe([
                new LocalText("2 月 5 日确诊，隔离，直到解除", "Confirmed case on 5 February; quarantined until released"),
                new LocalText(
                    "同住人员 2 月 5 日确诊，隔离至 2 月 19 日 24 时",
                    "Lives with a case confirmed on 5 February; quarantined until the end of 19 February"
                ),
            ]);

    [Fact]
    public void A_zone_is_named_with_its_level()
    {
        Said("demo", "", "Z1 high 2020-02-03..", "2020-02-06")
            .ShouldBe([
                new LocalText(
                    "自 2 月 3 日起位于凤凰巷（高风险），隔离，直到区域解除",
                    "In 凤凰巷 (high risk) since 3 February; quarantined until the zone is lifted"
                ),
            ]);
        Said("demo", "", "Z1 medium 2020-02-03..2020-02-17", "2020-02-06")
            .ShouldBe([
                new LocalText(
                    "自 2 月 3 日起位于凤凰巷（中风险），观察至 2 月 16 日 24 时",
                    "In 凤凰巷 (medium risk) since 3 February; observed until the end of 16 February"
                ),
            ]);
    }

    [Fact]
    public void A_reason_that_goes_on_under_the_next_edition_is_said_with_its_real_end() =>
        Said("china", "contact P1 2022-12-05T09:00 degree=1 lastExposure=2022-12-05", "", "2022-12-06")[0]
            .En.ShouldBe("Close contact of a case, last exposed on 5 December; quarantined until the end of 10 December");

    [Fact]
    public void Other_editions_have_other_words() =>
        Said("flood", "survey 2024-07-01T09:00 waterCm=45", "", "2024-07-02")
            .ShouldBe([
                new LocalText(
                    "7 月 1 日 9:00水深 45 厘米，立即转移至 7 月 3 日 9:00",
                    "Water 45 cm deep at 09:00 on 1 July; to be evacuated until 09:00 on 3 July"
                ),
            ]);

    [Fact]
    public void What_would_end_it_sooner()
    {
        var plan = Scenario.Plan("demo");
        LocalText? Sooner(string facts) => ReasonWords.Sooner(Scenario.Evaluate(plan, "P1", facts, "", "2020-02-06").Because[0], plan);
        Sooner("temperature P1 2020-02-05T09:00 celsius=38")
            .ShouldBe(new LocalText("检测阴性即提前结束", "A negative test ends it sooner"));
        Sooner("returned P1 2020-02-05T09:00 risk=low").ShouldBe(new LocalText("接到解除通知即提前结束", "A release ends it sooner"));
        Sooner("departed P1 2020-02-05T09:00").ShouldBe(new LocalText("有人返回即结束", "Someone's return ends it"));
        ReasonWords
            .Sooner(Scenario.Evaluate(plan, "P1", "", "Z1 high 2020-02-03..", "2020-02-06").Because[0], plan)
            .ShouldBe(new LocalText("区域降级或解除即提前结束", "Lowering or lifting the zone ends it sooner"));
    }

    [Fact]
    public void What_is_due_and_overdue()
    {
        var (plan, nine) = (Scenario.Plan("demo"), Scenario.Only("9"));
        Overdue(plan, "returned P1 2020-02-05T09:00 risk=low", "2020-02-05T21:00")
            .ShouldBe([
                new LocalText("体温未报，应在 2 月 5 日 20:00前报告", "The temperature due by 20:00 on 5 February has not been reported"),
            ]);
        Overdue(nine, "returned P1 2022-07-03T09:00 risk=low", "2022-07-07")
            .ShouldBe([
                new LocalText(
                    "检测未做，应在 7 月 6 日 24 时前完成，缺 2 次",
                    "Testing due by the end of 6 July has not been done; missing: 2"
                ),
            ]);

        DueItems
            .Upcoming(
                Scenario.Household("P1", "returned P1 2020-02-05T09:00 risk=low", plan),
                [],
                plan,
                Scenario.Time("2020-02-05T11:00", plan),
                Scenario.Time("2020-02-05T20:00", plan)
            )
            .Select(item => ReasonWords.Due(item, plan, Scenario.Time("2020-02-05T11:00", plan)))
            .ShouldBe([new LocalText("体温待报，2 月 5 日 20:00前", "A temperature reading is due by 20:00 on 5 February")]);

        static IEnumerable<LocalText> Overdue(ProtocolPlan plan, string facts, string at) =>
            DueItems
                .Overdue(Scenario.Household("P1", facts, plan), [], plan, Scenario.Time(at, plan))
                .Select(item => ReasonWords.Due(item, plan, Scenario.Time(at, plan)));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("override 2020-02-05T10:00 status=healthy reason=y confirms=a by=grid:1", true)] // the same source
    [InlineData("override 2020-02-05T10:00 status=observed reason=y confirms=a by=grid:2", true)] // another status
    [InlineData("override 2020-02-05T10:00 status=healthy reason=y confirms=a by=grid:2", false)]
    [InlineData("release 2020-02-05T10:00 order=a", false)]
    [InlineData("retraction 2020-02-05T10:00 fact=a reason=y", false)]
    public void What_is_not_confirmed_yet(string further, bool isPending)
    {
        var plan = Scenario.Plan("demo");
        var household = Scenario.Household(
            "P1",
            "a=override 2020-02-05T09:00 status=healthy reason=wrong-door until=2020-02-10T00:00:00+08:00 by=grid:1; " + further,
            plan
        );
        var at = Scenario.Time("2020-02-06", plan);
        Unconfirmed
            .Of(household, plan, at)
            .Select(item => ReasonWords.Pending(item, plan, DivisionsTests.Deployed, at))
            .ShouldBe(
                isPending
                    ?
                    [
                        new LocalText(
                            "2 月 5 日提出改为健康至 2 月 9 日 24 时，待另一人核实，尚未生效（wrong-door）",
                            "Proposed on 5 February: healthy until the end of 9 February; without effect until a second person "
                                + "confirms it (wrong-door)"
                        ),
                    ]
                    : []
            );
        Unconfirmed.Of(household, plan, Scenario.Time("2020-02-10", plan)).ShouldBeEmpty();
        Unconfirmed.Of(household, plan, Scenario.Time("2020-02-04", plan)).ShouldBeEmpty();
    }

    // Every sentence of every edition can be said, in both languages, without a hole.
    [Fact]
    public void No_sentence_of_any_edition_has_a_hole()
    {
        string[] facts =
        [
            "returned P1 {0} risk=high",
            "returned P1 {0} risk=medium",
            "returned P1 {0} risk=low",
            "contact P1 {0} degree=1 lastExposure={0}",
            "contact P1 {0} degree=2 lastExposure={0}",
            "case P1 {0} confirmed=true",
            "test P1 {0} result=positive",
            "temperature P1 {0} celsius=38.5",
            "passage P1 {0} checkpoint=C celsius=38.5",
            "order P1 {0} measure=quarantine days=3",
            "departed {0}",
            "a=override {0} status=observed reason=r by=a; override {0} status=observed reason=r confirms=a by=b",
        ];
        var said = 0;
        foreach (var entry in Scenario.Plan("china").Editions)
        {
            foreach (var fact in facts)
            {
                foreach (
                    var text in Said(
                        "china",
                        fact.Replace("{0}", $"{entry.From.AddHours(8).AddDays(2):yyyy-MM-dd}T09:00", StringComparison.Ordinal),
                        "",
                        $"{entry.From.AddHours(8).AddDays(3):yyyy-MM-dd}",
                        "P1 P2"
                    )
                )
                {
                    said++;
                    foreach (var sentence in new[] { text.Zh, text.En })
                    {
                        sentence.ShouldNotContain("{");
                        sentence.ShouldNotContain("  ");
                        sentence.ShouldNotContain("()");
                    }
                    text.Zh.ShouldContain("日");
                    text.En.ShouldMatch("^[A-Z].*[a-z0-9)]$");
                }
            }
        }
        said.ShouldBeGreaterThan(40);
    }

    private static LocalText[] Said(string plan, string facts, string zones, string at, string members = "P1")
    {
        var used = plan == "flood" ? Scenario.Only("flood") : Scenario.Plan(plan);
        var household = Scenario.Household(members, facts, used);
        var found = StatusRules.Evaluate(household, Scenario.Zones(zones, used), used, Scenario.Time(at, used));
        return
        [
            .. found.Because.Select(reason =>
                ReasonWords.Say(
                    reason,
                    found.Status,
                    household.Facts.SingleOrDefault(fact => fact.Id == reason.Fact),
                    reason.Zone is null ? null : "凤凰巷",
                    used,
                    DivisionsTests.Deployed,
                    Scenario.Time(at, used)
                )
            ),
        ];
    }
}
