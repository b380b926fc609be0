using System.Text.Json;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Core.Tests;

/// <summary>The table <c>Cases/golden.md</c>, row by row.</summary>
public sealed class GoldenTests
{
    private static readonly Dictionary<string, ProtocolPlan> Plans = [];

    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Cases", "golden.md")))
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
        var plan = PlanOf(section);
        var cells = row.Split('|')[2..^1].Select(cell => cell.Trim()).ToArray();
        var (members, facts, zones, at) = (cells[0], cells[1], cells[2], cells[3]);

        var found = Scenario.Evaluate(plan, members, facts, zones, at);

        var names = Scenario.Split(facts, ';').Select(fact => fact.Split(' ')[0].Split('=')[0]).Distinct().ToDictionary(Scenario.IdOf);
        string.Join(
                " | ",
                Small(found.Status) + (found.Surveyed ? " surveyed" : ""),
                Said(found.Since),
                Said(found.Until),
                string.Join(
                    ' ',
                    found.Because.Select(reason => $"{reason.Rule}:{(reason.Fact is { } id ? names[id] : ZoneIn(zones, reason))}")
                )
            )
            .ShouldBe(string.Join(" | ", cells[4], Expected(cells[5], plan), Expected(cells[6], plan), cells[7]), name);
        ItHoldsAround(found, plan, members, facts, zones);
    }

    [Fact]
    public void There_are_at_least_a_hundred_rows_and_no_two_the_same()
    {
        var rows = Rows().Select(row => (row.Data.Item1, string.Join('|', row.Data.Item3.Split('|')[2..]))).ToList();
        rows.Count.ShouldBeGreaterThanOrEqualTo(100);
        rows.Distinct().Count().ShouldBe(rows.Count);
    }

    [Fact]
    public void Every_rule_and_every_zone_level_of_every_edition_has_a_row()
    {
        var rows = Rows().Select(row => row.Data).ToList();
        foreach (var edition in Scenario.Plan("china").Editions.Select(entry => entry.Edition))
        {
            var text = string.Join('\n', rows.Where(row => row.Item1 == $"edition {edition.Id}").Select(row => row.Item3));
            foreach (var rule in edition.Rules)
                text.ShouldContain($"{rule.Id}:", customMessage: $"{rule.Id} of {edition.Id}");
            foreach (var level in edition.ZoneLevels)
                text.ShouldContain($" {level.Id} ", customMessage: $"level {level.Id} of {edition.Id}");
        }
    }

    // The status is the same at both ends of the time it is said to hold for, and another one beyond them.
    private static void ItHoldsAround(StatusEvaluation found, ProtocolPlan plan, string members, string facts, string zones)
    {
        var household = Scenario.Household(members, facts, plan);
        var reversed = new HouseholdFacts(household.Members, [.. household.Facts.AsEnumerable().Reverse()]);
        StatusEvaluation At(HouseholdFacts household, DateTimeOffset at) =>
            StatusRules.Evaluate(household, Scenario.Zones(zones, plan), plan, at);

        if (found.Since is { } since)
        {
            At(household, since).Status.ShouldBe(found.Status);
            At(household, since.AddTicks(-1)).Status.ShouldNotBe(found.Status);
            JsonSerializer.Serialize(At(reversed, since)).ShouldBe(JsonSerializer.Serialize(At(household, since)));
        }
        if (
            found.Until is { } until
            && !household.Facts.Any(fact =>
                fact.At < until
                && fact.At >= (found.Since ?? DateTimeOffset.MinValue)
                && fact.Kind is FactKind.Test or FactKind.Release or FactKind.Returned or FactKind.Override or FactKind.Temperature
            )
        )
            At(household, until).Status.ShouldNotBe(found.Status);
    }

    private static ProtocolPlan PlanOf(string section)
    {
        lock (Plans)
        {
            if (Plans.TryGetValue(section, out var plan))
                return plan;
            plan = section.Split(' ') switch
            {
                ["plan", var name] => Scenario.Plan(name),
                ["edition", var edition] => Scenario.Only(edition),
                ["edition", var edition, "in", var zone] => Scenario.Only(edition, zone),
                _ => throw new FormatException(section),
            };
            return Plans[section] = plan;
        }
    }

    private static string ZoneIn(string zones, Reason reason) =>
        Scenario
            .Split(zones, ';')
            .Select(zone => zone.Split(' ')[0])
            .Single(code => Scenario.ZoneOf(code) == reason.Zone && Scenario.VersionOf(code) == reason.ZoneVersion);

    private static string Expected(string cell, ProtocolPlan plan) => cell == "–" ? cell : Said(Scenario.Time(cell, plan));

    private static string Said(DateTimeOffset? instant) =>
        instant is { } at ? at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF") : "–";

    private static string Small(Status status) => status.ToString().ToLowerInvariant();
}
