using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>Cuts lines to a box. Keeps its list from line to line; not for several threads.</summary>
internal sealed class LineClipper
{
    private readonly List<int> _piece = [];

    /// <summary>Writes the pieces of a line that lie in the box.</summary>
    /// <remarks>
    /// <code>
    ///     ┌─────────┐
    ///  a──┼─b       │      1st piece: where ab comes in, b, c, where cd goes out
    ///     │  └──c───┼─d
    ///     │     f───┼─e    2nd piece: where ef comes in, f
    ///     └─────────┘
    ///              g       a point that only touches the border is no line
    /// </code>
    /// </remarks>
    /// <param name="line">x, y, x, y, …</param>
    public void Cut(ReadOnlySpan<int> line, in Box box, CommandWriter commands)
    {
        _piece.Clear();
        for (var i = 0; i + 3 < line.Length; i += 2)
        {
            var (x0, y0, x1, y1) = ((double)line[i], (double)line[i + 1], (double)line[i + 2], (double)line[i + 3]);
            if (!ClipSegment(box, ref x0, ref y0, ref x1, ref y1))
                continue;
            var (startX, startY) = ((int)Math.Round(x0), (int)Math.Round(y0));
            if (_piece.Count == 0 || _piece[^2] != startX || _piece[^1] != startY)
            {
                Write(commands); // it left the box and comes back
                _piece.Clear();
                Rings.Add(_piece, startX, startY);
            }
            Rings.Add(_piece, (int)Math.Round(x1), (int)Math.Round(y1));
        }
        Write(commands);
    }

    /// <summary>Whether any of a line lies in the box.</summary>
    public static bool Meets(ReadOnlySpan<int> line, in Box box)
    {
        for (var i = 0; i + 3 < line.Length; i += 2)
        {
            var (x0, y0, x1, y1) = ((double)line[i], (double)line[i + 1], (double)line[i + 2], (double)line[i + 3]);
            if (ClipSegment(box, ref x0, ref y0, ref x1, ref y1))
                return true;
        }
        return false;
    }

    private void Write(CommandWriter commands)
    {
        if (_piece.Count > 2)
            commands.Add(_piece, closed: false);
    }

    /// <summary>Cuts a segment to a box (Liang–Barsky): from where it has entered all four sides to where it leaves the first of them;
    /// false when nothing is left.</summary>
    private static bool ClipSegment(in Box box, ref double x0, ref double y0, ref double x1, ref double y1)
    {
        var (dx, dy, enter, leave) = (x1 - x0, y1 - y0, 0.0, 1.0);
        if (
            !Narrow(-dx, x0 - box.MinX, ref enter, ref leave)
            || !Narrow(dx, box.MaxX - x0, ref enter, ref leave)
            || !Narrow(-dy, y0 - box.MinY, ref enter, ref leave)
            || !Narrow(dy, box.MaxY - y0, ref enter, ref leave)
        )
            return false;
        (x1, y1) = (x0 + (leave * dx), y0 + (leave * dy));
        (x0, y0) = (x0 + (enter * dx), y0 + (enter * dy));
        return true;

        static bool Narrow(double direction, double distance, ref double enter, ref double leave)
        {
            if (direction == 0)
                return distance >= 0;
            var t = distance / direction;
            if (direction < 0)
                enter = Math.Max(enter, t);
            else
                leave = Math.Min(leave, t);
            return enter <= leave;
        }
    }
}
