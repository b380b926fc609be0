namespace SituationMap.Core.Statuses;

/// <summary>
/// Which cells of a table of counts are left out before it is published, so that nobody few can be told from it: all from 1 to below k, and
/// with them as many others as it takes that none can be worked out from the totals.
/// </summary>
public static class CellSuppression
{
    /// <summary>Gives for each cell whether it is left out.</summary>
    /// <param name="table">Counts, none negative; the last row and the last column are the totals of the others.</param>
    /// <param name="k">The least count from 1 that is published.</param>
    public static bool[,] Of(int[,] table, int k)
    {
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        var hidden = new bool[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                hidden[row, column] = table[row, column] > 0 && table[row, column] < k;
        }
        while (HideWithFew(table, hidden, k) | HideWithLone(table, hidden)) { }
        return hidden;
    }

    /// <summary>Where those left out of a line add up to less than k, its total would tell that they are few.</summary>
    private static bool HideWithFew(int[,] table, bool[,] hidden, int k)
    {
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        var more = false;
        for (var row = 0; row < rows; row++)
            more |= HideInLine(columns, column => (row, column));
        for (var column = 0; column < columns; column++)
            more |= HideInLine(rows, row => (row, column));
        return more;

        bool HideInLine(int length, Func<int, (int Row, int Column)> at)
        {
            var (any, sum) = (false, 0);
            (int Row, int Column)? next = null;
            for (var i = 0; i < length - 1; i++)
            {
                var (row, column) = at(i);
                if (hidden[row, column])
                    (any, sum) = (true, sum + table[row, column]);
                else if (table[row, column] > 0 && (next is not { } best || table[row, column] < table[best.Row, best.Column]))
                    next = (row, column);
            }
            var total = at(length - 1);
            if (!any || sum >= k || hidden[total.Row, total.Column])
                return false;
            var chosen = next ?? total;
            return hidden[chosen.Row, chosen.Column] = true;
        }
    }

    /// <summary>
    /// Rows and columns are the nodes of a graph, cells left out its edges. One can be worked out just where nothing else joins its row to
    /// its column: then the smallest cell is left out too that joins them.
    /// </summary>
    private static bool HideWithLone(int[,] table, bool[,] hidden)
    {
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        var more = false;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (!hidden[row, column])
                    continue;
                var (reachedRows, reachedColumns) = Reached(hidden, row, column);
                if (reachedColumns[column])
                    continue;
                (int Row, int Column)? best = null;
                for (var r = 0; r < rows; r++)
                {
                    for (var c = 0; c < columns; c++)
                    {
                        if (
                            !hidden[r, c]
                            && reachedRows[r] != reachedColumns[c]
                            && (best is not { } so || Cost(table[r, c]) < Cost(table[so.Row, so.Column]))
                        )
                            best = (r, c);
                    }
                }
                if (best is { } chosen)
                    more = hidden[chosen.Row, chosen.Column] = true;
            }
        }
        return more;

        // that nothing is somewhere may be told, and tells most where it is left out
        static int Cost(int count) => count == 0 ? int.MaxValue : count;
    }

    /// <summary>What can be reached from a row without one of its cells.</summary>
    private static (bool[] Rows, bool[] Columns) Reached(bool[,] hidden, int from, int without)
    {
        var (rows, columns) = (new bool[hidden.GetLength(0)], new bool[hidden.GetLength(1)]);
        var waiting = new Stack<(bool IsRow, int Index)>([(true, from)]);
        rows[from] = true;
        while (waiting.TryPop(out var node))
        {
            var (isRow, index) = node;
            for (var other = 0; other < (isRow ? columns.Length : rows.Length); other++)
            {
                var (row, column) = isRow ? (index, other) : (other, index);
                if (!hidden[row, column] || (row == from && column == without) || (isRow ? columns[column] : rows[row]))
                    continue;
                (isRow ? columns : rows)[other] = true;
                waiting.Push((!isRow, other));
            }
        }
        return (rows, columns);
    }
}
