using System.Globalization;
using SituationMap.Core;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Live;

/// <summary>Which part of the map a client of the live feed follows.</summary>
/// <param name="Box">Nothing that lies wholly outside; null: all of the map.</param>
/// <param name="Grid">Nothing of the grids that are neither this one nor below it, nor what lies outside its extent; null: all
/// grids.</param>
/// <param name="Scope">Nothing of other grids than these; what belongs to no grid is the same for all.</param>
internal sealed record LiveFilter(Box? Box, Grid? Grid, Scope Scope)
{
    public static readonly LiveFilter Everything = new(null, null, Scope.WholeCity);

    /// <param name="bbox">west,south,east,north in degrees (WGS 84).</param>
    /// <param name="grid">The code of a grid; what belongs to no grid is then taken by the grid's extent.</param>
    public static (LiveFilter? Filter, Fault? Fault) Parse(string? bbox, string? grid, City city, Scope scope)
    {
        var filter = Everything with { Scope = scope };
        if (bbox is not null)
        {
            if (ParseBox(bbox) is not { } box)
                return (null, new Fault("value-wrong", "bbox", "west,south,east,north in degrees (WGS 84), west and south the lesser"));
            filter = filter with { Box = box };
        }
        if (grid is not null)
        {
            if (!city.GridByCode.TryGetValue(grid, out var index) || !scope.Covers(city, index))
                return (null, new Fault("value-wrong", "grid", "the code of a known grid"));
            filter = filter with { Grid = city.Grids[index] };
        }
        return (filter, null);
    }

    /// <summary>Whether something is followed that lies here and, where it belongs to a grid, in this one.</summary>
    public bool Takes(in Box where, string? path = null) =>
        (Box is null || Box.Value.Intersects(where))
        && (path is null || Scope.CoversPath(path))
        && (
            Grid is null
            || (
                path is null
                    ? Grid.Shape.Box.Intersects(where)
                    : path == Grid.Path || path.StartsWith(Grid.Path + '.', StringComparison.Ordinal)
            )
        );

    private static Box? ParseBox(string text)
    {
        var parts = text.Split(',');
        var edges = new double[4];
        if (parts.Length != 4)
            return null;
        for (var i = 0; i < 4; i++)
        {
            var most = i % 2 == 0 ? 180 : 90;
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out edges[i]) || !(Math.Abs(edges[i]) <= most))
                return null;
        }
        return edges[0] < edges[2] && edges[1] < edges[3] ? Geo.Shapes.Box.Of(new(edges[0], edges[2], edges[1], edges[3])) : null;
    }
}
