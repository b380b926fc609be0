using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Statuses;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Households;
using SituationMap.Store.Persons;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Statuses;

/// <summary>One household's status with everything that led to it, worked out afresh for whoever asks.</summary>
internal static class StatusEndpoint
{
    public static async Task<Results<Ok<StatusResponse>, ProblemHttpResult>> GetAsync(
        string code,
        HttpContext context,
        HouseholdStore households,
        ProtocolCatalog protocols,
        Supervisor supervisor,
        TimeProvider clock,
        CancellationToken cancellation,
        string? at = null,
        string? known = null
    )
    {
        var now = clock.GetUtcNow();
        var (asOf, knownAt) = (now, now);
        if (at is not null && !Instants.TryParse(at, out asOf))
            return Problems.BadRequest(Instants.Fault("at"));
        if (known is not null && Instants.ParsePast("known", known, now, out knownAt) is { } fault)
            return Problems.BadRequest(fault);

        try
        {
            // what came while the clock was ahead is known as well
            var by = known is null ? DateTimeOffset.MaxValue : knownAt;
            return await households.EvidenceAsync(code, protocols.Plan, by, cancellation) is { } evidence
                ? TypedResults.Ok(Answer(code, evidence, context.MaySeeMembers(evidence.Input.Grid), protocols, now, asOf, knownAt))
                : HouseholdEndpoints.Unknown();
        }
        catch (Exception failure) when (Workable.IsItsOwn(failure, cancellation))
        {
            supervisor.ItemFailed("working out statuses", "a household that was asked about could not be worked out", failure);
            return Problems.From(
                StatusCodes.Status422UnprocessableEntity,
                new Fault(
                    "status-unworkable",
                    "code",
                    "another household: what was reported about this one cannot be worked out, and the server's log says why"
                )
            );
        }
    }

    /// <summary>A household's status as it is told.</summary>
    /// <param name="withMembers">Whether members are told apart.</param>
    /// <param name="asOf">The instant it is of.</param>
    /// <param name="knownAt">What was known by then is what the evidence holds.</param>
    public static StatusResponse Answer(
        string code,
        HouseholdEvidence evidence,
        bool withMembers,
        ProtocolCatalog protocols,
        DateTimeOffset now,
        DateTimeOffset asOf,
        DateTimeOffset knownAt
    )
    {
        var input = evidence.Input with { Facts = FactTexts.Masked(evidence.Input.Facts) };
        var plan = protocols.Plan.ForGrid(input.Grid);
        var members = withMembers ? evidence.Members : null;
        var found = StatusRules.Evaluate(input.Facts, input.Zones, plan, asOf);
        return new StatusResponse(
            code,
            StatusNames.Name(found.Status),
            found.Since,
            found.Until,
            found.Surveyed,
            found.Edition,
            Reasons.Of(input.Facts, found, evidence.Zones, plan, protocols.Divisions, asOf),
            OpenItems.Pending(input, plan, protocols.Divisions, asOf),
            Responses(Duties.Upcoming(input, plan, asOf)),
            Responses(Duties.Overdue(input, plan, asOf)),
            asOf,
            knownAt,
            evidence.Sequence
        );

        // of an instant to come nobody can have reported anything yet
        IReadOnlyList<DueItemResponse> Responses(IReadOnlyList<DueItem> items) => asOf <= now ? items.Responses(members, plan, asOf) : [];
    }
}
