using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>A street, lane or path: its line on the board and on the ground.</summary>
/// <param name="Name">Its name; empty where it has none.</param>
/// <param name="Class"><c>street</c>, <c>lane</c> or <c>path</c>.</param>
/// <param name="Board">Its corners on the board.</param>
internal sealed record Way(string Name, string Class, IReadOnlyList<Coordinate> Board)
{
    public Coordinate[] Line { get; } = Ground.Trace(Board);

    /// <summary>How far north the way lies on the board at <paramref name="u"/>; for ways that run from west to east.</summary>
    public double NorthAt(double u)
    {
        for (var i = 1; i < Board.Count; i++)
        {
            var (a, b) = (Board[i - 1], Board[i]);
            if (u <= b.X || i == Board.Count - 1)
                return a.Y + (b.Y - a.Y) * (u - a.X) / (b.X - a.X);
        }
        throw new InvalidOperationException($"{Name} has no line");
    }
}
