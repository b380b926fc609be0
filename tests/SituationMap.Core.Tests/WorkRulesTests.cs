using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Work;

namespace SituationMap.Core.Tests;

/// <summary>What must hold of what is to be done, whatever is reported.</summary>
public sealed class WorkRulesTests
{
    private static readonly ProtocolPlan Demo = Scenario.Plan("demo");

    [Fact]
    public void Order_and_repetition_of_facts_do_not_matter() =>
        Holds(
            (household, random) =>
            {
                var facts = household.Facts.Facts;
                var mixed = facts.Concat(facts.Where(_ => random.Next(3) == 0)).ToArray();
                random.Shuffle(mixed);
                Said(Work(household with { Facts = household.Facts with { Facts = mixed } })).ShouldBe(Said(Work(household)));
            }
        );

    [Fact]
    public void What_is_later_than_the_instant_changes_nothing() =>
        Holds(
            (household, _) =>
            {
                var known = household.Facts.Facts.Where(fact => fact.At <= household.At || fact.Kind == FactKind.Retraction);
                Said(Work(household with { Facts = household.Facts with { Facts = [.. known] } })).ShouldBe(Said(Work(household)));
            }
        );

    [Fact]
    public void Each_has_its_time_its_state_by_it_and_an_id_of_its_own() =>
        Holds(
            (household, random) =>
            {
                var until = household.At.AddHours(random.Next(1, 100));
                var items = WorkRules.Evaluate(household.Facts, household.Zones, household.Plan, household.At, until);
                foreach (var item in items)
                {
                    item.From.ShouldBeLessThan(item.Due);
                    item.Due.ShouldBeLessThanOrEqualTo(item.Late);
                    item.Due.ShouldBeLessThanOrEqualTo(until);
                    item.State.ShouldBe(
                        item.Critical <= household.At ? WorkState.Critical
                        : item.Late <= household.At ? WorkState.Late
                        : WorkState.Due
                    );
                    WorkWords.Say(item, household.Plan, household.At).En.ShouldNotBeEmpty();
                }
                items.Select(item => item.Id("H-1", item.Person?.ToString())).ShouldBeUnique();
                items.ShouldBe(items.OrderBy(item => item.Due));
            }
        );

    [Fact]
    public void Whoever_reports_a_visit_and_a_survey_has_done_what_they_do() =>
        Holds(
            (household, _) =>
            {
                var at = household.At.AddTicks(1);
                var all = household.Facts.Members.Select(member => (int?)member).Append(null).ToList();
                var reports = all.SelectMany(person =>
                    new[]
                    {
                        Fact(FactKind.Visit, person, at, """{"outcome":"met","by":"door"}"""),
                        Fact(FactKind.Survey, person, at, """{"members":1,"waterCm":0}"""),
                    }
                );
                var before = Work(household with { At = at });
                var (zones, plan) = (household.Zones, household.Plan);
                var reported = household.Facts with { Facts = [.. household.Facts.Facts, .. reports] };
                var left = WorkRules.Evaluate(reported, zones, plan, at).Select(Id).ToHashSet();

                before
                    .Where(item => item.Kind is FactKind.Visit or FactKind.Survey && item.Duty is null && item.From <= at)
                    .ShouldAllBe(item => !left.Contains(Id(item)));
                var done = WorkRules.Done(reported, zones, plan, household.At, at);
                done.Where(one => one.Item.Duty is null)
                    .Select(one => Id(one.Item))
                    .ShouldBe(before.Where(item => item.Duty is null && IsDoneBy(item) && !left.Contains(Id(item))).Select(Id));

                bool IsDoneBy(WorkItem item) =>
                    plan.WorkAt(at).Rules.First(rule => rule.Id == item.Rule).Done.Any(done => reports.Any(done.Matches));
            },
            500
        );

    [Fact]
    public void What_begins_after_its_hour_is_tomorrows_and_nobody_does_it_on_the_same_evening()
    {
        var (at, plan) = (Scenario.Time("2020-02-05T19:30", Demo), Demo);
        var told = Scenario.Household("P1", "circumstance 2020-02-05T19:00 what=childAlone", plan);
        var visited = Scenario.Household(
            "P1",
            "circumstance 2020-02-05T19:00 what=childAlone; visit 2020-02-05T19:20 outcome=met by=door",
            plan
        );

        foreach (var household in (HouseholdFacts[])[told, visited])
        {
            var item = WorkRules.Evaluate(household, [], plan, at).Single(item => item.Rule == "child-alone");
            (item.From, item.Due).ShouldBe((Scenario.Time("2020-02-06T00:00", plan), Scenario.Time("2020-02-06T18:00", plan)));
        }
    }

    [Fact]
    public void What_two_rules_make_due_by_the_same_instant_is_one_item_that_both_have_to_be_content_with()
    {
        var plan = Scenario.Plan("china");
        var household = Scenario.Household(
            "",
            "case 2022-07-01T17:00 confirmed=true; returned 2022-06-30T03:00 risk=low from=330100; test 2022-07-10T04:00 result=positive",
            plan
        );
        var at = Scenario.Time("2022-07-15T23:00", plan);

        var items = WorkRules.Evaluate(household, [], plan, at, at.AddHours(100));

        items.Where(item => item.Kind == FactKind.Test).ShouldNotBeEmpty();
        items.Select(item => item.Id("H-1", null)).ShouldBeUnique();
    }

    [Fact]
    public void A_release_makes_readings_needless_and_does_none()
    {
        var household = Scenario.Household(
            "P1",
            "a=order P1 2020-02-05T00:00 measure=quarantine days=5; release P1 2020-02-06T09:00 order=a",
            Demo
        );
        var at = Scenario.Time("2020-02-06T10:00", Demo);

        WorkRules.Evaluate(household, [], Demo, Scenario.Time("2020-02-06T08:00", Demo)).ShouldContain(item => item.Rule == "temperature");
        WorkRules.Done(household, [], Demo, at.AddDays(-1), at).ShouldBeEmpty();
    }

    [Fact]
    public void What_two_report_at_one_instant_is_done_by_each_for_himself()
    {
        const string Ordered =
            "a=order P1 2020-02-05T00:00 measure=quarantine days=5; order P2 2020-02-05T00:00 measure=quarantine days=5; ";
        var at = Scenario.Time("2020-02-06T08:00", Demo);

        var both = Ordered + "b=temperature P1 2020-02-06T08:00 celsius=36.5; c=temperature P2 2020-02-06T08:00 celsius=36.6";
        Done(both).ShouldBe([(1, "b"), (2, "c")]);
        // the release of one makes his reading needless, and the other one's does not do it
        Done(Ordered + "release P1 2020-02-06T08:00 order=a; c=temperature P2 2020-02-06T08:00 celsius=36.6").ShouldBe([(2, "c")]);

        IEnumerable<(int?, string)> Done(string facts) =>
            WorkRules
                .Done(Scenario.Household("P1 P2", facts, Demo), [], Demo, at.AddTicks(-1), at)
                .Where(done => done.Item.Rule == "temperature")
                .Select(done => (done.Item.Person, done.By.Single().Id == Scenario.IdOf("b") ? "b" : "c"));
    }

    [Fact]
    public void An_id_is_a_uuid_of_version_5()
    {
        var household = Scenario.Household("P1", "a=returned P1 2020-02-05T09:00 risk=low", Demo);
        var item = WorkRules
            .Evaluate(household, [], Demo, Scenario.Time("2020-02-05T09:00", Demo))
            .Single(one => one.Rule == "returned-check");

        // uuid.uuid5(uuid.UUID('5b7b2a3e-4c55-4f0e-9d57-2f3f6c1d8a40'), '\n'.join([household, person, rule, fact, slot])) in Python
        item.Id("H-01-0001", "P-01-0001-1").ShouldBe(new Guid("095cf7da-5154-56f7-9819-1c680e440b39"));
    }

    [Fact]
    public void A_grid_may_have_values_of_its_own()
    {
        var files = new Dictionary<string, string>(Scenario.Files);
        var plan = JsonNode.Parse(files["plans/demo.json"])!;
        plan["overlays"] = JsonNode.Parse(
            """[{ "grid": "210682-004", "work": "community", "set": { "rules/needs-care/every/days": 7, "aheadHours": 48 } }]"""
        );
        files["plans/demo.json"] = plan.ToJsonString();

        var read = Scenario.Read(files, "demo");

        Care(read.ForGrid("210682-004-03")).ShouldBe((7, 48));
        Care(read.ForGrid("210682-005-01")).ShouldBe((3, 24));

        (int?, double) Care(ProtocolPlan own)
        {
            var edition = own.WorkAt(DateTimeOffset.UnixEpoch);
            return (edition.Rules.Single(rule => rule.Id == "needs-care").EveryDays, edition.Ahead.TotalHours);
        }
    }

    [Fact]
    public void A_plan_that_names_no_edition_of_work_leaves_what_the_protocol_makes_due()
    {
        var files = new Dictionary<string, string>(Scenario.Files);
        var plan = JsonNode.Parse(files["plans/demo.json"])!.AsObject();
        plan.Remove("work");
        files["plans/demo.json"] = plan.ToJsonString();
        var read = Scenario.Read(files, "demo");

        var work = WorkRules.Evaluate(
            Scenario.Household("P1", "returned P1 2020-02-05T09:00 risk=low", read),
            [],
            read,
            Scenario.Time("2020-02-05T13:00", read)
        );

        work.Select(item => item.Rule).ShouldBe(["temperature", "temperature"]);
    }

    [Theory]
    [InlineData("\"id\": \"daytime\"", "\"id\": \"two\"", "duty: two kinds of post have the id 'two'")]
    [InlineData("\"people\": 1", "\"people\": 0", "duty/posts/0/hours/0/people: a whole number from 1 to 100 was expected")]
    [InlineData("\"to\": \"24:00\"", "\"to\": \"25:00\"", "duty/posts/0/hours/0/to: a time of day such as 20:00 was expected")]
    [InlineData("\"chiefAfterMinutes\": 30", "\"chiefAfterMinutes\": 5", "duty: the chief cannot be told before it is a gap")]
    [InlineData("\"from\": \"07:00\", \"to\": \"21:00\"", "\"from\": \"21:00\", \"to\": \"07:00\"", "duty/posts/1: each of 'hours' must")]
    [InlineData("\"withinHours\": 2,", "", "rules/0: exactly one of withinHours, nextSlot, byFrom, every was expected")]
    [InlineData("\"fever-check\"", "\"test\"", "rules/0: 'test' is what a duty of the protocol is called; another id was expected")]
    [InlineData("\"child-alone\"", "\"fever-check\"", ": two rules have the id 'fever-check'")]
    [InlineData("\"to\": \"12:00\"", "\"to\": \"15:00\"", ": each of 'slots' must begin after the one before it, and end after it begins")]
    [InlineData(
        "\"temperature\": 12",
        "\"temperatur\": 12",
        "duties/criticalAfterHours/temperatur: the name of a kind of fact was expected"
    )]
    [InlineData(
        "{data:celsius} ℃ at",
        "{zone} at",
        "rules/0/words: no other placeholder than {at}, {time}, {due}, {date:field} and {data:field} was expected"
    )]
    [InlineData("\"untilFrom\"", "\"untill\"", "rules/1/untill: no such property was expected, only ")]
    [InlineData("\"source\": \"local\",\n      \"of\"", "\"of\"", "rules/0/source: published or local was expected")]
    [InlineData(
        "\"withheld\"",
        "\"withhold\"",
        ": a rule begins with what only some may be told; the sentence for the others was expected in 'withheld'"
    )]
    public void A_wrong_edition_is_named_with_its_place(string right, string wrong, string fault)
    {
        var files = new Dictionary<string, string>(Scenario.Files);
        var text = files["work/community.json"];
        text.ShouldContain(right);
        var at = text.IndexOf(right, StringComparison.Ordinal);
        files["work/community.json"] = text[..at] + wrong + text[(at + right.Length)..];

        ProtocolReader
            .Check(files)
            .ShouldContain(error => error.StartsWith("work/community.json/" + fault.TrimStart('/'), StringComparison.Ordinal));
    }

    private static IReadOnlyList<WorkItem> Work(Household household) =>
        WorkRules.Evaluate(household.Facts, household.Zones, household.Plan, household.At);

    private static Guid Id(WorkItem item) => item.Id("H-1", item.Person?.ToString());

    private static string Said(IReadOnlyList<WorkItem> items) =>
        string.Join('\n', items.Select(item => $"{Id(item)} {item.Rule} {item.State} {item.From:O}"));

    private static Fact Fact(FactKind kind, int? person, DateTimeOffset at, string data) =>
        new(Guid.NewGuid(), kind, person, at, at, "grid:1", JsonDocument.Parse(data).RootElement);

    private static void Holds(Action<Household, Random> property, int cases = 1_000) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(cases).WithEndSize(12),
            Prop.ForAll(RandomHouseholds.All.ToArbitrary(), input => property(input, new Random(input.Seed)))
        );
}
