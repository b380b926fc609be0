using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Households;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

internal static class HouseholdEndpoints
{
    private const string BySince = "since";

    public static IEndpointRouteBuilder MapHouseholds(this IEndpointRouteBuilder routes)
    {
        var households = routes.MapGroup("/api/households").WithTags("Households").RequiresRight(Right.See).UsesStore();
        households
            .MapGet("/", ListAsync)
            .WithSummary(
                "Households by grid, building, status, whether readings or tests are overdue, whether anyone has met them and "
                    + "whether they stand outside their grid, in pages"
            )
            .WithDescription("sort=since has those first whose status began first.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
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
                    + "pending: decisions without effect until a second person confirms them. due: readings and tests of the next 24 hours. "
                    + "overdue: those that are missing."
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

    private static async Task<Results<Ok<HouseholdsResponse>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        HouseholdStore households,
        SnapshotHolder holder,
        OverdueHouseholds overdueHouseholds,
        CancellationToken cancellation,
        string? grid = null,
        string? building = null,
        string? status = null,
        string? overdue = null,
        string? surveyed = null,
        string? misplaced = null,
        string? sort = null,
        int? limit = null,
        long after = 0,
        string? begun = null
    )
    {
        var city = holder.Current.City;
        if (Problems.UnlessOneOf("status", status, StatusNames.All) is { } statusFault)
            return Problems.BadRequest(statusFault);
        if (grid is not null && !city.GridByCode.ContainsKey(grid))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
        if (building is not null && !city.BuildingByCode.ContainsKey(building))
            return Problems.BadRequest(new Fault("value-wrong", "building", "the code of a known building"));
        if (overdue is not (null or "true" or "false"))
            return Problems.BadRequest(new Fault("value-wrong", "overdue", "true or false"));
        if (Problems.UnlessOneOf("surveyed", surveyed, ["true", "false"]) is { } surveyedFault)
            return Problems.BadRequest(surveyedFault);
        if (Problems.UnlessOneOf("misplaced", misplaced, ["true", "false"]) is { } misplacedFault)
            return Problems.BadRequest(misplacedFault);
        if (Problems.UnlessOneOf("sort", sort, [BySince]) is { } sortFault)
            return Problems.BadRequest(sortFault);
        DateTimeOffset begunBy = default;
        if (begun is not null && !Instants.TryParse(begun, out begunBy))
            return Problems.BadRequest(Instants.Fault("begun"));
        if (Paging.CheckLimit(limit) is { } fault)
            return Problems.BadRequest(fault);
        var scope = request.HttpContext.Scope();
        if (ScopeFilter.Check(scope, city, grid, building) is { } outside)
            return Problems.BadRequest(outside);
        var owing = overdue is null ? null : await OwingAsync(overdueHouseholds, city, grid, building, cancellation);

        var rows = await households.ListAsync(
            new HouseholdQuery(scope, after, limit ?? Paging.DefaultLimit)
            {
                GridPath = grid is null ? null : city.Grids[city.GridByCode[grid]].Path,
                Building = building,
                Status = status is null ? null : StatusNames.Find(status),
                Surveyed = surveyed is null ? null : surveyed == "true",
                Households = owing is null ? null : new Among(owing, overdue == "true"),
                Buildings = misplaced is null
                    ? null
                    : new Among([.. Misplaced.Of(city).Select(index => city.Buildings[index].Id)], misplaced == "true"),
                IsBySince = sort is not null,
                Begun = begun is null ? null : begunBy,
            },
            cancellation
        );
        HouseholdResponse[] page = [.. rows.Select(row => Response(row, city))];
        var next = Paging.Next(request, page, limit ?? Paging.DefaultLimit, household => household.Id);
        return TypedResults.Ok(new HouseholdsResponse(page, next is null || sort is null ? next : WithBegun(next, page[^1].Since)));
    }

    /// <summary>The link to the next page of a list in the order of beginnings, from the last one of this page.</summary>
    private static string WithBegun(string next, DateTimeOffset? since)
    {
        var at = next.IndexOf('?', StringComparison.Ordinal);
        var query = QueryHelpers
            .ParseQuery(next[at..])
            .Where(parameter => parameter.Key != "begun")
            .SelectMany(parameter => parameter.Value.Select(value => KeyValuePair.Create(parameter.Key, value)));
        return QueryHelpers.AddQueryString(
            next[..at],
            since is { } begun
                ? query.Append(new("begun", begun.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)))
                : query
        );
    }

    /// <summary>The ids of the households within the grid, or the building's grid, or all roots, that owe readings or tests.</summary>
    private static async Task<int[]> OwingAsync(
        OverdueHouseholds overdue,
        City city,
        string? grid,
        string? building,
        CancellationToken cancellation
    )
    {
        string[] grids =
            grid is not null ? [grid]
            : building is not null ? [city.Grids[city.Buildings[city.BuildingByCode[building]].Grid].Code]
            : [.. city.Grids.Where(root => root.Parent < 0).Select(root => root.Code)];
        var ids = new List<int>();
        foreach (var code in grids)
        {
            var found = await overdue.NowAsync(code, cancellation);
            ids.AddRange(found.Households.Select(index => found.City.Households[index].Id));
        }
        return [.. ids];
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

    private static HouseholdResponse Response(HouseholdRow row, City city)
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
            row.Persons
        );
    }
}
