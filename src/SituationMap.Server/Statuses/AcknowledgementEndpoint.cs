using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Households;

namespace SituationMap.Server.Statuses;

/// <param name="Changes">The sequences of what is taken note of, at most 1000.</param>
internal sealed record AcknowledgeRequest(IReadOnlyList<long>? Changes);

/// <param name="Acknowledgements">One for each change: of whoever came first.</param>
internal sealed record AcknowledgementsResponse(IReadOnlyList<Acknowledgement> Acknowledgements);

/// <summary>Taking note of changes, so that everybody sees that somebody has.</summary>
internal static class AcknowledgementEndpoint
{
    public static IEndpointRouteBuilder MapAcknowledgements(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/changes/acknowledgements", PostAsync)
            .RequiresRight(Right.Report, or: Right.Plan)
            .RecordsItself()
            .UsesStore()
            .WithTags("Households")
            .WithSummary("Take note of changes, by their sequences: everybody sees who has, and when")
            .WithDescription("All of them or none. What somebody has taken note of before stays his: the answer says whose it is.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<AcknowledgementsResponse>, ProblemHttpResult>> PostAsync(
        AcknowledgeRequest request,
        HttpContext context,
        AcknowledgementStore store,
        CancellationToken cancellation
    )
    {
        if (request.Changes is not { Count: > 0 and <= Paging.MaxLimit } changes)
            return Problems.BadRequest(
                new Fault(
                    request.Changes is null ? "field-missing" : "value-wrong",
                    "changes",
                    $"the sequences of 1 to {Paging.MaxLimit} changes"
                )
            );
        var unknown = await store.UnknownAsync(changes, ScopeOf(context.Caller()!), cancellation);
        if (unknown.Length > 0)
        {
            var first = changes.Index().First(one => unknown.Contains(one.Item)).Index;
            return Problems.BadRequest(new Fault("value-wrong", $"changes[{first}]", "the sequence of a change that /api/changes lists"));
        }
        var details = new JsonObject { ["changes"] = new JsonArray([.. changes.Select(change => JsonValue.Create(change))]) };
        var entry = RequestAudit.Of(context, "acknowledge", "changes", details: details);
        return TypedResults.Ok(new AcknowledgementsResponse(await store.AddAsync(changes, entry, cancellation)));
    }

    /// <summary>Where somebody may take note: where he reports or plans.</summary>
    private static Scope ScopeOf(Caller caller) =>
        Scope.Of(
            ((Right[])[Right.Report, Right.Plan])
                .Select(caller.ScopeOf)
                .OfType<Scope>()
                .SelectMany(scope => scope.IsWholeCity ? (IEnumerable<string?>)[null] : scope.Grids)
        );
}
