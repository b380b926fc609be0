using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Households;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Statuses;

internal static class HouseholdEndpoints
{
    public static IEndpointRouteBuilder MapHouseholds(this IEndpointRouteBuilder routes)
    {
        var households = routes.MapGroup("/api/households").WithTags("Households").RequiresRight(Right.See).UsesStore();
        households
            .MapGet("/{code}", GetAsync)
            .KeepsToScope(Subject.Household)
            .WithSummary("One household")
            .ProducesProblem(StatusCodes.Status404NotFound);
        households
            .MapGet("/{code}/status", StatusEndpoint.GetAsync)
            .KeepsToScope(Subject.Household)
            .WithSummary("A household's status and why it has it")
            .WithDescription(
                "at= asks about another instant; known= takes into account only what had been reported by then. "
                    + "pending: decisions without effect until a second person confirms them. due: readings and tests of the next "
                    + "24 hours. overdue: those that are missing."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        households
            .MapGet("/{code}/facts", HouseholdFactsEndpoint.GetAsync)
            .KeepsToScope(Subject.Household)
            .WithSummary("What was reported of a household, newest first, and what of it was taken back")
            .WithDescription("A fact is taken back by reporting a retraction of it; a retraction in the same way.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        households
            .MapGet("/{code}/history", GetHistoryAsync)
            .KeepsToScope(Subject.Household)
            .WithSummary("How a household's status changed, newest first")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<Results<Ok<HouseholdDetailResponse>, ProblemHttpResult>> GetAsync(
        string code,
        HttpContext context,
        HouseholdStore households,
        SnapshotHolder holder,
        CancellationToken cancellation
    )
    {
        if (await households.FindAsync(code, cancellation) is not var (row, members))
            return Unknown();
        return TypedResults.Ok(
            new HouseholdDetailResponse(Response(row, holder.Current.City)) { Members = context.MaySeeMembers(row.Grid) ? members : null }
        );
    }

    private static async Task<Results<Ok<HistoryResponse>, ProblemHttpResult>> GetHistoryAsync(
        string code,
        HttpRequest request,
        HouseholdStore households,
        CancellationToken cancellation,
        int? limit = null,
        long? after = null
    )
    {
        if (Paging.CheckLimit(limit) is { } fault)
            return Problems.BadRequest(fault);
        if (await households.HistoryAsync(code, after ?? long.MaxValue, limit ?? Paging.DefaultLimit, cancellation) is not { } found)
            return Unknown();
        StatusChangeResponse[] changes =
        [
            .. found.Select(past => new StatusChangeResponse(
                past.Sequence,
                past.At,
                StatusNames.Name(past.Status),
                past.Surveyed,
                past.Since,
                past.Until,
                past.Edition
            )),
        ];
        return TypedResults.Ok(
            new HistoryResponse(code, changes, Paging.Next(request, changes, limit ?? Paging.DefaultLimit, change => change.Sequence))
        );
    }

    public static ProblemHttpResult Unknown() => Problems.NotFound("code", "the code of a known household, such as H-01-0001");

    public static HouseholdResponse Response(HouseholdRow row, City city)
    {
        var index = city.IndexOfHousehold(row.Id);
        return new HouseholdResponse(
            row.Code,
            row.Id,
            row.Building,
            row.Grid,
            row.Address,
            index < 0 ? "" : city.Households[index].Label(city.Buildings[city.Households[index].Building]),
            StatusNames.Name(row.Status),
            row.Since,
            row.Until,
            row.Surveyed,
            row.Persons,
            row.Let
        );
    }
}
