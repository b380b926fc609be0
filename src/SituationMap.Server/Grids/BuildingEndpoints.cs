using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Geo.Features;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Grids;

/// <summary>A building as a matrix: one cell for each household, by floor, unit (entrance) and room (door).</summary>
/// <param name="Bounds">West, south, east, north in degrees.</param>
internal sealed record BuildingMatrixResponse(
    string Building,
    int Id,
    string Grid,
    [property: Schema("Box")] double[] Bounds,
    string Address,
    string Kind,
    int Floors,
    int Units,
    long Sequence,
    DateTimeOffset AsOf,
    int Households,
    int Surveyed,
    int Quarantined,
    int Observed,
    int Out,
    int Healthy,
    IReadOnlyList<MatrixCell> Cells
);

/// <param name="Room">The door on that floor of that unit, the first where several were made into one home.</param>
/// <param name="Doors">How many were.</param>
/// <param name="Label">What is on the door, such as 2-301.</param>
internal sealed record MatrixCell(
    int Floor,
    int Unit,
    int Room,
    int Doors,
    string Household,
    int Id,
    string Label,
    [property: Schema("Status")] string Status,
    bool Surveyed,
    int Persons
);

internal static class BuildingEndpoints
{
    public static IEndpointRouteBuilder MapBuildings(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/buildings/{code}/matrix", GetMatrixAsync)
            .RequiresRight(Right.See)
            .KeepsToScope(Subject.Building)
            .WithTags("Buildings")
            .WithSummary("A building's floors, units and rooms with the household and status of each")
            .WithDescription("at= asks about a past instant, as it was known then.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes
            .MapGet("/api/buildings/{code}/entrances", GetEntrances)
            .RequiresRight(Right.See)
            .KeepsToScope(Subject.Building)
            .WithTags("Buildings")
            .WithSummary("Where a building's units (entrances) are drawn: GeoJSON with the unit of each")
            .WithDescription("No entrance is surveyed: the footprint is shared out as the map does it for doors.")
            .Produces<JsonObject>(contentType: "application/geo+json")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static IResult GetEntrances(string code, HttpContext context, SnapshotHolder holder)
    {
        var city = holder.Current.City;
        if (!city.BuildingByCode.TryGetValue(code, out var index))
            return Problems.NotFound("code", "the code of a known building");
        Caching.Apply(context, isFinal: false);
        var building = city.Buildings[index];
        var entrances = building.HouseholdCount == 0 ? [] : HouseholdCells.Entrances(building.Outline, city.HouseholdsOf(building));
        return TypedResults.Json(
            new JsonObject
            {
                ["type"] = "FeatureCollection",
                ["features"] = new JsonArray([
                    .. entrances.Select(entrance => new JsonObject
                    {
                        ["type"] = "Feature",
                        ["geometry"] = GeoJson.ToJson(entrance.Share),
                        ["properties"] = new JsonObject { ["building"] = building.Code, ["unit"] = entrance.Unit },
                    }),
                ]),
            },
            contentType: "application/geo+json"
        );
    }

    private static async Task<Results<Ok<BuildingMatrixResponse>, ProblemHttpResult>> GetMatrixAsync(
        string code,
        HttpContext context,
        PastSnapshots past,
        CancellationToken cancellation,
        string? at = null
    )
    {
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        if (!snapshot.City.BuildingByCode.TryGetValue(code, out var index))
            return Problems.NotFound("code", "the code of a known building");
        Caching.Apply(context, asked.IsFinal);
        var (building, counts) = (snapshot.City.Buildings[index], snapshot.BuildingCounts[index]);
        var box = building.Outline.EnvelopeInternal;
        var cells = snapshot
            .City.HouseholdsOf(building)
            .Select(
                (household, i) =>
                {
                    var state = snapshot.States[building.FirstHousehold + i];
                    return new MatrixCell(
                        household.Floor,
                        household.Unit,
                        household.Room,
                        household.Doors,
                        household.Code,
                        household.Id,
                        household.Label(building),
                        StatusNames.Name(state.Status),
                        state.Surveyed,
                        household.Persons
                    );
                }
            );
        return TypedResults.Ok(
            new BuildingMatrixResponse(
                building.Code,
                building.Id,
                snapshot.City.Grids[building.Grid].Code,
                [box.MinX, box.MinY, box.MaxX, box.MaxY],
                building.Address,
                building.Kind,
                building.Floors,
                building.Units,
                snapshot.Sequence,
                snapshot.AsOf,
                counts.Households,
                counts.Surveyed,
                counts.Quarantined,
                counts.Observed,
                counts.Out,
                counts.Healthy,
                [.. cells]
            )
        );
    }
}
