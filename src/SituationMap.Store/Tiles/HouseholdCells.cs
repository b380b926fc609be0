using NetTopologySuite.Algorithm;
using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>
/// Where in a building's footprint each of its households is drawn: the footprint is divided like the building's matrix, floors
/// across its shorter side and doors along its longer one, so that near enough one sees every door. A single household is drawn as
/// the whole footprint. These places are for drawing only; no household has a geometry in the store.
/// </summary>
public static class HouseholdCells
{
    /// <summary>The share of a cell's width and height that is left free around it.</summary>
    private const double Margin = 0.06;

    /// <summary>The cells of a building's households, each with the household's index in <paramref name="households"/>.</summary>
    public static IEnumerable<(int Index, Shape Shape)> Of(Building building, IReadOnlyList<Household> households) =>
        households.Count == 1
            ? [(0, building.Shape)]
            : Geometries(building.Outline, households).Select(cell => (cell.Index, Shape.Of(cell.Cell)));

    /// <summary>What the cells of a building fill: its footprint, or the smallest rectangle around that, which can reach beyond the
    /// footprint's box.</summary>
    public static Shape Outline(Building building)
    {
        if (building.HouseholdCount <= 1)
            return building.Shape;
        var (corner, along, across) = Frame(building.Outline);
        return Shape.Of(Cell(building.Outline.Factory, corner, along, across, 0, 1, 0, 1));
    }

    /// <summary>The cells as geometries in lon, lat.</summary>
    public static IEnumerable<(int Index, Geometry Cell)> Geometries(Geometry outline, IReadOnlyList<Household> households)
    {
        if (households.Count == 0)
            yield break;
        if (households.Count == 1)
        {
            yield return (0, outline);
            yield break;
        }
        var doors = Doors(households).Select((door, column) => (door, column)).ToDictionary(d => d.door, d => d.column);
        var (lowest, floors) = (
            households.Min(household => household.Floor),
            households.Max(h => h.Floor) - households.Min(h => h.Floor) + 1
        );
        var (corner, along, across) = Frame(outline);
        for (var index = 0; index < households.Count; index++)
        {
            var household = households[index];
            var column = doors[(household.Unit, household.Room)];
            var row = household.Floor - lowest;
            var cell = Cell(
                outline.Factory,
                corner,
                along,
                across,
                (column + Margin) / doors.Count,
                (column + household.Doors - Margin) / doors.Count,
                (row + Margin) / floors,
                (row + 1 - Margin) / floors
            );
            yield return (index, cell);
        }
    }

    /// <summary>The share of the footprint on which each entrance's households are drawn, side by side; one entrance has all of
    /// it.</summary>
    public static IEnumerable<(int Unit, Geometry Share)> Entrances(Geometry outline, IReadOnlyList<Household> households)
    {
        var doors = Doors(households).ToList();
        var units = doors.Index().GroupBy(door => door.Item.Unit).ToList();
        if (units.Count == 1)
            return [(units[0].Key, outline)];
        var (corner, along, across) = Frame(outline);
        // beyond the rectangle at its ends, so that rounding leaves nothing of the footprint out
        return units.Select(
            (unit, i) =>
                (
                    (int)unit.Key,
                    OverlayNGRobust.Overlay(
                        outline,
                        Cell(
                            outline.Factory,
                            corner,
                            along,
                            across,
                            i == 0 ? -1 : unit.First().Index / (double)doors.Count,
                            i == units.Count - 1 ? 2 : (unit.Last().Index + 1) / (double)doors.Count,
                            -1,
                            2
                        ),
                        SpatialFunction.Intersection
                    )
                )
        );
    }

    /// <summary>A building's doors on any floor, from its first entrance to its last.</summary>
    private static IEnumerable<(byte Unit, byte Room)> Doors(IReadOnlyList<Household> households) =>
        households
            .GroupBy(household => household.Unit)
            .OrderBy(unit => unit.Key)
            .SelectMany(unit =>
                Enumerable.Range(1, unit.Max(household => household.Room + household.Doors - 1)).Select(room => (unit.Key, (byte)room))
            );

    /// <summary>The smallest rectangle around the outline: a corner, its longer side and its shorter side.</summary>
    private static (Coordinate Corner, Coordinate Along, Coordinate Across) Frame(Geometry outline)
    {
        // Degrees of longitude are shorter than those of latitude: without stretching, the rectangle would not be one on the ground.
        var stretch = Math.Cos(outline.Centroid.Y * (Math.PI / 180));
        var flat = outline.Copy();
        flat.Apply(new Stretch(stretch));
        flat.GeometryChanged();
        var corners = MinimumDiameter.GetMinimumRectangle(flat).Coordinates;
        var (a, b, d) = (corners[0], corners[1], corners[3]);
        // the same corner first whatever the order of the outline's points: the most western one, of equals the most southern
        var first = Enumerable.Range(0, 4).MinBy(i => (corners[i].X, corners[i].Y));
        (a, b, d) = (corners[first], corners[(first + 1) % 4], corners[(first + 3) % 4]);
        var (along, across) = a.Distance(b) >= a.Distance(d) ? (b, d) : (d, b);
        return (Unstretch(a), Difference(along, a), Difference(across, a));

        Coordinate Unstretch(Coordinate p) => new(p.X / stretch, p.Y);
        Coordinate Difference(Coordinate p, Coordinate from) => new((p.X - from.X) / stretch, p.Y - from.Y);
    }

    private static Polygon Cell(
        GeometryFactory factory,
        Coordinate corner,
        Coordinate along,
        Coordinate across,
        double left,
        double right,
        double bottom,
        double top
    )
    {
        return factory.CreatePolygon([At(left, bottom), At(right, bottom), At(right, top), At(left, top), At(left, bottom)]);

        Coordinate At(double u, double v) => new(corner.X + (along.X * u) + (across.X * v), corner.Y + (along.Y * u) + (across.Y * v));
    }

    private sealed class Stretch(double factor) : ICoordinateSequenceFilter
    {
        public bool Done => false;

        public bool GeometryChanged => true;

        public void Filter(CoordinateSequence seq, int i) => seq.SetX(i, seq.GetX(i) * factor);
    }
}
