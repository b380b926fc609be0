using System.Globalization;
using SituationMap.Core.Gate;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

/// <summary>The table <c>Cases/gate.md</c>, row by row, and what an edition says of gates.</summary>
public sealed class GateRulesTests
{
    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Cases", "gate.md")))
            if (line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| case |", StringComparison.Ordinal))
                rows.Add(line.Split('|')[1].Trim(), line);
        return rows;
    }

    [Theory, MemberData(nameof(Rows))]
    public void Golden_case(string name, string row)
    {
        var cells = row.Split('|')[2..^1].Select(cell => cell.Trim()).ToArray();
        var person = new AtGate(
            Enum.Parse<PassKind>(cells[0], ignoreCase: true),
            Enum.Parse<GateDirection>(cells[1], ignoreCase: true),
            Enum.Parse<GatePurpose>(cells[2], ignoreCase: true),
            cells[3].Length == 0 ? null : double.Parse(cells[3], CultureInfo.InvariantCulture),
            cells[4] == "yes",
            Minutes(cells[5]),
            [.. cells[6].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Minutes)]
        );

        var rule = GateRules.Evaluate(Community().Rules, person)!;

        $"{rule.Decision.ToString().ToLowerInvariant()} {rule.Id}".ShouldBe(cells[7], name);
    }

    [Fact]
    public void Every_rule_of_the_edition_has_a_row()
    {
        var rows = Rows().Select(row => row.Data.Item2).ToList();
        foreach (var rule in Community().Rules)
            rows.ShouldContain(row => row.Contains($" {rule.Id} |", StringComparison.Ordinal), rule.Id);
    }

    [Fact]
    public void Without_rules_everybody_goes() =>
        GateRules.Evaluate([], new AtGate(PassKind.Resident, GateDirection.Out, GatePurpose.None, 40, Stays: true, 0, [])).ShouldBeNull();

    [Theory]
    [InlineData("\"outWithinDays\": 2", "\"outWithinDays\": 0", "gate/rules/6/when/outWithinDays: a whole number from 1 to 60")]
    [InlineData("\"celsiusOver\": 37.3", "\"celsiusOver\": \"37.3\"", "gate/rules/0/when/celsiusOver: a temperature from 30 to 45")]
    [InlineData("\"direction\": \"in\"", "\"direction\": \"up\"", "gate/rules/3/when/direction: one of in, out")]
    [InlineData("\"when\": { \"outWithinDays\": 2 },", "", "no rule after 'one-in-two-days' would ever apply")]
    [InlineData("\"id\": \"going-out\",", "\"id\": \"going-out\", \"when\": { \"stays\": false },", "a last rule without 'when'")]
    [InlineData("\"id\": \"night\"", "\"id\": \"fever\"", "two rules have the id 'fever'")]
    [InlineData("\"from\": \"22:00\", \"to\": \"06:00\"", "\"from\": \"22:00\", \"to\": \"22:00\"", "another time than it begins")]
    [InlineData("\"stays\": [\"quarantined\"]", "\"stays\": [\"red\"]", "gate/stays/0: one of")]
    public void A_wrong_rule_is_told_with_its_place(string good, string bad, string expected)
    {
        var files = Scenario.Files.ToDictionary();
        files["work/community.json"].ShouldContain(good);
        files["work/community.json"] = files["work/community.json"].Replace(good, bad, StringComparison.Ordinal);

        ProtocolReader.Check(files).ShouldContain(error => error.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_grid_may_have_values_of_its_own()
    {
        var files = Scenario.Files.ToDictionary();
        files["plans/demo.json"] =
            files["plans/demo.json"].TrimEnd().TrimEnd('}')
            + """
                , "overlays": [
                  { "grid": "210682-004-01", "work": "community", "set": { "gate/rules/one-in-two-days/when/outWithinDays": 5 } }
                ] }
                """;

        var reading = ProtocolReader.Read(files, "demo");

        reading.Errors.ShouldBeEmpty();
        int? DaysIn(string grid) =>
            reading.Plan!.ForGrid(grid).WorkAt(DateTimeOffset.UtcNow).Gate.Rules.Single(rule => rule.Id == "one-in-two-days").OutWithinDays;
        (DaysIn("210682-004-01"), DaysIn("210682-004-02")).ShouldBe((5, 2));
    }

    private static GateEdition Community() => Scenario.Plan("demo").WorkEditions.Single().Gate;

    private static long Minutes(string local) =>
        (long)(DateTime.Parse(local, CultureInfo.InvariantCulture) - DateTime.UnixEpoch).TotalMinutes;
}
