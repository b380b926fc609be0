using SituationMap.Core.Duty;

namespace SituationMap.Core.Tests;

/// <summary>The table <c>Cases/duty.md</c>, row by row.</summary>
public sealed class DutyGoldenTests
{
    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Cases", "duty.md")))
            if (line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| case |", StringComparison.Ordinal))
                rows.Add(line.Split('|')[1].Trim(), line);
        return rows;
    }

    [Theory, MemberData(nameof(Rows))]
    public void Golden_case(string name, string row)
    {
        var cells = row.Split('|')[2..^1].Select(cell => cell.Trim()).ToArray();
        var (steps, at) = (DutyCase.Steps(cells[1]), DutyCase.Time(cells[2]));

        DutyCase.Said(DutyRules.Evaluate(cells[0], steps, DutyCase.Plan, at)).ShouldBe(cells[3], name);
        DutyCase.Said(DutyRules.Evaluate(cells[0], [.. steps.Reverse(), .. steps], DutyCase.Plan, at)).ShouldBe(cells[3], name);
    }

    [Fact]
    public void There_are_at_least_forty_rows_no_two_the_same()
    {
        var rows = Rows().Select(row => string.Join('|', row.Data.Item2.Split('|')[2..])).ToList();
        rows.Count.ShouldBeGreaterThanOrEqualTo(40);
        rows.Distinct().Count().ShouldBe(rows.Count);
    }
}
