using System.Runtime.InteropServices;

namespace SituationMap.Geo.VectorTiles;

/// <summary>Writes the geometry of one feature of a vector tile: MoveTo, LineTo and ClosePath, each point relative to the one
/// before.</summary>
internal sealed class CommandWriter
{
    private const int MoveTo = 1;
    private const int LineTo = 2;
    private const int ClosePath = 7;

    private int _cursorX;
    private int _cursorY;

    /// <summary>What was written since the last <see cref="Begin"/>.</summary>
    public ProtocolBuffer Commands { get; } = new(1 << 12);

    /// <summary>Begins a feature: the cursor stands at the tile's corner.</summary>
    public void Begin()
    {
        Commands.Clear();
        (_cursorX, _cursorY) = (0, 0);
    }

    /// <summary>Adds a point, a line, or a ring, in tile units; nothing where there are no points.</summary>
    public void Add(List<int> points, bool closed)
    {
        var coordinates = CollectionsMarshal.AsSpan(points);
        if (coordinates.Length == 0)
            return;
        Commands.WriteVarint(Command(MoveTo, 1));
        for (var i = 0; i + 1 < coordinates.Length; i += 2)
        {
            if (i == 2)
                Commands.WriteVarint(Command(LineTo, (coordinates.Length / 2) - 1));
            var (x, y) = (coordinates[i], coordinates[i + 1]);
            Commands.WriteVarint(ZigZag(x - _cursorX));
            Commands.WriteVarint(ZigZag(y - _cursorY));
            (_cursorX, _cursorY) = (x, y);
        }
        if (closed)
            Commands.WriteVarint(Command(ClosePath, 1));
    }

    private static uint Command(int id, int count) => (uint)((count << 3) | id);

    private static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));
}
