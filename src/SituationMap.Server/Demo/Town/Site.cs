using NetTopologySuite.Geometries;
using NetTopologySuite.Index.Quadtree;
using NetTopologySuite.Index.Strtree;

namespace SituationMap.Server.Demo.Town;

/// <summary>A building on the ground, before it has a code and a grid.</summary>
/// <param name="Road">The street or lane of its address.</param>
/// <param name="Number">Its number there, as <c>12 号</c> or <c>3 号楼</c>.</param>
/// <param name="Kind">As in the store: <c>house</c>, <c>slab</c>, <c>shop</c> or <c>other</c>.</param>
/// <param name="Floors">How many floors it has.</param>
/// <param name="Units">How many entrances; 0 where nobody lives.</param>
/// <param name="Outline">In metres on the ground.</param>
internal sealed record Plot(string Road, string Number, string Kind, int Floors, int Units, Polygon Outline)
{
    // no two buildings stand in one place
    public bool Equals(Plot? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Outline.EnvelopeInternal.GetHashCode();
}

/// <summary>The building site: takes a building only inside the outer lane and where it keeps its distance from roads, walls and other
/// buildings.</summary>
internal sealed class Site
{
    private const double FromWalls = 0.6;

    private readonly STRtree<LineString> _roads = new();
    private readonly MultiLineString _walls;
    private readonly Quadtree<Polygon> _taken = new();
    private readonly List<Plot> _plots = [];
    private readonly Polygon _inner;

    public Site(TownLayout layout)
    {
        _inner = new Polygon(new LinearRing([.. layout.Ring.Line.SkipLast(1), layout.Ring.Line[0]]));
        var quarter = new Quarter(layout);
        _walls = new MultiLineString([new LineString(quarter.Small), new LineString(quarter.Large)]);
        foreach (var way in layout.Ways)
        {
            for (var i = 1; i < way.Line.Length; i++)
            {
                var piece = new LineString([way.Line[i - 1], way.Line[i]]);
                _roads.Insert(piece.EnvelopeInternal, piece);
            }
        }
    }

    public IReadOnlyList<Plot> Plots => _plots;

    /// <summary>Keeps ground free of buildings.</summary>
    public void Reserve(Envelope board) => Take(Box(board));

    public bool TryBuild(Plot plot, double fromRoads, double fromOthers)
    {
        var near = plot.Outline.EnvelopeInternal.Copy();
        near.ExpandBy(Math.Max(fromRoads, fromOthers));
        if (
            !_inner.Covers(plot.Outline)
            || _roads.Query(near).Any(road => road.Distance(plot.Outline) < fromRoads)
            || _walls.Distance(plot.Outline) < FromWalls
            || _taken.Query(near).Any(other => other.Distance(plot.Outline) < fromOthers)
        )
        {
            return false;
        }
        Take(plot.Outline);
        _plots.Add(plot);
        return true;
    }

    private static Polygon Box(Envelope board) =>
        new(
            new LinearRing(
                Ground.Trace([
                    new(board.MinX, board.MinY),
                    new(board.MaxX, board.MinY),
                    new(board.MaxX, board.MaxY),
                    new(board.MinX, board.MaxY),
                    new(board.MinX, board.MinY),
                ])
            )
        );

    private void Take(Polygon outline) => _taken.Insert(outline.EnvelopeInternal, outline);
}
