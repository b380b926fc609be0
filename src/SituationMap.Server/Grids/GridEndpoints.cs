using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core.Statuses;
using SituationMap.Server.Http;
using SituationMap.Server.Protocols;
using SituationMap.Server.Snapshots;
using SituationMap.Server.Tiles;

namespace SituationMap.Server.Grids;

/// <summary>A grid with the counts of everything in it; a parent's are exactly the sums of its children's.</summary>
/// <param name="Bounds">West, south, east, north in degrees.</param>
internal record GridCountsAnswer(
    int Id, string Code, string? Parent, string Level, string Name, double[] Bounds,
    int Households, int Persons, int Surveyed, int Quarantined, int Observed, int Out, int Healthy)
{
    public static GridCountsAnswer Of(Snapshot snapshot, int place)
    {
        var (grid, counts) = (snapshot.City.Grids[place], snapshot.GridCounts[place]);
        var bounds = grid.Outline.EnvelopeInternal;
        return new GridCountsAnswer(
            grid.Id, grid.Code, grid.Parent < 0 ? null : snapshot.City.Grids[grid.Parent].Code, grid.Level, grid.Name,
            [bounds.MinX, bounds.MinY, bounds.MaxX, bounds.MaxY],
            counts.Households, snapshot.City.Persons[place], counts.Surveyed, counts.Quarantined, counts.Observed, counts.Out, counts.Healthy);
    }
}

/// <summary>A grid's counts and what else is to be known of it at a glance.</summary>
internal sealed record GridSummaryAnswer : GridCountsAnswer
{
    public GridSummaryAnswer(GridCountsAnswer counts)
        : base(counts)
    {
    }

    public required long Sequence { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    public required int Buildings { get; init; }

    public required int Checkpoints { get; init; }

    public required int CheckpointsManned { get; init; }

    public required IReadOnlyList<ZoneAnswer> Zones { get; init; }

    /// <summary>How many more (or fewer) households are in each status than 24 hours ago.</summary>
    public required IReadOnlyDictionary<string, int> Change24h { get; init; }

    public required IReadOnlyList<GridCountsAnswer> Children { get; init; }
}

internal sealed record ZoneAnswer(int Id, string Code, string Name, string Level, int Version);

internal sealed record GridsAnswer(long Sequence, DateTimeOffset AsOf, IReadOnlyList<GridCountsAnswer> Grids);

/// <param name="Grid">The code of the smallest grid that holds everything.</param>
/// <param name="Bounds">Where there is something to see: west, south, east, north in degrees.</param>
/// <param name="Live">False when the store has not been reached for some seconds: what is shown may be older than it seems.</param>
internal sealed record PlaceAnswer(
    string? Name, string? Grid, double[] Bounds, string TimeZone, string Plan, string Edition, long Sequence, DateTimeOffset AsOf, bool Live);

internal static class GridEndpoints
{
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    public static IEndpointRouteBuilder MapGrids(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Grids");
        api.MapGet("/place", GetPlace).WithSummary("What this map is of");
        api.MapGet("/grids", GetGrids).WithSummary("The grid tree with its counts");
        api.MapGet("/grids/{code}/summary", GetSummaryAsync).WithSummary("One grid: counts, change over 24 hours, zones, checkpoints, children")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static PlaceAnswer GetPlace(SnapshotHolder holder, ProtocolCatalog protocols, TimeProvider clock)
    {
        var snapshot = holder.Current;
        var (city, now) = (snapshot.City, clock.GetUtcNow());
        var home = SmallestWithEverything(snapshot);
        var bounds = Extent.Of(city);
        return new PlaceAnswer(
            home < 0 ? null : city.Grids[home].Name, home < 0 ? null : city.Grids[home].Code, [bounds.MinX, bounds.MinY, bounds.MaxX, bounds.MaxY],
            protocols.Plan.TimeZone.Id, protocols.Plan.Id, protocols.Plan.EditionAt(now).Id, snapshot.Sequence, snapshot.AsOf, now - holder.ConfirmedAt < StaleAfter);
    }

    private static GridsAnswer GetGrids(SnapshotHolder holder)
    {
        var snapshot = holder.Current;
        return new GridsAnswer(snapshot.Sequence, snapshot.AsOf, [.. Enumerable.Range(0, snapshot.City.Grids.Length).Select(place => GridCountsAnswer.Of(snapshot, place))]);
    }

    private static async Task<Results<Ok<GridSummaryAnswer>, ProblemHttpResult>> GetSummaryAsync(
        string code, SnapshotHolder holder, CountChanges changes, TimeProvider clock, CancellationToken cancellation)
    {
        var snapshot = holder.Current;
        var city = snapshot.City;
        if (!city.GridByCode.TryGetValue(code, out var place))
            return Problems.NotFound("code", "the code of a known grid");
        var within = Enumerable.Range(0, city.Grids.Length).Where(grid => city.WithAncestors(grid).Contains(place)).ToHashSet();
        var outline = city.Grids[place].Outline;
        var change = await changes.SinceAsync(city.Grids[place].Path, clock.GetUtcNow().AddHours(-24), cancellation);
        return TypedResults.Ok(new GridSummaryAnswer(GridCountsAnswer.Of(snapshot, place))
        {
            Sequence = snapshot.Sequence,
            AsOf = snapshot.AsOf,
            Buildings = city.Buildings.Count(building => within.Contains(building.Grid)),
            Checkpoints = city.Checkpoints.Count(checkpoint => outline.Covers(checkpoint.Location)),
            CheckpointsManned = city.Checkpoints.Count(checkpoint => checkpoint.Manned && outline.Covers(checkpoint.Location)),
            Zones = [.. snapshot.Zones.Where(zone => zone.Outline.Intersects(outline)).Select(zone => new ZoneAnswer(zone.Id, zone.Code, zone.Name, zone.Level, zone.Version))],
            Change24h = Enum.GetValues<Status>().ToDictionary(TileEncoder.Name, status => change.GetValueOrDefault(status)),
            Children = [.. Enumerable.Range(0, city.Grids.Length).Where(grid => city.Grids[grid].Parent == place).Select(grid => GridCountsAnswer.Of(snapshot, grid))],
        });
    }

    private static int SmallestWithEverything(Snapshot snapshot)
    {
        var households = snapshot.City.Households.Length;
        var smallest = -1;
        // in the order of paths the deepest of several that hold everything comes last
        for (var place = 0; place < snapshot.City.Grids.Length; place++)
        {
            if (snapshot.GridCounts[place].Households == households)
                smallest = place;
        }
        return smallest;
    }
}
