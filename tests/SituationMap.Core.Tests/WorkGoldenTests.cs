using System.Globalization;
using SituationMap.Core.Protocols;
using SituationMap.Core.Work;

namespace SituationMap.Core.Tests;

/// <summary>The table <c>Cases/work.md</c>, row by row.</summary>
public sealed class WorkGoldenTests
{
    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Cases", "work.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line[3..];
            if (line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| case |", StringComparison.Ordinal))
                rows.Add(section, line.Split('|')[1].Trim(), line);
        }
        return rows;
    }

    [Theory, MemberData(nameof(Rows))]
    public void Golden_case(string section, string name, string row)
    {
        var (rules, plan) = section.Split(" under ") is [var named, var edition]
            ? (named, Scenario.Only(edition))
            : (section, Scenario.Only("2020-02"));
        var cells = row.Split('|')[2..^1].Select(cell => cell.Trim()).ToArray();
        var (household, zones) = (Scenario.Household(cells[0], cells[1], plan), Scenario.Zones(cells[2], plan));

        var found = WorkRules.Evaluate(household, zones, plan, Scenario.Time(cells[3], plan));

        Said(found).ShouldBe(cells[4], name);
        var reversed = household with { Facts = [.. household.Facts.Reverse(), .. household.Facts] };
        Said(WorkRules.Evaluate(reversed, zones, plan, Scenario.Time(cells[3], plan))).ShouldBe(cells[4], name);

        string Said(IReadOnlyList<WorkItem> items) =>
            string.Join("; ", items.Where(item => rules == "all" || rules.Split(' ').Contains(item.Rule)).Select(item => Item(item, plan)));
    }

    [Fact]
    public void There_are_at_least_sixty_rows_no_two_the_same_and_one_for_every_rule()
    {
        var rows = Rows().Select(row => (row.Data.Item1, string.Join('|', row.Data.Item3.Split('|')[2..]))).ToList();
        rows.Count.ShouldBeGreaterThanOrEqualTo(60);
        rows.Distinct().Count().ShouldBe(rows.Count);
        var rules = new[] { Scenario.Plan("demo"), Scenario.Only("flood") }.SelectMany(plan => plan.WorkEditions.Single().Rules);
        foreach (var rule in rules)
            rows.ShouldContain(row => row.Item2.Contains(rule.Id, StringComparison.Ordinal), rule.Id);
    }

    private static string Item(WorkItem item, ProtocolPlan plan)
    {
        var due = TimeZoneInfo.ConvertTime(item.Due, plan.TimeZone).ToString("MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        return $"{item.Rule}{(item.Person is { } person ? $"/P{person}" : "")} {due} {item.State.ToString().ToLowerInvariant()}";
    }
}
