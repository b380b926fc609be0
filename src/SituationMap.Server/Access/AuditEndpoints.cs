using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Http;
using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

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
        routes
            .MapGet("/api/audit/facts/{id:guid}", FindFactAsync)
            .RequiresRight(Right.Audit)
            .UsesStore()
            .WithTags("Access")
            .WithSummary("Which account brought a fact, whatever source it names")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<Results<Ok<FactOrigin>, ProblemHttpResult>> FindFactAsync(
        Guid id,
        HttpContext context,
        AuditStore store,
        CancellationToken cancellation
    )
    {
        if (await store.FindFactAsync(id, cancellation) is not { } origin)
            return Problems.NotFound("id", "the id of a fact");
        await store.AppendAsync(RequestAudit.Of(context, "read origin of fact", id.ToString()), cancellation);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(origin);
    }

    private static async Task<Results<Ok<AuditResponse>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        AuditStore store,
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
        var pageSize = limit ?? Paging.DefaultLimit;
        var rows = await store.ListAsync(account, action, subject, after ?? long.MaxValue, pageSize, cancellation);
        // after what it shows, or each look would first of all show itself
        var query = request.QueryString.HasValue ? request.QueryString.Value! : "its newest rows";
        await store.AppendAsync(RequestAudit.Of(request.HttpContext, "read audit record", query), cancellation);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new AuditResponse(rows, Paging.Next(request, rows, pageSize, row => row.Id)));
    }
}
