using SituationMap.Geo.Shapes;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>A shape that is drawn in a layer from one zoom to another.</summary>
public readonly record struct Drawing(LayerDefinition Layer, Shape Shape, int FirstZoom, int LastZoom);

/// <summary>What is drawn otherwise in one picture than in another, where things were put up, changed or taken down between them.</summary>
public sealed class CityDifference(LayerCatalog layers, GridLevels gridLevels)
{
    /// <summary>The old and the new drawing of each thing that looks different, and those of what is only in one of the two.</summary>
    public IEnumerable<Drawing> Between(Snapshot before, Snapshot after)
    {
        var differing = Differing(Roads(before.City), Roads(after.City))
            .Concat(Differing(Checkpoints(before.City), Checkpoints(after.City)));
        return before.City.SharesIndexesWith(after.City)
            ? differing.Concat(Amended(before, after)) // nor are there other grids; what their statuses changed is told by these
            : differing
                .Concat(Differing(Grids(before), Grids(after)))
                .Concat(Differing(GridLabels(before), GridLabels(after)))
                .Concat(Differing(GridCounts(before), GridCounts(after)))
                .Concat(Differing(GridLabelCounts(before), GridLabelCounts(after)))
                .Concat(Differing(Buildings(before, All(before)), Buildings(after, All(after))))
                .Concat(
                    Differing(Doors(before, All(before)), Doors(after, All(after)))
                        .Select(building => Whole(layers.Households, HouseholdCells.Outline(building)))
                );
    }

    private IEnumerable<Drawing> Amended(Snapshot before, Snapshot after)
    {
        var (old, now) = (before.City.Buildings, after.City.Buildings);
        if (old == now)
            return [];
        var amended = Enumerable.Range(0, now.Length).Where(index => !ReferenceEquals(old[index], now[index])).ToArray();
        return Differing(Buildings(before, amended), Buildings(after, amended))
            .Concat(
                Differing(Doors(before, amended), Doors(after, amended))
                    .Select(building => Whole(layers.Households, HouseholdCells.Outline(building)))
            );
    }

    private static IEnumerable<TDrawn> Differing<TLook, TDrawn>(
        IEnumerable<(int Id, TLook Look, TDrawn Drawn)> before,
        IEnumerable<(int Id, TLook Look, TDrawn Drawn)> after
    )
    {
        var gone = before.ToDictionary(item => item.Id, item => (item.Look, item.Drawn));
        foreach (var (id, look, drawn) in after)
        {
            if (gone.Remove(id, out var was))
            {
                if (EqualityComparer<TLook>.Default.Equals(was.Look, look))
                    continue;
                yield return was.Drawn;
            }
            yield return drawn;
        }
        foreach (var (_, drawn) in gone.Values)
            yield return drawn;
    }

    private IEnumerable<(int, (string, string, Shape), Drawing)> Roads(City city) =>
        city.Roads.Select(road => (road.Id, (road.Class, road.Name, road.Shape), Whole(layers.Roads, road.Shape)));

    private IEnumerable<(int, (string, string, bool, Shape), Drawing)> Checkpoints(City city) =>
        city.Checkpoints.Select(checkpoint =>
            (
                checkpoint.Id,
                (checkpoint.Code, checkpoint.Name, checkpoint.Manned, checkpoint.Shape),
                Whole(layers.Checkpoints, checkpoint.Shape)
            )
        );

    private IEnumerable<(int, (string, string, string, Shape, (int, int)), Drawing)> Grids(Snapshot snapshot) =>
        snapshot.City.Grids.Zip(gridLevels.Zooms(snapshot.City), (grid, zooms) =>
            (grid.Id, (grid.Code, grid.Name, grid.Level, grid.Shape, zooms), new Drawing(layers.Grids, grid.Shape, zooms.First, zooms.Last))
        );

    private IEnumerable<(int, (string, string, string, Shape, (int, int)), Drawing)> GridLabels(Snapshot snapshot) =>
        snapshot.City.Grids.Zip(gridLevels.Zooms(snapshot.City), (grid, zooms) =>
            (
                grid.Id,
                (grid.Code, grid.Name, grid.Level, grid.Label, zooms),
                new Drawing(layers.GridLabels, grid.Label, zooms.First, zooms.Last)
            )
        );

    private IEnumerable<(int, (StatusCounts, int), Drawing)> GridCounts(Snapshot snapshot) =>
        Counts(snapshot, layers.Grids, grid => grid.Shape);

    private IEnumerable<(int, (StatusCounts, int), Drawing)> GridLabelCounts(Snapshot snapshot) =>
        Counts(snapshot, layers.GridLabels, grid => grid.Label);

    private IEnumerable<(int, (StatusCounts, int), Drawing)> Counts(Snapshot snapshot, LayerDefinition layer, Func<Grid, Shape> shape)
    {
        var (city, zooms) = (snapshot.City, gridLevels.Zooms(snapshot.City));
        return city.Grids.Select(
            (grid, index) =>
                (
                    grid.Id,
                    (snapshot.GridCounts[index], city.Persons[index]),
                    new Drawing(layer, shape(grid), zooms[index].First, Math.Min(zooms[index].Last, layer.LastZoomWithCounts))
                )
        );
    }

    private IEnumerable<(int, (string, string, string, int, string, Shape, StatusCounts), Drawing)> Buildings(
        Snapshot snapshot,
        IEnumerable<int> indexes
    ) =>
        from index in indexes
        let building = snapshot.City.Buildings[index]
        select (
            building.Id,
            (
                building.Code,
                building.Address,
                building.Kind,
                building.Floors,
                snapshot.City.Grids[building.Grid].Path,
                building.Shape,
                snapshot.BuildingCounts[index]
            ),
            Whole(layers.Buildings, building.Shape)
        );

    private static IEnumerable<(int, BuildingDoors, Building)> Doors(Snapshot snapshot, IEnumerable<int> indexes) =>
        from index in indexes
        let building = snapshot.City.Buildings[index]
        select (building.Id, new BuildingDoors(snapshot, building), building);

    private static IEnumerable<int> All(Snapshot snapshot) => Enumerable.Range(0, snapshot.City.Buildings.Length);

    private static Drawing Whole(LayerDefinition layer, Shape shape) => new(layer, shape, layer.MinZoom, layer.MaxZoom);

    /// <summary>What decides how the households of a building are drawn.</summary>
    private readonly struct BuildingDoors(Snapshot snapshot, Building building) : IEquatable<BuildingDoors>
    {
        private readonly Snapshot _snapshot = snapshot;
        private readonly Building _building = building;

        public bool Equals(BuildingDoors other)
        {
            var (one, two) = (_snapshot.City.HouseholdsOf(_building), other._snapshot.City.HouseholdsOf(other._building));
            if (
                one.Count != two.Count
                || _building.Units != other._building.Units
                || _snapshot.City.Grids[_building.Grid].Path != other._snapshot.City.Grids[other._building.Grid].Path
            )
                return false;
            for (var i = 0; i < one.Count; i++)
            {
                if (
                    (one[i] with { Building = 0 }) != (two[i] with { Building = 0 })
                    || _snapshot.States[_building.FirstHousehold + i] != other._snapshot.States[other._building.FirstHousehold + i]
                )
                {
                    return false;
                }
            }
            return ReferenceEquals(_building.Outline, other._building.Outline) || _building.Outline.EqualsExact(other._building.Outline);
        }

        public override bool Equals(object? obj) => obj is BuildingDoors other && Equals(other);

        public override int GetHashCode() => _building.Id;
    }
}
