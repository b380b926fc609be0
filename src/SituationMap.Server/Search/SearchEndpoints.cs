using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Search;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Search;

/// <param name="Kind">grid, checkpoint, building or household.</param>
/// <param name="Name">Its name; of a household the address and what is on the door.</param>
/// <param name="Building">The code of the building, of a building or household.</param>
/// <param name="Status">The household's status, or the building's most severe; null where nobody lives.</param>
/// <param name="Bounds">West, south, east, north in degrees.</param>
internal sealed record FoundResponse(
    [property: Schema("FoundKind")] string Kind,
    string Code,
    string Name,
    string? Building,
    [property: Schema("Status")] string? Status,
    [property: Schema("Box")] double[] Bounds
);

/// <param name="Next">Where the next page is; null: this is the last one.</param>
/// <param name="More">True when there is more than can be paged through: the search is to be made narrower.</param>
internal sealed record SearchResponse(long Sequence, IReadOnlyList<FoundResponse> Found, string? Next, bool More);

internal static class SearchEndpoints
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;
    private const int LongestQuery = 100;

    public static IEndpointRouteBuilder MapSearch(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/search", Get)
            .RequiresRight(Right.See)
            .WithTags("Search")
            .WithSummary("Grids, checkpoints, buildings and households by name, address, code or the initials of the pinyin")
            .WithDescription("An address, a blank and what is on the door finds the household. Best matches first, in pages.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static Results<Ok<SearchResponse>, ProblemHttpResult> Get(
        HttpRequest request,
        SnapshotHolder holder,
        Pinyin pinyin,
        CancellationToken cancellation,
        string? q = null,
        int? limit = null,
        int after = 0
    )
    {
        if (q is null || q.Length > LongestQuery || string.IsNullOrWhiteSpace(q))
            return Problems.BadRequest(new Fault("value-wrong", "q", $"what to search for, at most {LongestQuery} characters"));
        if (limit is < 1 or > MaxLimit)
            return Problems.BadRequest(new Fault("value-wrong", "limit", $"a whole number from 1 to {MaxLimit}"));
        if (after is < 0 or > SearchIndex.Most)
            return Problems.BadRequest(new Fault("value-wrong", "after", "the number of the last page's next link"));
        var snapshot = holder.Current;
        var found = SearchIndex.Of(snapshot.City).Find(q, pinyin, request.HttpContext.Scope(), cancellation);
        var page = found.Skip(after).Take(limit ?? DefaultLimit).Select(one => Describe(snapshot, one)).ToList();
        var end = after + page.Count;
        QueryString? next =
            end >= found.Count
                ? null
                : QueryString.Create(
                    new Dictionary<string, string?>
                    {
                        ["q"] = q,
                        ["limit"] = limit?.ToString(CultureInfo.InvariantCulture),
                        ["after"] = end.ToString(CultureInfo.InvariantCulture),
                    }.Where(parameter => parameter.Value is not null)
                );
        return TypedResults.Ok(
            new SearchResponse(snapshot.Sequence, page, next is null ? null : request.Here() + next, found.Count == SearchIndex.Most)
        );
    }

    private static FoundResponse Describe(Snapshot snapshot, Found found)
    {
        var city = snapshot.City;
        switch (found.Kind)
        {
            case SearchKind.Grid:
                var grid = city.Grids[found.Index];
                return new FoundResponse(Name(found.Kind), grid.Code, grid.Name, null, null, Bounds(grid.Outline));
            case SearchKind.Checkpoint:
                var checkpoint = city.Checkpoints[found.Index];
                return new FoundResponse(Name(found.Kind), checkpoint.Code, checkpoint.Name, null, null, Bounds(checkpoint.Location));
            case SearchKind.Building:
                var building = city.Buildings[found.Index];
                return new FoundResponse(
                    Name(found.Kind),
                    building.Code,
                    building.Address,
                    building.Code,
                    snapshot.BuildingCounts[found.Index].Worst is { } worst ? StatusNames.Name(worst) : null,
                    Bounds(building.Outline)
                );
            default:
                var household = city.Households[found.Index];
                var home = city.Buildings[household.Building];
                return new FoundResponse(
                    Name(found.Kind),
                    household.Code,
                    $"{home.Address} {household.Label(home)}",
                    home.Code,
                    StatusNames.Name(snapshot.States[found.Index].Status),
                    Bounds(home.Outline)
                );
        }
    }

    private static string Name(SearchKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static double[] Bounds(Geometry geometry)
    {
        var box = geometry.EnvelopeInternal;
        return [box.MinX, box.MinY, box.MaxX, box.MaxY];
    }
}
