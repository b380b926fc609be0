using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>Cuts rings to a box, one side of the box after the other (Sutherland–Hodgman). Keeps its lists from ring to ring; not for
/// several threads.</summary>
internal sealed class RingClipper
{
    private List<int> _next = [];

    /// <summary>The ring to be cut and, after <see cref="Clip(in Box)"/>, what is left of it.</summary>
    public List<int> Points { get; private set; } = [];

    /// <summary>Cuts the ring in <see cref="Points"/>.</summary>
    /// <returns>
    /// False where the ring crosses one side more than twice. It falls into several pieces there, and this way of cutting leaves them
    /// joined along the side:
    /// <code>
    ///        box │                box │
    ///     ┌──────┼───┐         ┌──────┤
    ///     │   ┌──┼─┐ │         │   ┌──┤
    ///     │   └──┼─┘ │   →     │   └──┤    one ring that runs to and fro on the side
    ///     │   ┌──┼─┐ │         │   ┌──┤
    ///     │   └──┼─┘ │         │   └──┤
    ///     └──────┼───┘         └──────┤
    /// </code>
    /// </returns>
    public bool Clip(in Box box)
    {
        var most = ClipSide(box.MinX, 0, keepAbove: true);
        most = Math.Max(most, ClipSide(box.MaxX, 0, keepAbove: false));
        most = Math.Max(most, ClipSide(box.MinY, 1, keepAbove: true));
        return Math.Max(most, ClipSide(box.MaxY, 1, keepAbove: false)) <= 2;
    }

    /// <summary>Cuts a ring, from wherever it is held.</summary>
    public void Clip(ReadOnlySpan<int> ring, in Box box)
    {
        Points.Clear();
        Points.AddRange(ring);
        Clip(box);
    }

    /// <summary>
    /// Keeps what lies on one side of a line. Of each edge, from the point before to the point here:
    /// <code>
    ///     before ──── here │           both inside: here stays
    ///         before ──────┼─ here     goes out: the crossing comes in
    ///           here ──────┼─ before   comes back: the crossing, then here
    ///                      │ before ── here   both outside: nothing
    /// </code>
    /// </summary>
    /// <returns>How often the ring crosses the line.</returns>
    private int ClipSide(int limit, int axis, bool keepAbove)
    {
        _next.Clear();
        var crossings = 0;
        for (var i = 0; i < Points.Count; i += 2)
        {
            var previous = i == 0 ? Points.Count - 2 : i - 2;
            var (here, before) = (Points[i + axis], Points[previous + axis]);
            var (inside, wasInside) = (keepAbove ? here >= limit : here <= limit, keepAbove ? before >= limit : before <= limit);
            if (inside != wasInside)
            {
                crossings++;
                // exact to half a unit, and the same from both ends, so that neighbouring tiles meet
                var (otherHere, otherBefore) = (Points[i + 1 - axis], Points[previous + 1 - axis]);
                var (a, b, fromA, fromB) = here < before ? (here, before, otherHere, otherBefore) : (before, here, otherBefore, otherHere);
                var other = (int)Math.Round(fromA + ((fromB - (double)fromA) * (limit - (double)a) / (b - (double)a)));
                Rings.Add(_next, axis == 0 ? limit : other, axis == 0 ? other : limit);
            }
            if (inside)
                Rings.Add(_next, Points[i], Points[i + 1]);
        }
        (Points, _next) = (_next, Points);
        return crossings;
    }
}
