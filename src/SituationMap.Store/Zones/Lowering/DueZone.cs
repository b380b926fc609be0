using System.Text.Json;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;

namespace SituationMap.Store.Zones.Lowering;

/// <param name="Level">The level it has, and <paramref name="Since"/> when without interruption.</param>
/// <param name="LoweredFrom">The level it was lowered from; null: it was declared at this one.</param>
/// <param name="To">The level it may be lowered to; null: it may be ended.</param>
/// <param name="DueAt">When it is due at the earliest, if nothing happens until then.</param>
/// <param name="Words">The same as a sentence.</param>
/// <param name="Evidence">What that rests on; null: the zone reaches beyond the caller's grids.</param>
/// <param name="Resets">What would start the count anew or put it off, as sentences.</param>
public sealed record DueZone(
    string Code,
    string Name,
    string Level,
    int Version,
    DateTimeOffset Since,
    string? LoweredFrom,
    string? To,
    string Edition,
    bool IsDue,
    DateTimeOffset DueAt,
    WordsResponse? Words,
    DueEvidence? Evidence,
    IReadOnlyList<WordsResponse> Resets
)
{
    /// <param name="household">Of whom the last case was reported; null: there is none, or it is not told.</param>
    public static DueZone Of(
        string code,
        string name,
        int version,
        LoweringState state,
        string? household,
        bool isWithin,
        ProtocolPlan plan,
        DateTimeOffset at
    ) =>
        new(
            code,
            name,
            state.Level.Id,
            version,
            state.Since,
            state.LoweredFrom?.Id,
            state.Rule.To,
            plan.EditionAt(at).Id,
            state.IsDue,
            state.DueAt,
            isWithin ? WordsResponse.Of(LoweringWords.Say(state, plan, at)) : null,
            isWithin
                ? new DueEvidence(
                    Camel(state.Start),
                    state.ClockFrom,
                    state.Case,
                    household,
                    [
                        .. state.Needs.Select(need => new DueNeed(
                            Camel(need.Condition),
                            need.Days,
                            need.From,
                            need.Done,
                            need.Of,
                            need.IsMet,
                            WordsResponse.Of(LoweringWords.Say(need, plan, at))
                        )),
                    ]
                )
                : null,
            [.. LoweringWords.Resets(state).Select(WordsResponse.Of)]
        );

    private static string Camel<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <param name="Start">What the days are counted from: declared, lowered or case.</param>
/// <param name="From">The instant they are counted from.</param>
/// <param name="Fact">The id of the fact that says so, of <paramref name="Household"/>; null: no case since.</param>
public sealed record DueEvidence(string Start, DateTimeOffset From, Guid? Fact, string? Household, IReadOnlyList<DueNeed> Needs);

/// <param name="Condition">daysWithoutCase, contacts, roundOnDay or roundWithinDays.</param>
/// <param name="From">When it can be fulfilled at the earliest; of a round: from when tests count.</param>
/// <param name="Done">Contacts or households that are negative.</param>
/// <param name="Of">Contacts or households in all; 0 where only days count.</param>
public sealed record DueNeed(string Condition, int Days, DateTimeOffset From, int Done, int Of, bool IsMet, WordsResponse Words);
