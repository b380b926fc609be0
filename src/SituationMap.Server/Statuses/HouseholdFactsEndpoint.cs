using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Households;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Statuses;

/// <param name="Ordinal">Which one of the household's it is, as they were received, from 1.</param>
/// <param name="Person">Whose it is; null: the whole household's, or told to those only who may tell the members apart.</param>
/// <param name="At">When it was so.</param>
/// <param name="Clock">That instant by the clock of the device, where it was put right; null: not told.</param>
/// <param name="ReceivedAt">When it was reported.</param>
/// <param name="Data">As it was reported, with an ellipsis for a reason in somebody's own words; empty where it tells of members whom the
/// reader may not tell apart.</param>
/// <param name="RetractedBy">The retraction that stands against it; null: it counts.</param>
internal sealed record FactResponse(
    int Ordinal,
    Guid Id,
    string Kind,
    string? Person,
    DateTimeOffset At,
    DateTimeOffset? Clock,
    DateTimeOffset ReceivedAt,
    string Source,
    [property: Schema("Object")] JsonElement Data,
    Guid? RetractedBy
);

/// <param name="Next">Where the next page is; null: this is the last one.</param>
internal sealed record HouseholdFactsResponse(string Household, IReadOnlyList<FactResponse> Facts, string? Next);

/// <summary>What was reported of one household.</summary>
internal static class HouseholdFactsEndpoint
{
    private static readonly JsonElement Untold = JsonSerializer.SerializeToElement(new { });

    public static async Task<Results<Ok<HouseholdFactsResponse>, ProblemHttpResult>> GetAsync(
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
        if (await households.FindAsync(code, cancellation) is not var (household, _))
            return HouseholdEndpoints.Unknown();
        if (await households.FactsAsync(code, cancellation) is not var (facts, members))
            return HouseholdEndpoints.Unknown();
        var mayTellApart = request.HttpContext.MaySeeMembers(household.Grid);
        var standing = StandingRetractions([.. facts.Select(one => one.Fact)]);
        var count = limit ?? Paging.DefaultLimit;
        // ordinals stay as they are, for nothing is received before what was
        FactResponse[] page =
        [
            .. facts
                .Select(
                    (one, index) =>
                        new FactResponse(
                            index + 1,
                            one.Fact.Id,
                            FactReader.Name(one.Fact.Kind),
                            mayTellApart && one.Fact.Person is { } person ? members.GetValueOrDefault(person) : null,
                            one.Fact.At,
                            one.Clock,
                            one.Fact.ReceivedAt,
                            one.Fact.Source,
                            !mayTellApart && FactSchema.IsOfMembers(one.Fact.Kind) ? Untold : FactTexts.Masked(one.Fact).Data,
                            standing.TryGetValue(one.Fact.Id, out var retraction) ? retraction : null
                        )
                )
                .Reverse()
                .SkipWhile(fact => fact.Ordinal >= after)
                .Take(count),
        ];
        return TypedResults.Ok(new HouseholdFactsResponse(code, page, Paging.Next(request, page, count, fact => fact.Ordinal)));
    }

    /// <summary>What was retracted, and by which retraction that stands; of several the first.</summary>
    private static Dictionary<Guid, Guid> StandingRetractions(Fact[] facts)
    {
        var standing = new Dictionary<Guid, Guid>();
        if (Retractions.Of(facts) is not { } retracted)
            return standing;
        foreach (var fact in facts.Where(fact => fact.Kind == FactKind.Retraction && !retracted.Contains(fact.Id)))
            if (FactSchema.Reference(fact.Kind, fact.Data) is var (_, target))
                standing.TryAdd(target, fact.Id);
        return standing;
    }
}
