using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.ApiDescription;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Facts;
using SituationMap.Store.Protocols;

namespace SituationMap.Server.Facts;

internal static class FactEndpoints
{
    /// <summary>As many facts as one request may carry; a sweep of a whole community fits many times over.</summary>
    public const int MaxItems = 100_000;

    private const string Route = "/api/facts";
    private const int BatchSize = 1_000;

    public static IEndpointRouteBuilder MapFacts(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(Route, PostAsync)
            .RequiresRight(Right.Report, or: Right.Guard)
            .WithMetadata(new RequestSizeLimitAttribute(FactBody.MaxBytes + 1)) // the reader says where it is exceeded
            .RecordsItself()
            .WithTags("Facts")
            .WithSummary("Report facts: one object, an array, or NDJSON")
            .WithDescription(
                "Everything accepted is durable before the answer. A repeat of the same fact is told as a duplicate and changes nothing; "
                    + "a rejected item says which field is wrong and what was expected, and the others go in. An order by an account "
                    + "that has no right to order there is stored as a proposal, and takes effect when a second person confirms it. "
                    + $"With closes=true, for at most {ClosedItems.MaxFacts} facts, the outcome of what is stored, now or before, says "
                    + "what of that which was to be done just before the fact, at its instant, is done by it."
            )
            .Accepts<FactReportSchema>("application/json", "application/x-ndjson")
            .Produces<FactsResponse>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        return routes;
    }

    private static async Task<Results<Accepted<FactsResponse>, ProblemHttpResult>> PostAsync(
        HttpRequest request,
        FactWriter writer,
        RefusalRecord refusals,
        Overload overload,
        ClosedItems closed,
        GateWords gate,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation,
        bool closes = false
    )
    {
        var maxItems = closes ? ClosedItems.MaxFacts : MaxItems;
        var context = request.HttpContext;
        var caller = context.Caller()!;
        var account = new ReportingAccount(caller.Name, caller.Kind.ToString().ToLowerInvariant());
        var outcomes = new List<FactItemOutcome>();
        var batch = new List<FactReport>();
        var passages = new List<FactReport>();
        var record = RequestAudit.Of(context, $"{request.Method} {Route}", Route);
        var storing = Task.FromResult<IReadOnlyList<FactItemOutcome>>([]);
        var isOverloaded = false;
        try
        {
            if (await ReadAsync() is { } refusal)
                return refusal;
            await StoreAsync();
        }
        finally
        {
            outcomes.AddRange(await storing);
        }
        if (isOverloaded)
            return Problems.Unavailable();
        if (outcomes.Count == 0)
            return Refuse(StatusCodes.Status400BadRequest, new Fault("body-empty", "body", "at least one fact"));
        outcomes.Sort((a, b) => a.Index.CompareTo(b.Index));

        var answer = FactsResponse.Of(outcomes);
        if (answer.Rejected < outcomes.Count && passages.Count > 0)
            answer = answer with { Items = await gate.AddAsync(answer.Items, passages, cancellation) };
        if (answer.Rejected < outcomes.Count)
            return closes ? await TellAsync(answer) : TypedResults.Accepted((string?)null, answer);
        var first = outcomes[0];
        return Refuse(
            StatusCodes.Status422UnprocessableEntity,
            new Fault(first.Code!, first.Field!, first.Expected!),
            [new("items", outcomes)]
        );

        async Task<ProblemHttpResult?> ReadAsync()
        {
            await foreach (var item in FactBody.ReadAsync(request, clock, cancellation))
            {
                // What came before in a stream is durable already; the client repeats the request, and repeats are harmless.
                if (item.Status is { } status)
                    return Refuse(status, item.Fault!);
                if (item.Index == maxItems)
                    return Refuse(
                        StatusCodes.Status413PayloadTooLarge,
                        new Fault("too-many-items", "body", $"at most {maxItems} facts in one request{(closes ? " with closes=true" : "")}")
                    );
                var (report, id, fault) = item.Fault is null
                    ? FactReader.Read(item.Json, item.Index, clock.GetUtcNow())
                    : (null, null, item.Fault);
                fault ??= GivenOut(report!) ?? ForAnother(report!, caller) ?? NotAtOwnCheckpoint(report!, caller, protocols.Plan.TimeZone);
                if (fault is not null)
                    outcomes.Add(FactItemOutcome.Rejected(item.Index, id, fault));
                else
                    batch.Add(AsOf(caller, report!));
                if (fault is null && GateWords.IsOut(report!) && passages.Count < GateWords.MaxPassages)
                    passages.Add(report!);
                if (batch.Count == BatchSize)
                    await StoreAsync();
                if (isOverloaded)
                    break;
            }
            return null;
        }

        // the next ones are read while these are being stored
        async Task StoreAsync()
        {
            if (batch.Count == 0)
                return;
            outcomes.AddRange(await storing);
            storing = AppendAsync(
                new FactIntake(batch, account, caller.ScopeOf(Right.Report), caller.ScopeOf(Right.Order), record, IsThroughOwnCheckpoint)
            );
            batch = [];
            record = null; // a request has one row of the record, which its first facts bring with them
        }

        // in line only once there is something to store: those who send slowly hold nobody up
        async Task<IReadOnlyList<FactItemOutcome>> AppendAsync(FactIntake intake)
        {
            using var permit = FactWriter.HasOwnConnection(intake) ? await overload.TakeAsync(Burden.Intake, cancellation) : null;
            if (permit?.IsAcquired != false && await writer.AppendAsync(intake, cancellation) is { } own)
                return own;
            isOverloaded = true;
            return [];
        }

        // who is sent away repeats the request: what is stored by now tells what it closes as well
        async Task<Results<Accepted<FactsResponse>, ProblemHttpResult>> TellAsync(FactsResponse answer)
        {
            using var permit = await overload.TakeAsync(Burden.Rest, cancellation);
            return permit.IsAcquired
                ? TypedResults.Accepted((string?)null, answer with { Items = await closed.AddAsync(answer.Items, context, cancellation) })
                : Problems.Unavailable();
        }

        bool IsThroughOwnCheckpoint(FactReport report) =>
            caller.May(Right.Guard) && NotAtOwnCheckpoint(report, caller, protocols.Plan.TimeZone, asGuard: true) is null;

        ProblemHttpResult Refuse(int status, Fault fault, IEnumerable<KeyValuePair<string, object?>>? more = null)
        {
            // what the store was never asked for is noted as all other requests are that were refused
            if (record is not null)
                refusals.Note(context, caller, fault.Code);
            return Problems.From(status, fault, more);
        }
    }

    /// <summary>A program is the source of what it sends, whatever it says; unless it is known to pass on what others report.</summary>
    private static FactReport AsOf(Caller caller, FactReport report) =>
        caller is { Kind: CallerKind.Key or CallerKind.Token, IsGateway: false }
            ? report with
            {
                Source = $"system:{caller.Name}",
            }
            : report;

    /// <summary>The fault of a pass: it is given out with a number, and a signature.</summary>
    private static Fault? GivenOut(FactReport report) =>
        report.Kind == FactKind.Pass
            ? new Fault("value-wrong", "kind", "another kind of fact: passes are given out by POST /api/passes")
            : null;

    /// <summary>The fault where somebody reports who may, by being a guard alone, what is no passage through a checkpoint of his in his
    /// hours.</summary>
    /// <param name="asGuard">What he may report beside that does not count.</param>
    private static Fault? NotAtOwnCheckpoint(FactReport report, Caller caller, TimeZoneInfo zone, bool asGuard = false)
    {
        if (!asGuard && caller.May(Right.Report))
            return null;
        if (FactSchema.Checkpoint(report.Kind, report.Data) is not var (field, checkpoint))
            return new Fault(
                "right-missing",
                "kind",
                "passage or crossing: a guard reports who goes through his checkpoint, and nothing else"
            );
        if (!caller.Guards(checkpoint, at: null))
            return new Fault("right-missing", field, "the code of a checkpoint that you guard");
        return caller.Guards(checkpoint, TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(report.At, zone).DateTime))
            ? null
            : new Fault("right-missing", "at", "an instant in the hours for which the checkpoint is granted to you");
    }

    /// <summary>The fault where a person who is signed in speaks as another one: an override takes two persons, not two names.</summary>
    private static Fault? ForAnother(FactReport report, Caller caller)
    {
        var own = $"person:{caller.Name}";
        return
            caller.Kind == CallerKind.Session
            && report.Source != own
            && (report.Kind == FactKind.Override || report.Source.StartsWith("person:", StringComparison.Ordinal))
            ? new Fault("source-of-another", "source", $"{own}, as whom you are signed in")
            : null;
    }
}

/// <param name="Accepted">How many were new and are now stored.</param>
/// <param name="Duplicate">How many were stored already.</param>
/// <param name="Rejected">How many were not stored.</param>
/// <param name="Items">One outcome an item, in the order sent.</param>
internal sealed record FactsResponse(int Accepted, int Duplicate, int Rejected, IReadOnlyList<FactItemOutcome> Items)
{
    public static FactsResponse Of(IReadOnlyList<FactItemOutcome> items) =>
        new(
            items.Count(item => item.Outcome == FactOutcome.Accepted),
            items.Count(item => item.Outcome == FactOutcome.Duplicate),
            items.Count(item => item.Outcome == FactOutcome.Rejected),
            items
        );
}
