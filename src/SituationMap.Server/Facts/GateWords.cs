using System.Text.Json;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Server.Http;
using SituationMap.Store.Gates;

namespace SituationMap.Server.Facts;

/// <summary>Tells those who report passages out what the gate decides about them; what happened is stored all the same.</summary>
internal sealed class GateWords(GateDesk desk, Overload overload)
{
    /// <summary>Of as many of one request.</summary>
    public const int MaxPassages = 500;

    public static bool IsOut(FactReport report) =>
        report.Kind == FactKind.Passage && report.Data.GetProperty("direction").ValueEquals("out");

    private static double? CelsiusOf(FactReport report) =>
        report.Data.TryGetProperty("celsius", out var celsius) && celsius.ValueKind == JsonValueKind.Number ? celsius.GetDouble() : null;

    /// <summary>Adds it to the outcomes of those that are stored, now or before; while too many ask the store, to none: they are stored
    /// all the same.</summary>
    public async Task<IReadOnlyList<FactItemOutcome>> AddAsync(
        IReadOnlyList<FactItemOutcome> outcomes,
        IReadOnlyList<FactReport> passages,
        CancellationToken cancellation
    )
    {
        using var permit = await overload.TakeAsync(Burden.Rest, cancellation);
        if (!permit.IsAcquired)
            return outcomes;
        var answers = await desk.DecideAsync(
            [
                .. passages.Select(report => new GateQuestion(
                    report.Household,
                    PassKind.Resident,
                    GateDirection.Out,
                    GatePurpose.None,
                    CelsiusOf(report),
                    report.At,
                    report.Id
                )),
            ],
            cancellation
        );
        var byIndex = passages.Index().ToDictionary(one => one.Item.Index, one => answers[one.Index]);
        return
        [
            .. outcomes.Select(outcome =>
                outcome.Outcome != FactOutcome.Rejected && byIndex.TryGetValue(outcome.Index, out var answer)
                    ? outcome with
                    {
                        Gate = answer,
                    }
                    : outcome
            ),
        ];
    }
}
