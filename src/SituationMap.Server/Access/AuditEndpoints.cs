using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Server.Access;

internal sealed record AuditRow(
    long Id,
    DateTimeOffset At,
    string Account,
    string Action,
    string Subject,
    string? Purpose,
    string Origin,
    JsonElement? Details
);

/// <param name="Next">Where the next page is; null: this is the last.</param>
internal sealed record AuditResponse(IReadOnlyList<AuditRow> Rows, string? Next);

internal static class AuditEndpoints
{
    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/audit", ListAsync)
            .RequiresRight(Right.Audit)
            .UsesStore()
            .WithTags("Access")
            .WithSummary("Who changed what, and who looked at personal data; newest first, in pages")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<AuditResponse>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        NpgsqlDataSource database,
        CancellationToken cancellation,
        string? account = null,
        string? action = null,
        string? subject = null,
        int? limit = null,
        long? after = null
    )
    {
        if (Paging.CheckLimit(limit) is { } fault)
            return Problems.BadRequest(fault);
        await using var command = database.Command(
            """
            SELECT id, at, account, action, subject, purpose, origin, details FROM audit
            WHERE ($1 IS NULL OR account = $1) AND ($2 IS NULL OR action = $2) AND ($3 IS NULL OR subject = $3) AND id < $4
            ORDER BY id DESC LIMIT $5
            """,
            account,
            action,
            subject,
            after ?? long.MaxValue,
            limit ?? Paging.DefaultLimit
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = await reader.ReadAllAsync(
            row => new AuditRow(
                row.GetInt64(0),
                row.InstantOrNull(1)!.Value,
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.TextOrNull(5),
                row.GetString(6),
                row.IsDBNull(7) ? null : row.GetFieldValue<JsonElement>(7)
            ),
            cancellation
        );
        // after what it shows, or each look would first of all show itself
        await RequestAudit
            .Of(request.HttpContext, "read audit record", request.QueryString.HasValue ? request.QueryString.Value! : "its newest rows")
            .AppendAsync(database, cancellation);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new AuditResponse(rows, Paging.Next(request, rows, limit ?? Paging.DefaultLimit, row => row.Id)));
    }
}
