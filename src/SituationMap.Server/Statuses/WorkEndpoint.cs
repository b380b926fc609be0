using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <param name="AsOf">The instant the answer is about.</param>
/// <param name="Buildings">In walking order; a building whose households are on two pages stands on both.</param>
/// <param name="Next">Where the next page is; null: this is the last one.</param>
internal sealed record WorkResponse(DateTimeOffset AsOf, IReadOnlyList<BuildingWorkResponse> Buildings, string? Next);

/// <param name="Bounds">Where it is: west, south, east, north in degrees (WGS 84).</param>
/// <param name="Households">Entrance by entrance, floor by floor, door by door.</param>
internal sealed record BuildingWorkResponse(
    string Building,
    string Address,
    string Grid,
    [property: Schema("Box")] double[] Bounds,
    IReadOnlyList<HouseholdWorkResponse> Households
);

/// <param name="Label">What is on the door, such as 2-301.</param>
/// <param name="Persons">Known members.</param>
/// <param name="Members">Their codes, for those who report of them or may see who they are; null for all others.</param>
/// <param name="Overdue">Readings and tests that were due and are missing, the oldest first.</param>
/// <param name="Due">Readings and tests that are to be done in the next 24 hours, the soonest first.</param>
internal sealed record HouseholdWorkResponse(
    string Household,
    string Label,
    [property: Schema("Status")] string Status,
    int Persons,
    IReadOnlyList<string>? Members,
    IReadOnlyList<DueItemResponse> Overdue,
    IReadOnlyList<DueItemResponse> Due
);

/// <summary>What is to be done now, in the order in which households are gone round.</summary>
internal static class WorkEndpoint
{
    private const string OverdueState = "overdue";
    private const string DueState = "due";

    public static IEndpointRouteBuilder MapWork(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/work", GetAsync)
            .RequiresRight(Right.See)
            .UsesStore()
            .WithTags("Households")
            .WithSummary("What is to be done: readings and tests that are due in the next 24 hours or overdue, in walking order")
            .WithDescription(
                "Building by building, and there door by door; only households where there is something to do. state= (due or overdue) "
                    + "and kind= (such as temperature or test) leave out the rest."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<WorkResponse>, ProblemHttpResult>> GetAsync(
        HttpRequest request,
        WorkList work,
        SnapshotHolder holder,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation,
        string? grid = null,
        string? kind = null,
        string? state = null,
        int? limit = null,
        int? after = null
    )
    {
        var (snapshot, now) = (holder.Current, clock.GetUtcNow());
        var city = snapshot.City;
        if (Problems.UnlessOneOf("kind", kind, FactReader.Names) is { } kindFault)
            return Problems.BadRequest(kindFault);
        if (Problems.UnlessOneOf("state", state, [DueState, OverdueState]) is { } stateFault)
            return Problems.BadRequest(stateFault);
        if (Paging.CheckLimit(limit) is { } limitFault)
            return Problems.BadRequest(limitFault);
        if (grid is not null && !city.GridByCode.ContainsKey(grid))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
        if (after is { } last && city.IndexOfHousehold(last) < 0)
            return Problems.BadRequest(new Fault("value-wrong", "after", "that of a next link"));
        var context = request.HttpContext;
        var scope = context.Scope();
        if (ScopeFilter.Check(scope, city, grid, building: null) is { } outside)
            return Problems.BadRequest(outside);

        var count = limit ?? Paging.DefaultLimit;
        var found = await work.PageAsync(
            snapshot,
            new WorkQuery(
                Grids(city, scope, grid),
                after,
                kind is null ? null : FactReader.KindOf(kind),
                state is null ? null : state == OverdueState,
                count
            ),
            now,
            cancellation
        );
        BuildingWorkResponse[] buildings =
        [
            .. found
                .GroupBy(one => city.Households[one.Index].Building)
                .Select(group =>
                    Response(
                        city,
                        city.Buildings[group.Key],
                        group.Select(one => Response(snapshot, one, city.Buildings[group.Key], context, protocols, now))
                    )
                ),
        ];
        return TypedResults.Ok(new WorkResponse(now, buildings, Paging.Next(request, found, count, one => city.Households[one.Index].Id)));
    }

    /// <summary>The grid asked for, or the topmost ones that the caller may see.</summary>
    private static int[] Grids(City city, Scope scope, string? grid) =>
        grid is not null ? [city.GridByCode[grid]]
        : scope.IsWholeCity ? [.. Enumerable.Range(0, city.Grids.Length).Where(index => city.Grids[index].Parent < 0)]
        : [.. scope.Grids.Where(city.GridByCode.ContainsKey).Select(code => city.GridByCode[code])];

    private static BuildingWorkResponse Response(City city, Building building, IEnumerable<HouseholdWorkResponse> households)
    {
        var box = building.Outline.EnvelopeInternal;
        return new BuildingWorkResponse(
            building.Code,
            building.Address,
            city.Grids[building.Grid].Code,
            [box.MinX, box.MinY, box.MaxX, box.MaxY],
            [.. households]
        );
    }

    private static HouseholdWorkResponse Response(
        Snapshot snapshot,
        HouseholdWork work,
        Building building,
        HttpContext context,
        ProtocolCatalog protocols,
        DateTimeOffset now
    )
    {
        var (city, household) = (snapshot.City, snapshot.City.Households[work.Index]);
        var grid = city.Grids[building.Grid].Code;
        var plan = protocols.Plan.ForGrid(grid);
        var members = context.MaySeeMembers(grid) ? work.Members : null;
        return new HouseholdWorkResponse(
            household.Code,
            household.Label(building),
            snapshot.States[work.Index].Status.Name(),
            household.Persons,
            members is null ? null : [.. members.OrderBy(member => member.Key).Select(member => member.Value)],
            work.Overdue.Responses(members, plan, now),
            work.Due.Responses(members, plan, now)
        );
    }
}
