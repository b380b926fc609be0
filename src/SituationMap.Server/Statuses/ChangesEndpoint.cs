using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Households;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Statuses;

/// <param name="Sequence">Of the feed; two changes never share one.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Kind">status (of <paramref name="Household"/>) or zone (<paramref name="Zone"/>).</param>
/// <param name="From">The status before, or the zone's level before; null: it was not in force.</param>
/// <param name="To">The status since, or the zone's level since; null: it has ended.</param>
/// <param name="Bounds">Where it is: west, south, east, north in degrees (WGS 84); null: nowhere on the map any more.</param>
/// <param name="Acknowledged">Who has taken note of it, and when; null: nobody.</param>
internal sealed record ChangeResponse(
    long Sequence,
    DateTimeOffset At,
    [property: Schema("ChangeKind")] string Kind,
    string? From,
    string? To,
    ChangedHouseholdResponse? Household,
    ChangedZoneResponse? Zone,
    [property: Schema("Box")] double[]? Bounds,
    Acknowledgement? Acknowledged
);

/// <param name="Id">As its feature has it in tiles.</param>
/// <param name="Label">What is on the door, such as 2-301.</param>
internal sealed record ChangedHouseholdResponse(int Id, string Code, string Building, string Address, string Label, string Grid);

internal sealed record ChangedZoneResponse(string Code, string Name);

/// <param name="Next">Where the next page is, of earlier changes; null: this is the last one.</param>
internal sealed record ChangesResponse(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<ChangeResponse> Changes, string? Next);

/// <summary>What changed in a span of time: households that got another status, and zones.</summary>
internal static class ChangesEndpoint
{
    private const string StatusKind = "status";
    private const string ZoneKind = "zone";
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(1);

    public static IEndpointRouteBuilder MapChanges(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/changes", GetAsync)
            .RequiresRight(Right.See)
            .UsesStore()
            .WithTags("Households")
            .WithSummary("What changed between two instants, newest first: households with another status, and zones")
            .WithDescription(
                "Without from= and to=: the last hour. kind= (status or zone), status= (the one that households got) and grid= "
                    + "(with all below it) leave out the rest; since= takes a sequence, such as that of the newest change seen, "
                    + "and gives what came after it. acknowledged=false gives what nobody has taken note of, true the rest."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<ChangesResponse>, ProblemHttpResult>> GetAsync(
        HttpRequest request,
        ChangeStore changes,
        SnapshotHolder holder,
        TimeProvider clock,
        CancellationToken cancellation,
        string? from = null,
        string? to = null,
        string? kind = null,
        string? status = null,
        string? grid = null,
        bool? acknowledged = null,
        long since = 0,
        int? limit = null,
        long? after = null
    )
    {
        var (city, now) = (holder.Current.City, clock.GetUtcNow());
        // what another server recorded by a clock that is ahead belongs to the present as well
        var end = now + Instants.ClockTolerance;
        if (to is not null && Instants.ParsePast("to", to, now, out end) is { } toFault)
            return Problems.BadRequest(toFault);
        var start = (to is null ? now : end) - DefaultSpan;
        if (from is not null && !Instants.TryParse(from, out start))
            return Problems.BadRequest(Instants.Fault("from"));
        if (start >= end)
            return Problems.BadRequest(new Fault("value-wrong", "from", "a time before to"));
        if (Problems.UnlessOneOf("kind", kind, [StatusKind, ZoneKind]) is { } kindFault)
            return Problems.BadRequest(kindFault);
        if (Problems.UnlessOneOf("status", status, StatusNames.All) is { } statusFault)
            return Problems.BadRequest(statusFault);
        if (kind == ZoneKind && status is not null)
            return Problems.BadRequest(new Fault("value-wrong", "status", "nothing: zones have none"));
        if (Paging.CheckLimit(limit) is { } limitFault)
            return Problems.BadRequest(limitFault);
        if (grid is not null && !city.GridByCode.ContainsKey(grid))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
        var scope = request.HttpContext.Scope();
        if (ScopeFilter.Check(scope, city, grid, building: null) is { } outside)
            return Problems.BadRequest(outside);

        var count = limit ?? Paging.DefaultLimit;
        var query = new ChangeQuery(
            scope,
            after ?? long.MaxValue,
            since,
            start,
            end,
            grid is null ? null : city.Grids[city.GridByCode[grid]].Path,
            acknowledged,
            count
        );
        var reached = status is null ? null : StatusNames.Find(status);
        var statuses = kind == ZoneKind ? [] : await changes.StatusesAsync(query, reached, cancellation);
        var zones = kind == StatusKind || status is not null ? [] : await changes.ZonesAsync(query, cancellation);
        ChangeResponse[] page =
        [
            .. statuses
                .Select(change => Response(change, city))
                .Concat(zones.Select(Response))
                .OrderByDescending(change => change.Sequence)
                .Take(count),
        ];
        return TypedResults.Ok(
            new ChangesResponse(start, end < now ? end : now, page, Paging.Next(request, page, count, change => change.Sequence))
        );
    }

    private static ChangeResponse Response(HouseholdChange change, City city)
    {
        var index = city.IndexOfHousehold(change.HouseholdId);
        var building = index < 0 ? null : city.Buildings[city.Households[index].Building];
        return new ChangeResponse(
            change.Sequence,
            change.At,
            StatusKind,
            change.From.Name(),
            change.To.Name(),
            new ChangedHouseholdResponse(
                change.HouseholdId,
                change.Household,
                change.Building,
                change.Address,
                building is null ? "" : city.Households[index].Label(building),
                change.Grid
            ),
            Zone: null,
            building?.Outline.EnvelopeInternal is { } box ? [box.MinX, box.MinY, box.MaxX, box.MaxY] : null,
            change.Acknowledged
        );
    }

    private static ChangeResponse Response(ZoneChange change) =>
        new(
            change.Sequence,
            change.At,
            ZoneKind,
            change.From,
            change.To,
            Household: null,
            new ChangedZoneResponse(change.Code, change.Name),
            change.Bounds,
            change.Acknowledged
        );
}
