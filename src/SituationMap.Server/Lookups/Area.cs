using NetTopologySuite.Geometries;
using SituationMap.Geo.Indexes;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Lookups;

/// <summary>Finds what lies in an area.</summary>
internal sealed class Area
{
    private readonly City _city;
    private readonly Func<Coordinate, bool>? _holds;
    private readonly Func<Building, bool>? _meets;
    private readonly int _grid = -1;
    private readonly (double Longitude, double Latitude, double Metres) _circle;

    /// <param name="holds">Whether a point is in it.</param>
    /// <param name="meets">Whether a building is whose point is not; null: none.</param>
    public Area(City city, Func<Coordinate, bool> holds, Func<Building, bool>? meets = null) =>
        (_city, _holds, _meets) = (city, holds, meets);

    public Area(City city, int grid) => (_city, _grid) = (city, grid);

    public Area(City city, double longitude, double latitude, double metres) => (_city, _circle) = (city, (longitude, latitude, metres));

    public IEnumerable<int> Buildings()
    {
        if (_grid >= 0)
            return Enumerable
                .Range(0, _city.Buildings.Length)
                .Where(building => _city.WithAncestors(_city.Buildings[building].Grid).Contains(_grid));
        if (_holds is not null)
            return Enumerable
                .Range(0, _city.Buildings.Length)
                .Where(building =>
                    _holds(new Coordinate(_city.LookupIndex.Points[building].Longitude, _city.LookupIndex.Points[building].Latitude))
                    || _meets?.Invoke(_city.Buildings[building]) == true
                );
        return Circle(_city.LookupIndex.NearBuildings);
    }

    public IEnumerable<int> Checkpoints()
    {
        if (_grid >= 0)
        {
            var edges = Edges.Of(_city.Grids[_grid].Outline);
            return Enumerable
                .Range(0, _city.Checkpoints.Length)
                .Where(index =>
                    _city.Grids[_grid].Outline.EnvelopeInternal.Covers(_city.Checkpoints[index].Location.Coordinate)
                    && edges.Cover(_city.Checkpoints[index].Location.X, _city.Checkpoints[index].Location.Y)
                );
        }
        return _holds is not null
            ? Enumerable.Range(0, _city.Checkpoints.Length).Where(index => _holds(_city.Checkpoints[index].Location.Coordinate))
            : Circle(_city.NearCheckpoints).Order();
    }

    private List<int> Circle(NearestIndex index)
    {
        var found = new List<int>();
        index.Within(_circle.Longitude, _circle.Latitude, _circle.Metres, found);
        return found;
    }
}
