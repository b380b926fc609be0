using SituationMap.Core.Statuses;

namespace SituationMap.Core.Tests;

public sealed class CellSuppressionTests
{
    private const int K = 5;

    [Fact]
    public void Of_a_thousand_tables_no_few_can_be_worked_out_from_what_is_left()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var table = Table(random, rows: random.Next(1, 7), columns: random.Next(1, 5));

            var hidden = CellSuppression.Of(table, K);

            for (var row = 0; row < table.GetLength(0); row++)
            {
                for (var column = 0; column < table.GetLength(1); column++)
                {
                    if (table[row, column] is > 0 and < K)
                        hidden[row, column].ShouldBeTrue($"table {seed}");
                }
            }
            Determined(hidden).ShouldBeEmpty($"table {seed}");
        }
    }

    [Fact]
    public void Without_few_nothing_is_left_out()
    {
        var hidden = CellSuppression.Of(
            new[,]
            {
                { 0, 12, 12 },
                { 7, 0, 7 },
                { 7, 12, 19 },
            },
            K
        );

        hidden.Cast<bool>().ShouldAllBe(one => !one);
    }

    [Fact]
    public void One_few_takes_a_rectangle_with_it()
    {
        var hidden = CellSuppression.Of(
            new[,]
            {
                { 3, 20, 40, 63 },
                { 30, 10, 50, 90 },
                { 33, 30, 90, 153 },
            },
            K
        );

        hidden[0, 0].ShouldBeTrue();
        hidden.Cast<bool>().Count(one => one).ShouldBe(4);
    }

    private static int[,] Table(Random random, int rows, int columns)
    {
        var table = new int[rows + 1, columns + 1];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var count = random.Next(3) switch
                {
                    0 => 0,
                    1 => random.Next(1, 8),
                    _ => random.Next(200),
                };
                table[row, column] = count;
                table[rows, column] += count;
                table[row, columns] += count;
                table[rows, columns] += count;
            }
        }
        return table;
    }

    /// <summary>The cells that the equations of rows and columns leave only one value: those whose unknown stands alone in the reduced
    /// system.</summary>
    private static List<(int Row, int Column)> Determined(bool[,] hidden)
    {
        var (rows, columns) = (hidden.GetLength(0), hidden.GetLength(1));
        var unknowns = (
            from row in Enumerable.Range(0, rows)
            from column in Enumerable.Range(0, columns)
            where hidden[row, column]
            select (row, column)
        ).ToList();
        var system = new List<double[]>();
        for (var line = 0; line < rows + columns; line++)
        {
            var equation = new double[unknowns.Count];
            for (var i = 0; i < unknowns.Count; i++)
            {
                var (row, column) = unknowns[i];
                if (line < rows ? row == line : column == line - rows)
                    equation[i] = (line < rows ? column == columns - 1 : row == rows - 1) ? -1 : 1;
            }
            system.Add(equation);
        }
        var pivots = 0;
        for (var unknown = 0; unknown < unknowns.Count; unknown++)
        {
            var pivot = system.FindIndex(pivots, equation => Math.Abs(equation[unknown]) > 1e-9);
            if (pivot < 0)
                continue;
            (system[pivots], system[pivot]) = (system[pivot], system[pivots]);
            var by = system[pivots][unknown];
            for (var i = 0; i < unknowns.Count; i++)
                system[pivots][i] /= by;
            for (var other = 0; other < system.Count; other++)
            {
                var times = system[other][unknown];
                if (other == pivots || Math.Abs(times) < 1e-9)
                    continue;
                for (var i = 0; i < unknowns.Count; i++)
                    system[other][i] -= times * system[pivots][i];
            }
            pivots++;
        }
        return
        [
            .. system
                .Where(equation => equation.Count(value => Math.Abs(value) > 1e-9) == 1)
                .Select(equation => unknowns[Array.FindIndex(equation, value => Math.Abs(value) > 1e-9)]),
        ];
    }
}
