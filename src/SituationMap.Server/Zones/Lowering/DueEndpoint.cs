using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Protocols;
using SituationMap.Server.Statuses;

namespace SituationMap.Server.Zones.Lowering;

/// <param name="Level">The level it has, and <paramref name="Since"/> when without interruption.</param>
/// <param name="LoweredFrom">The level it was lowered from; null: it was declared at this one.</param>
/// <param name="To">The level it may be lowered to; null: it may be ended.</param>
/// <param name="DueAt">When it is due at the earliest, if nothing happens until then.</param>
/// <param name="Words">The same as a sentence.</param>
/// <param name="Evidence">What that rests on; null: the zone reaches beyond the caller's grids.</param>
/// <param name="Resets">What would start the count anew or put it off, as sentences.</param>
internal sealed record DueZone(
    string Code, string Name, string Level, int Version, DateTimeOffset Since, string? LoweredFrom, string? To, string Edition, bool IsDue, DateTimeOffset DueAt,
    WordsAnswer? Words, DueEvidence? Evidence, IReadOnlyList<WordsAnswer> Resets)
{
    /// <param name="household">Of whom the last case was reported; null: there is none, or it is not told.</param>
    public static DueZone Of(string code, string name, int version, LoweringState state, string? household, bool isWithin, ProtocolPlan plan, DateTimeOffset at) => new(
        code, name, state.Level.Id, version, state.Since, state.LoweredFrom?.Id, state.Rule.To, plan.EditionAt(at).Id, state.IsDue, state.DueAt,
        isWithin ? WordsAnswer.Of(LoweringWords.Say(state, plan, at)) : null,
        isWithin ? new DueEvidence(
            Camel(state.Start), state.ClockFrom, state.Case, household,
            [.. state.Needs.Select(need => new DueNeed(Camel(need.Condition), need.Days, need.From, need.Done, need.Of, need.IsMet, WordsAnswer.Of(LoweringWords.Say(need, plan, at))))]) : null,
        [.. LoweringWords.Resets(state).Select(WordsAnswer.Of)]);

    private static string Camel<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <param name="Start">What the days are counted from: declared, lowered or case.</param>
/// <param name="From">The instant they are counted from.</param>
/// <param name="Fact">The id of the fact that says so, of <paramref name="Household"/>; null: no case since.</param>
internal sealed record DueEvidence(string Start, DateTimeOffset From, Guid? Fact, string? Household, IReadOnlyList<DueNeed> Needs);

/// <param name="Condition">daysWithoutCase, contacts, roundOnDay or roundWithinDays.</param>
/// <param name="From">When it can be fulfilled at the earliest; of a round: from when tests count.</param>
/// <param name="Done">Contacts or households that are negative.</param>
/// <param name="Of">Contacts or households in all; 0 where only days count.</param>
internal sealed record DueNeed(string Condition, int Days, DateTimeOffset From, int Done, int Of, bool IsMet, WordsAnswer Words);

internal sealed record DueZonesAnswer(DateTimeOffset At, IReadOnlyList<DueZone> Zones);

internal static class DueEndpoint
{
    public static IEndpointRouteBuilder MapDueZones(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/zones/due", GetAsync)
            .Needs(Right.See)
            .AsksStore()
            .WithTags("Zones")
            .WithSummary("When each zone in force may be lowered, by the edition's clock: those due first")
            .WithDescription("With the evidence and what would reset it; a person decides. at= asks about another instant: of the past by what was known then, of one to come as if nothing happened until then.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<DueZonesAnswer>, ProblemHttpResult>> GetAsync(
        HttpContext context, NpgsqlDataSource database, ProtocolCatalog protocols, TimeProvider clock, CancellationToken cancellation, string? at = null)
    {
        var now = clock.GetUtcNow();
        var instant = now;
        if (at is not null && !Instants.TryParse(at, out instant))
            return Problems.BadRequest(Instants.Fault("at"));
        Caching.Apply(context, isFinal: false);
        return TypedResults.Ok(new DueZonesAnswer(
            instant, await DueZones.FindAsync(database, protocols.Plan, instant, instant < now ? instant : now, context.Scope(), cancellation)));
    }
}
