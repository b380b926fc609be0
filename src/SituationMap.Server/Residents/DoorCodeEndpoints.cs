using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Statuses;
using SituationMap.Store.Access;
using SituationMap.Store.Households;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Residents;

/// <summary>Which doors are to have a code: exactly one of the first three.</summary>
/// <param name="Renew">Also those that have one, which is not taken any more then.</param>
internal sealed record DoorCodesRequest(string? Grid, string? Building, string? Household, bool Renew = false);

/// <param name="Codes">Door by door, in walking order. A code is told here and never again.</param>
/// <param name="Kept">How many doors have one already, and keep it.</param>
internal sealed record DoorCodesResponse(IReadOnlyList<DoorCodeResponse> Codes, int Kept);

/// <param name="Label">What is on the door, such as 2-301.</param>
/// <param name="Url">The page of the household, for a QR code.</param>
internal sealed record DoorCodeResponse(string Household, string Address, string Label, string Url);

/// <summary>Makes and revokes what stands on doors.</summary>
internal static class DoorCodeEndpoints
{
    public static IEndpointRouteBuilder MapDoorCodes(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/door-codes", PostAsync)
            .RequiresRight(Right.Report)
            .RecordsItself()
            .UsesStore()
            .WithTags("Households")
            .WithSummary("Make the codes that stand on doors, each of which opens the page of its household")
            .WithDescription(
                "For the homes of a grid, of a building, or for one; those that have a code keep it, unless renew says otherwise. Only a "
                    + "hash of a code is kept, so one that was lost is made anew."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes
            .MapDelete("/api/households/{code}/door-code", DeleteAsync)
            .RequiresRight(Right.Report)
            .KeepsToScope(Subject.Household, Right.Report)
            .RecordsItself()
            .UsesStore()
            .WithTags("Households")
            .WithSummary("Have the code on a household's door taken no more")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<Results<Ok<DoorCodesResponse>, ProblemHttpResult>> PostAsync(
        DoorCodesRequest request,
        HttpContext context,
        DoorCodeStore store,
        HouseholdStore households,
        SnapshotHolder holder,
        CancellationToken cancellation
    )
    {
        var city = holder.Current.City;
        if (new[] { request.Grid, request.Building, request.Household }.Count(name => name is not null) != 1)
            return Problems.BadRequest(new Fault("field-missing", "grid", "exactly one of grid, building and household"));
        var scope = context.Scope(Right.Report);
        if (ScopeFilter.Check(scope, city, request.Grid, request.Building) is { } fault)
            return Problems.BadRequest(fault);
        int[] indexes;
        if (request.Household is { } code)
        {
            if (await households.FindAsync(code, cancellation) is not var (row, _) || !scope.CoversPath(row.Grid.Replace('-', '.')))
                return Problems.BadRequest(new Fault("value-wrong", "household", "the code of a known household"));
            indexes = city.IndexOfHousehold(row.Id) is >= 0 and var index ? [index] : [];
        }
        else
        {
            var (grid, building) = (request.Grid, request.Building);
            if (grid is not null && !city.GridByCode.ContainsKey(grid))
                return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
            if (building is not null && !city.BuildingByCode.ContainsKey(building))
                return Problems.BadRequest(new Fault("value-wrong", "building", "the code of a known building"));
            indexes =
            [
                .. city
                    .Buildings.Where(one =>
                        building is null ? city.WithAncestors(one.Grid).Contains(city.GridByCode[grid!]) : one.Code == building
                    )
                    .SelectMany(one => Enumerable.Range(one.FirstHousehold, one.HouseholdCount)),
            ];
            if (indexes.Length > WorkPackEndpoint.MaxHomes)
                return Problems.BadRequest(new Fault("value-wrong", "grid", $"a grid of at most {WorkPackEndpoint.MaxHomes} households"));
            Array.Sort(indexes, new WalkingOrder(city));
        }

        var of = request.Grid ?? request.Building ?? request.Household!;
        var entry = RequestAudit.Of(context, "make door codes", of, details: new JsonObject { ["renew"] = request.Renew });
        var made = await store.MakeAsync([.. indexes.Select(index => city.Households[index].Id)], request.Renew, entry, cancellation);
        DoorCodeResponse[] codes =
        [
            .. indexes
                .Select(index => city.Households[index])
                .Where(household => made.ContainsKey(household.Id))
                .Select(household =>
                {
                    var building = city.Buildings[household.Building];
                    return new DoorCodeResponse(
                        household.Code,
                        building.Address,
                        household.Label(building),
                        $"{context.Request.Root()}{ResidentEndpoints.Path}/{made[household.Id]}"
                    );
                }),
        ];
        Caching.Never(context);
        return TypedResults.Ok(new DoorCodesResponse(codes, indexes.Length - codes.Length));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string code,
        HttpContext context,
        DoorCodeStore store,
        HouseholdStore households,
        CancellationToken cancellation
    ) =>
        await households.FindAsync(code, cancellation) is var (row, _)
        && await store.RevokeAsync(row.Id, RequestAudit.Of(context, "revoke door code", code), cancellation)
            ? TypedResults.NoContent()
            : Problems.NotFound("code", "the code of a household that has a code on its door");
}
