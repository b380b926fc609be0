using System.Text.Json;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Facts;

namespace SituationMap.Server.Gates;

/// <summary>Facts that endpoints of their own bring, by whoever asks.</summary>
internal static class GateFacts
{
    /// <summary>A fact whose source is who asks; <see cref="AppendAsync"/> says so.</summary>
    public static FactReport Report(int index, Guid id, FactKind kind, string household, DateTimeOffset at, JsonElement data) =>
        new(index, id, kind, household, Person: null, at, Source: "", data);

    /// <summary>Stores them with a row of the record; null: too many wait already.</summary>
    /// <param name="isOfAnybody">Which ones the caller may report of every household.</param>
    public static Task<IReadOnlyList<FactItemOutcome>?> AppendAsync(
        FactWriter writer,
        HttpContext context,
        IReadOnlyList<FactReport> reports,
        string action,
        CancellationToken cancellation,
        Predicate<FactReport>? isOfAnybody = null
    )
    {
        var caller = context.Caller()!;
        var intake = new FactIntake(
            [.. reports.Select(report => report with { Source = SourceOf(caller) })],
            AccountOf(caller),
            caller.ScopeOf(Right.Report),
            caller.ScopeOf(Right.Order),
            RequestAudit.Of(context, action, context.Request.Path),
            isOfAnybody ?? (_ => false)
        );
        return writer.AppendAsync(intake, cancellation);
    }

    public static ReportingAccount AccountOf(Caller caller) => new(caller.Name, caller.Kind.ToString().ToLowerInvariant());

    public static string SourceOf(Caller caller) =>
        caller.Kind is CallerKind.Key or CallerKind.Token ? $"system:{caller.Name}" : $"person:{caller.Name}";
}
