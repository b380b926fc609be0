using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Work;

namespace SituationMap.Core.Tests;

/// <summary>Who is to do what is to be done, by facts.</summary>
public sealed class WorkAssignmentTests
{
    private const string Sick = "temperature P1 2020-02-05T09:00 celsius=38; temperature P2 2020-02-05T09:05 celsius=38.5";

    private static readonly ProtocolPlan Plan = Scenario.Plan("demo");
    private static readonly Dictionary<int, string> Members = new() { [1] = "P-1", [2] = "P-2" };

    [Theory]
    [InlineData("", "2020-02-05T10:00", null, null)]
    [InlineData("assignment 2020-02-05T09:30 to=li.na", "2020-02-05T10:00", "li.na", "li.na")]
    [InlineData("assignment 2020-02-05T09:30 to=li.na work={1}", "2020-02-05T10:00", "li.na", null)]
    [InlineData("assignment 2020-02-05T09:30 to=li.na work={2}", "2020-02-05T10:00", null, "li.na")]
    [InlineData(
        "assignment 2020-02-05T09:30 to=li.na; assignment 2020-02-05T09:40 to=wang.fang work={1}",
        "2020-02-05T10:00",
        "wang.fang",
        "li.na"
    )]
    [InlineData(
        "assignment 2020-02-05T09:40 to=li.na; assignment 2020-02-05T09:30 to=wang.fang work={1}",
        "2020-02-05T10:00",
        "li.na",
        "li.na"
    )]
    [InlineData("assignment 2020-02-05T09:30 to=li.na; assignment 2020-02-05T09:40 work={1}", "2020-02-05T10:00", null, "li.na")]
    [InlineData("assignment 2020-02-05T09:30 to=li.na; assignment 2020-02-05T09:40", "2020-02-05T10:00", null, null)]
    [InlineData("assignment 2020-02-05T09:30 to=li.na", "2020-02-05T09:29:59", null, null)]
    [InlineData("a=assignment 2020-02-05T09:30 to=li.na; retraction 2020-02-05T09:40 fact=a", "2020-02-05T10:00", null, null)]
    public void The_last_one_that_names_the_item_or_the_whole_home_counts(string assignments, string at, string? first, string? second)
    {
        var instant = Scenario.Time(at, Plan);
        var items = WorkRules
            .Evaluate(Scenario.Household("P1 P2", Sick, Plan), [], Plan, instant)
            .Where(item => item.Rule == "fever-check")
            .ToList();
        var ids = items.ToDictionary(item => item.Person!.Value, Id);
        var named = assignments
            .Replace("{1}", ids[1].ToString(), StringComparison.Ordinal)
            .Replace("{2}", ids[2].ToString(), StringComparison.Ordinal);
        var household = Scenario.Household("P1 P2", $"{Sick}; {named}", Plan);

        (To(household, 1), To(household, 2)).ShouldBe((first, second));
        var mixed = household with { Facts = [.. household.Facts.Reverse(), .. household.Facts] };
        (To(mixed, 1), To(mixed, 2)).ShouldBe((first, second));

        string? To(HouseholdFacts facts, int person) =>
            WorkAssignments.Assigned(items, facts, "H-1", Members, instant).Single(item => item.Person == person).AssignedTo;
    }

    [Fact]
    public void No_status_and_no_work_comes_or_goes_by_one()
    {
        var at = Scenario.Time("2020-02-05T10:00", Plan);
        var (plain, assigned) = (
            Scenario.Household("P1 P2", Sick, Plan),
            Scenario.Household("P1 P2", $"{Sick}; assignment 2020-02-05T09:30 to=x", Plan)
        );

        WorkRules.Evaluate(assigned, [], Plan, at).Select(Id).ShouldBe(WorkRules.Evaluate(plain, [], Plan, at).Select(Id));
        Statuses.StatusRules.Evaluate(assigned, [], Plan, at).Status.ShouldBe(Statuses.StatusRules.Evaluate(plain, [], Plan, at).Status);
    }

    private static Guid Id(WorkItem item) => item.Id("H-1", item.Person is { } person ? Members[person] : null);
}
