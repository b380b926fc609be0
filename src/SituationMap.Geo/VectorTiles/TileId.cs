using System.Globalization;
using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>A tile of the web map's quadtree: x to the east, y to the south, 2^z of each (OGC's WebMercatorQuad).</summary>
public readonly record struct TileId(int Z, int X, int Y)
{
    /// <summary>Units a side within a tile.</summary>
    public const int Extent = 4096;

    /// <summary>How far, in tile units, features are kept beyond the border, so that outlines and letters are not cut there.</summary>
    public const int Buffer = 64;

    /// <summary>How far, in tile units, what is drawn in a tile can lie beyond its border: the buffer, and half the largest step by which a
    /// layer is simplified.</summary>
    public const int Margin = Buffer + 4;

    /// <summary>The deepest zoom that is made; clients enlarge it beyond.</summary>
    public const int MaxZoom = 18;

    /// <summary>World units in one tile unit, as a power of two.</summary>
    public int UnitShift => World.Bits - 12 - Z;

    /// <summary>The west edge in world units.</summary>
    public int OriginX => X << (World.Bits - Z);

    /// <summary>The north edge in world units.</summary>
    public int OriginY => Y << (World.Bits - Z);

    /// <summary>The four tiles of the next zoom that fill it.</summary>
    public TileId[] Children =>
        [new(Z + 1, X * 2, Y * 2), new(Z + 1, (X * 2) + 1, Y * 2), new(Z + 1, X * 2, (Y * 2) + 1), new(Z + 1, (X * 2) + 1, (Y * 2) + 1)];

    /// <summary>Whether there is such a tile.</summary>
    public bool IsValid => Z is >= 0 and <= MaxZoom && X >= 0 && Y >= 0 && X < 1 << Z && Y < 1 << Z;

    /// <summary>
    /// The tile with its buffer, in world units, and some units more, since rounding can bring in what lies that close; at the edges
    /// of the world it reaches past them.
    /// </summary>
    public Box BufferedBox
    {
        get
        {
            var (side, buffer) = (1L << (World.Bits - Z), (long)Margin << UnitShift);
            return new Box(
                Clamp(OriginX - buffer),
                Clamp(OriginY - buffer),
                Clamp(OriginX + side + buffer),
                Clamp(OriginY + side + buffer)
            );
            static int Clamp(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
        }
    }

    /// <summary>z/x/y.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Z}/{X}/{Y}");
}
