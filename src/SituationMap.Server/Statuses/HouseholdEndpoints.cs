using System.Data;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
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
                "Households by grid, building, status, whether readings or tests are overdue, whether anyone has met them and whether they stand outside their grid, in pages"
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
                    + "pending: decisions without effect until a second person confirms them. overdue: readings and tests that are missing."
            )
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
        NpgsqlDataSource database,
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
        Status? wanted = null;
        if (
            status is not null
            && (wanted = Enum.GetValues<Status>().Cast<Status?>().FirstOrDefault(s => StatusNames.Name(s!.Value) == status)) is null
        )
            return Problems.BadRequest(new Fault("value-wrong", "status", "one of quarantined, observed, out, healthy"));
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

        await using var command = database.Command(
            HouseholdSql
                + $"\nWHERE {Scope.Sql("h.grid", "$10")}"
                + """

                  AND ($1::text IS NULL OR h.grid <@ text2ltree($1))
                  AND ($2::text IS NULL OR b.code = $2)
                  AND ($3::status IS NULL OR COALESCE(s.status, 'healthy') = $3)
                  AND ($8::boolean IS NULL OR COALESCE(s.surveyed, false) = $8)
                  AND ($6::int[] IS NULL OR (h.id = ANY ($6)) = $7)
                  AND ($11::int[] IS NULL OR (h.building = ANY ($11)) = $12)

                """
                + (
                    sort is null
                        ? "AND h.id > $4 AND $9::timestamptz IS NULL ORDER BY h.id LIMIT $5"
                        // whose status has no beginning always had it
                        : "AND (COALESCE(s.since, '-infinity'), h.id) > (COALESCE($9, '-infinity'), $4) ORDER BY COALESCE(s.since, '-infinity'), h.id LIMIT $5"
                ),
            grid is null ? null : city.Grids[city.GridByCode[grid]].Path,
            building,
            wanted,
            after,
            limit ?? Paging.DefaultLimit,
            owing,
            overdue == "true",
            surveyed is null ? (bool?)null : surveyed == "true",
            begun is null ? (DateTimeOffset?)null : begunBy,
            scope.Paths,
            misplaced is null ? null : Misplaced.Of(city).Select(place => city.Buildings[place].Id).ToArray(),
            misplaced == "true"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var page = await reader.ReadAllAsync(row => ReadHousehold(row, city), cancellation);
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
            ids.AddRange(found.Households.Select(place => found.City.Households[place].Id));
        }
        return [.. ids];
    }

    private static async Task<Results<Ok<HouseholdDetailResponse>, ProblemHttpResult>> GetAsync(
        string code,
        HttpContext context,
        NpgsqlDataSource database,
        SnapshotHolder holder,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // as many members as are counted
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.InBatch(HouseholdSql + " WHERE h.code = $1", code));
        batch.BatchCommands.Add(
            Sql.InBatch("SELECT p.code FROM person p JOIN household h ON h.id = p.household WHERE h.code = $1 ORDER BY p.id", code)
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return Unknown();
        var household = ReadHousehold(reader, holder.Current.City);
        await reader.NextResultAsync(cancellation);
        var isForCaller = context.MaySeeMembers(household.Grid);
        return TypedResults.Ok(
            new HouseholdDetailResponse(household)
            {
                Members = isForCaller ? await reader.ReadAllAsync(row => row.GetString(0), cancellation) : null,
            }
        );
    }

    private static async Task<Results<Ok<HistoryResponse>, ProblemHttpResult>> GetHistoryAsync(
        string code,
        HttpRequest request,
        NpgsqlDataSource database,
        CancellationToken cancellation,
        int? limit = null,
        long? after = null
    )
    {
        if (Paging.CheckLimit(limit) is { } fault)
            return Problems.BadRequest(fault);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.InBatch("SELECT id FROM household WHERE code = $1", code));
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                SELECT f.sequence, f.recorded_at, f.status, f.surveyed, f.since, f.until, f.edition
                FROM feed f JOIN household h ON h.id = f.subject
                WHERE f.kind = 'status' AND h.code = $1 AND f.sequence < $2
                ORDER BY f.sequence DESC
                LIMIT $3
                """,
                code,
                after ?? long.MaxValue,
                limit ?? Paging.DefaultLimit
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return Unknown();
        await reader.NextResultAsync(cancellation);
        var changes = await reader.ReadAllAsync(
            row => new StatusChangeResponse(
                row.GetInt64(0),
                row.InstantOrNull(1)!.Value,
                StatusNames.Name(row.GetFieldValue<Status>(2)),
                row.GetBoolean(3),
                row.InstantOrNull(4),
                row.InstantOrNull(5),
                row.GetString(6)
            ),
            cancellation
        );
        return TypedResults.Ok(
            new HistoryResponse(code, changes, Paging.Next(request, changes, limit ?? Paging.DefaultLimit, change => change.Sequence))
        );
    }

    public static ProblemHttpResult Unknown() => Problems.NotFound("code", "the code of a known household, such as H-01-0001");

    private const string HouseholdSql = """
        SELECT h.code, h.id, b.code, b.address, COALESCE(s.status, 'healthy'), s.since, s.until, COALESCE(s.surveyed, false),
               (SELECT count(*)::int FROM person p WHERE p.household = h.id), replace(ltree2text(h.grid), '.', '-')
        FROM household h
        JOIN building b ON b.id = h.building
        LEFT JOIN household_status s ON s.household = h.id
        """;

    private static HouseholdResponse ReadHousehold(NpgsqlDataReader row, City city)
    {
        var place = city.PlaceOfHousehold(row.GetInt32(1));
        return new HouseholdResponse(
            row.GetString(0),
            row.GetInt32(1),
            row.GetString(2),
            row.GetString(9),
            row.GetString(3),
            place < 0 ? "" : city.Households[place].Label(city.Buildings[city.Households[place].Building]),
            StatusNames.Name(row.GetFieldValue<Status>(4)),
            row.InstantOrNull(5),
            row.InstantOrNull(6),
            row.GetBoolean(7),
            row.GetInt32(8)
        );
    }
}
