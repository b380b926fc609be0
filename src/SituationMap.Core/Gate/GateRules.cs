using SituationMap.Core.Protocols;

namespace SituationMap.Core.Gate;

/// <summary>Somebody at a gate, and what is known of his household.</summary>
/// <param name="Kind">What his pass is for; without a pass he is a resident.</param>
/// <param name="Direction">Which way he goes.</param>
/// <param name="Purpose">Why, as he says.</param>
/// <param name="Celsius">What was measured of him, if it was.</param>
/// <param name="Stays">Whether nobody of the household goes out.</param>
/// <param name="At">What the clock on the wall shows, in minutes since 1970-01-01T00:00.</param>
/// <param name="Outs">When somebody of the household went out, likewise, in any order.</param>
public sealed record AtGate(
    PassKind Kind,
    GateDirection Direction,
    GatePurpose Purpose,
    double? Celsius,
    bool Stays,
    long At,
    IReadOnlyList<long> Outs
);

/// <summary>
/// Decides at a gate: a pure function, which a page runs without a network as well (<c>src/SituationMap.Web/src/gate/rules.ts</c>); a test
/// holds the two together.
/// </summary>
public static class GateRules
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>The rule that decides: the first that applies. Null where there is none, so that everybody goes.</summary>
    public static GateRule? Evaluate(IReadOnlyList<GateRule> rules, AtGate person) => rules.FirstOrDefault(rule => Applies(rule, person));

    private static bool Applies(GateRule rule, AtGate person) =>
        (rule.Direction is not { } direction || direction == person.Direction)
        && (rule.Kinds.Count == 0 || rule.Kinds.Contains(person.Kind))
        && (rule.Purpose is not { } purpose || purpose == person.Purpose)
        && (rule.Stays is not { } stays || stays == person.Stays)
        && (rule.CelsiusOver is not { } over || person.Celsius > over)
        && (rule.Between is not var (from, to) || IsBetween(Minute(person.At), from, to))
        && (rule.OutWithinDays is not { } days || WentOut(person, days));

    private static bool IsBetween(long minute, int from, int to) =>
        from < to ? minute >= from && minute < to : minute >= from || minute < to;

    /// <summary>What a clock that runs ahead at another gate showed is of no past day.</summary>
    private static bool WentOut(AtGate person, int days) => person.Outs.Any(gone => gone <= person.At && Day(person.At) - Day(gone) < days);

    private static long Day(long minutes) => (minutes - Minute(minutes)) / MinutesOfDay;

    private static long Minute(long minutes) => ((minutes % MinutesOfDay) + MinutesOfDay) % MinutesOfDay;
}
