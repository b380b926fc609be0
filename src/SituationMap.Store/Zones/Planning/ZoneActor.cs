using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Geo.Outlines;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Zones.Planning;

/// <summary>Who takes a step, and the grids for which he may.</summary>
/// <param name="Name">His account's name.</param>
/// <param name="Decision">The step as it is kept until it takes effect, or whose time has come; null: it is taken at once.</param>
public sealed record ZoneActor(string Name, Scope Scope, ZoneDecision? Decision = null)
{
    /// <summary>Metres by which an outline may reach over the border of his grids: what drawing along it by hand leaves.</summary>
    private const double Tolerance = 2;

    /// <summary>The fault of an outline that reaches beyond his grids, or over a building of others; null where it does not.</summary>
    public Fault? Check(SnapshotHolder holder, ProtocolPlan plan, MultiPolygon outline, string field) =>
        Scope.IsWholeCity || IsWithin(holder.Current.City, plan, outline)
            ? null
            : new Fault("outside-scope", field, $"an outline within the grids granted to you: {Scope}");

    /// <summary>The fault of a zone that is, will be, or is to be beyond his grids; null where it is not.</summary>
    public Fault? Check(SnapshotHolder holder, ProtocolPlan plan, ZoneRecord zone, DateTimeOffset now) =>
        Scope.IsWholeCity
            ? null
            : zone.StandingFrom(now)
                .Select(version => version.Outline)
                .Concat(zone.Draft is { } draft ? [draft.Content.Outline] : [])
                .Select(outline => Check(holder, plan, outline, "code"))
                .FirstOrDefault(fault => fault is not null);

    private bool IsWithin(City city, ProtocolPlan plan, MultiPolygon outline)
    {
        var near = new List<int>();
        city.BuildingIndex.Find(Box.Of(outline.EnvelopeInternal), near);
        if (
            near.Select(index => city.Buildings[index])
                .Any(building =>
                    !Scope.Covers(city, building.Grid)
                    && outline.Intersects(
                        plan.ForGrid(city.Grids[building.Grid].Code).HasIntersects ? building.Outline : building.Outline.InteriorPoint
                    )
                )
        )
            return false;
        var granted = city.Grids.Where(grid => Scope.Grids.Contains(grid.Code)).Select(grid => grid.Outline).ToArray();
        if (granted.Length == 0)
            return false;
        var beyond = OverlayNGRobust.Overlay(outline, OverlayNGRobust.Union(granted, Surfaces.Factory), SpatialFunction.Difference);
        return LocalMetres.Around(outline).ToMetres(Surfaces.AsMulti(beyond)).Buffer(-Tolerance / 2).IsEmpty;
    }
}
