using Microsoft.AspNetCore.Http.HttpResults;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Grids;

/// <summary>A grid with the counts of everything in it; a parent's are exactly the sums of its children's.</summary>
/// <param name="Bounds">West, south, east, north in degrees.</param>
/// <param name="HealthyUnsurveyed">How many of the healthy ones nobody has met at the door yet.</param>
internal record GridCountsResponse(
    int Id,
    string Code,
    string? Parent,
    string Level,
    string Name,
    [property: Schema("Box")] double[] Bounds,
    int Households,
    int Persons,
    int Surveyed,
    int Quarantined,
    int Observed,
    int Out,
    int Healthy,
    int HealthyUnsurveyed
)
{
    /// <summary>How many households owe readings or tests; only in summaries.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public int? Overdue { get; init; }

    public static GridCountsResponse Of(Snapshot snapshot, int index)
    {
        var (grid, counts) = (snapshot.City.Grids[index], snapshot.GridCounts[index]);
        var bounds = grid.Outline.EnvelopeInternal;
        return new GridCountsResponse(
            grid.Id,
            grid.Code,
            grid.Parent < 0 ? null : snapshot.City.Grids[grid.Parent].Code,
            grid.Level,
            grid.Name,
            [bounds.MinX, bounds.MinY, bounds.MaxX, bounds.MaxY],
            counts.Households,
            snapshot.City.Persons[index],
            counts.Surveyed,
            counts.Quarantined,
            counts.Observed,
            counts.Out,
            counts.Healthy,
            counts.HealthyUnsurveyed
        );
    }
}

internal sealed record GridsResponse(long Sequence, DateTimeOffset AsOf, IReadOnlyList<GridCountsResponse> Grids);

/// <param name="Grid">The code of the smallest grid that holds everything.</param>
/// <param name="Bounds">Where there is something to see: west, south, east, north in degrees.</param>
/// <param name="ZoneLevels">The levels of zones that the edition knows, strictest first.</param>
/// <param name="LoweringNeedsTwo">Whether a zone is lowered only when somebody else has approved it.</param>
/// <param name="EndingNeedsTwo">Whether a zone is ended only when somebody else has approved it.</param>
/// <param name="Live">False when the store has not been reached for some seconds: what is shown may be older than it seems.</param>
internal sealed record PlaceResponse(
    string? Name,
    string? Grid,
    [property: Schema("Box")] double[] Bounds,
    string TimeZone,
    string Plan,
    string Edition,
    IReadOnlyList<ZoneLevelResponse> ZoneLevels,
    bool LoweringNeedsTwo,
    bool EndingNeedsTwo,
    long Sequence,
    DateTimeOffset AsOf,
    bool Live
);

/// <param name="Id">Such as <c>high</c>.</param>
internal sealed record ZoneLevelResponse(string Id, WordsResponse Name);

internal static class GridEndpoints
{
    public static IEndpointRouteBuilder MapGrids(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Grids").RequiresRight(Right.See);
        api.MapGet("/place", GetCoveredArea).WithSummary("What this map is of");
        api.MapGet("/grids", GetGridsAsync)
            .WithSummary("The grid tree with its counts")
            .WithDescription("at= asks about a past instant, as it was known then.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/grids/{code}/summary", SummaryEndpoint.GetAsync)
            .KeepsToScope(Subject.Grid)
            .UsesStore()
            .WithSummary("One grid: counts, change over 24 hours, zones, checkpoints, overdue households, children")
            .WithDescription(
                "at= asks about a past instant, as it was known then; with known= as it is known by that instant, with late "
                    + "facts and corrections."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/grids/{code}/series", SeriesEndpoint.GetAsync)
            .KeepsToScope(Subject.Grid)
            .UsesStore()
            .WithSummary("How the counts of one grid went, and how often a household changed")
            .WithDescription("At the ends of steps equal in length between from= and to= (the last 90 days), as it was known then.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/checkpoints/{code}/passages", PassagesEndpoint.GetAsync)
            .UsesStore()
            .WithSummary("How many went through a checkpoint in the last hours, and who reported them")
            .WithDescription("hours= up to 72, 24 when left out; at= ends them at a past instant. Counts only: nobody is named.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static PlaceResponse GetCoveredArea(HttpContext context, SnapshotHolder holder, ProtocolCatalog protocols, TimeProvider clock)
    {
        var snapshot = holder.Current;
        var (city, now) = (snapshot.City, clock.GetUtcNow());
        var scope = context.Scope();
        var edition = protocols.Plan.EditionAt(now);
        var home = scope.IsWholeCity ? SmallestWithEverything(snapshot) : city.GridByCode.GetValueOrDefault(scope.Grids[0], -1);
        var bounds = scope.IsWholeCity ? Extent.Of(city) : BoundsOf(city, scope);
        return new PlaceResponse(
            home < 0 ? null : city.Grids[home].Name,
            home < 0 ? null : city.Grids[home].Code,
            [bounds.MinX, bounds.MinY, bounds.MaxX, bounds.MaxY],
            protocols.Plan.TimeZone.Id,
            protocols.Plan.Id,
            edition.Id,
            [.. edition.ZoneLevels.Select(level => new ZoneLevelResponse(level.Id, WordsResponse.Of(level.Name)))],
            edition.LoweringNeedsTwo,
            edition.EndingNeedsTwo,
            snapshot.Sequence,
            snapshot.AsOf,
            holder.AgeIfStale() is null
        );
    }

    private static async Task<Results<Ok<GridsResponse>, ProblemHttpResult>> GetGridsAsync(
        HttpContext context,
        PastSnapshots past,
        CancellationToken cancellation,
        string? at = null
    )
    {
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(context, asked.IsFinal);
        var scope = context.Scope();
        return TypedResults.Ok(
            new GridsResponse(
                snapshot.Sequence,
                snapshot.AsOf,
                [
                    .. Enumerable
                        .Range(0, snapshot.City.Grids.Length)
                        .Where(index => scope.Covers(snapshot.City, index))
                        .Select(index => GridCountsResponse.Of(snapshot, index)),
                ]
            )
        );
    }

    private static Envelope BoundsOf(City city, Scope scope)
    {
        var bounds = new Envelope();
        for (var index = 0; index < city.Grids.Length; index++)
        {
            if (scope.Covers(city, index))
                bounds.ExpandToInclude(city.Grids[index].Outline.EnvelopeInternal);
        }
        return bounds;
    }

    private static int SmallestWithEverything(Snapshot snapshot)
    {
        var households = snapshot.City.Households.Length;
        var roots = Enumerable.Range(0, snapshot.City.Grids.Length).Where(index => snapshot.City.Grids[index].Parent < 0).ToList();
        // of several that share the households, the one with most of them
        var smallest = roots.Count == 0 ? -1 : roots.MaxBy(index => snapshot.GridCounts[index].Households);
        if (households == 0)
            return smallest;
        // in the order of paths the deepest of several that hold everything comes last
        for (var index = 0; index < snapshot.City.Grids.Length; index++)
        {
            if (snapshot.GridCounts[index].Households == households)
                smallest = index;
        }
        return smallest;
    }
}
