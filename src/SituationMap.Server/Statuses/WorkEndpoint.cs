using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Work;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>What is to be done now, in the order in which households are gone round.</summary>
internal static class WorkEndpoint
{
    private const string OverdueState = "overdue";
    private const string Mine = "me";
    private const string Nobodys = "none";
    private const int MostHoursAhead = 7 * 24;

    private static readonly Dictionary<string, WorkState> States = Enum.GetValues<WorkState>().ToDictionary(state => state.Name());

    public static IEndpointRouteBuilder MapWork(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/work", GetAsync)
            .RequiresRight(Right.See)
            .UsesStore()
            .WithTags("Households")
            .WithSummary("What is to be done: readings, tests, visits, releases and surveys, in walking order")
            .WithDescription(
                "Building by building, and there door by door; only households where there is something to do. Late is told, and what "
                    + "is due in the hours that the edition of work says, or in the next within= hours. state= (due, late, critical, "
                    + "or overdue for both of these), kind= (what does it, such as visit or temperature) and assigned= (me, none, or the "
                    + "name of the account that is to do it) leave out the rest; "
                    + "at= asks about the past, as it was listed then; with known= as it is known by that instant, with late facts and "
                    + "corrections."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes
            .MapGet("/api/work/counts", WorkCountsEndpoint.GetAsync)
            .RequiresRight(Right.See)
            .UsesStore()
            .WithTags("Households")
            .WithSummary("How much is to be done, and was done since midnight, grid by grid; a parent is the sum of its children")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<WorkResponse>, ProblemHttpResult>> GetAsync(
        HttpRequest request,
        WorkList work,
        CorrectedSnapshots pictures,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation,
        string? grid = null,
        string? kind = null,
        string? state = null,
        int? within = null,
        string? at = null,
        string? known = null,
        string? assigned = null,
        int? limit = null,
        int? after = null
    )
    {
        var now = clock.GetUtcNow();
        if (Problems.UnlessOneOf("kind", kind, FactReader.Names) is { } kindFault)
            return Problems.BadRequest(kindFault);
        if (Problems.UnlessOneOf("state", state, [.. States.Keys, OverdueState]) is { } stateFault)
            return Problems.BadRequest(stateFault);
        if (within is < 1 or > MostHoursAhead)
            return Problems.BadRequest(new Fault("value-wrong", "within", $"a whole number of hours from 1 to {MostHoursAhead}"));
        if (Paging.CheckLimit(limit) is { } limitFault)
            return Problems.BadRequest(limitFault);
        if (assigned is { Length: 0 })
            return Problems.BadRequest(new Fault("value-wrong", "assigned", $"{Mine}, {Nobodys} or the name of an account"));
        var asked = await WorkAsked.OfAsync(request.HttpContext.Scope(), pictures, grid, at, known, now, cancellation);
        if (asked.Fault is { } fault)
            return Problems.BadRequest(fault);
        var (snapshot, city, instant) = (asked.Snapshot!, asked.Snapshot!.City, asked.At);
        if (after is { } last && city.IndexOfHousehold(last) < 0)
            return Problems.BadRequest(new Fault("value-wrong", "after", "that of a next link"));

        var count = limit ?? Paging.DefaultLimit;
        var query = new WorkQuery(
            asked.Grids,
            after,
            kind is null ? null : FactReader.KindOf(kind),
            state == OverdueState ? true : null,
            count
        )
        {
            State = state is null or OverdueState ? null : States[state],
            Ahead = within is { } hours ? TimeSpan.FromHours(hours) : null,
            AssignedTo =
                assigned == Mine ? request.HttpContext.Caller()!.Name
                : assigned == Nobodys ? null
                : assigned,
            IsUnassigned = assigned == Nobodys,
            Known = asked.Known,
        };
        var found = await work.PageAsync(snapshot, query, instant, cancellation);
        BuildingWorkResponse[] buildings =
        [
            .. found
                .GroupBy(one => city.Households[one.Index].Building)
                .Select(group =>
                    Response(
                        city,
                        city.Buildings[group.Key],
                        group.Select(one => Response(snapshot, one, city.Buildings[group.Key], request.HttpContext, protocols, instant))
                    )
                ),
        ];
        return TypedResults.Ok(
            new WorkResponse(instant, buildings, Paging.Next(request, found, count, one => city.Households[one.Index].Id))
        );
    }

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
            [.. work.Items.Select(item => Response(household.Code, item, members, plan, now, work.Members))]
        );
    }

    /// <param name="members">The codes of the members by their ids; null for those who may not tell them apart.</param>
    /// <param name="now">The instant of which it was found.</param>
    /// <param name="all">As members; the ids of items are made of them.</param>
    public static WorkItemResponse Response(
        string household,
        WorkItem item,
        IReadOnlyDictionary<int, string>? members,
        ProtocolPlan plan,
        DateTimeOffset now,
        IReadOnlyDictionary<int, string> all
    )
    {
        var isTold = members is not null || !WorkRules.IsOfMembers(item, plan, now);
        return new WorkItemResponse(
            isTold ? item.Id(household, item.Person is { } whose ? all.GetValueOrDefault(whose) : null) : null,
            FactReader.Name(item.Kind),
            item.Person is { } person ? members?.GetValueOrDefault(person) : null,
            isTold ? item.Rule : null,
            item.From,
            item.Due,
            item.Late,
            isTold ? item.Critical : null,
            item.State.Name(),
            item.Missing,
            item.AssignedTo,
            WordsResponse.Of(isTold ? WorkWords.Say(item, plan, now) : WorkWords.Withheld(item, plan, now))
        );
    }
}
