using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Facts;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Facts;
using SituationMap.Store.Gates;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Gates;

/// <summary>Somebody who lives elsewhere went through a checkpoint: no name, no plate.</summary>
/// <param name="Id">A UUID of the reporter's choosing; the same id again is the same crossing.</param>
/// <param name="At">When, with its offset.</param>
/// <param name="Direction">in or out.</param>
/// <param name="Who">visitor, courier, vehicle or worker.</param>
/// <param name="Household">The code of the household that is visited; none: no household.</param>
/// <param name="Outcome">go, stop or refer: what became of him.</param>
internal sealed record CrossingSchema(
    Guid Id,
    DateTimeOffset At,
    string Checkpoint,
    string Direction,
    string Who,
    string? Household,
    double? Celsius,
    string Outcome
);

/// <param name="From">When the hour begins.</param>
/// <param name="Who">visitor, courier, vehicle or worker; resident: whoever lives here.</param>
internal sealed record CrossingHour(DateTimeOffset From, string Who, int In, int Out);

/// <param name="Hours">Those in which anybody went through.</param>
internal sealed record CrossingCounts(string Checkpoint, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<CrossingHour> Hours);

/// <summary>Whoever goes through checkpoints and lives elsewhere.</summary>
internal static class CrossingEndpoints
{
    /// <summary>A day of a busy gate without a network fits.</summary>
    private const int MaxItems = 10_000;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static IEndpointRouteBuilder MapCrossings(this IEndpointRouteBuilder routes)
    {
        var crossings = routes.MapGroup("/api/crossings").WithTags("Gates").UsesStore();
        crossings
            .MapPost("/", PostAsync)
            .RequiresRight(Right.Guard)
            .WithMetadata(new RequestSizeLimitAttribute(FactBody.MaxBytes + 1)) // the reader says where it is exceeded
            .RecordsItself()
            .WithSummary("Report who went through a checkpoint and lives elsewhere: one object, an array, or NDJSON")
            .WithDescription(
                "Whoever visits a household is a fact of the kind crossing about it, and calls for a visit in its round; all others are "
                    + $"counted. Repeats are harmless. At most {MaxItems} in one request."
            )
            .Accepts<CrossingSchema>("application/json", "application/x-ndjson")
            .Produces<FactsResponse>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        crossings
            .MapGet("/counts", CountAsync)
            .RequiresRight(Right.See, or: Right.Guard)
            .WithSummary("How many went through a checkpoint, by the hour, and who; nobody is named")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<Results<Accepted<FactsResponse>, ProblemHttpResult>> PostAsync(
        HttpRequest request,
        SnapshotHolder holder,
        FactWriter writer,
        CrossingStore store,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var (context, zone) = (request.HttpContext, protocols.Plan.TimeZone);
        var caller = context.Caller()!;
        var known = holder.Current.City.Checkpoints.Select(checkpoint => checkpoint.Code).ToHashSet(StringComparer.Ordinal);
        var outcomes = new List<FactItemOutcome>();
        var reports = new List<FactReport>();
        await foreach (var item in FactBody.ReadAsync(request, clock, cancellation))
        {
            if (item.Status is { } status)
                return Problems.From(status, item.Fault!);
            if (item.Index == MaxItems)
                return Problems.From(
                    StatusCodes.Status413PayloadTooLarge,
                    new Fault("too-many-items", "body", $"at most {MaxItems} crossings in one request")
                );
            var (report, id, fault) = item.Fault is null
                ? Read(item.Json, item.Index, caller, clock.GetUtcNow())
                : (null, null, item.Fault);
            if (fault is null && !known.Contains(CheckpointOf(report!)))
                fault = new Fault("checkpoint-unknown", "checkpoint", "the code of a known checkpoint, such as C-1");
            if (fault is null && !IsOfOwn(report!))
                fault = new Fault("right-missing", "checkpoint", "the code of a checkpoint that you guard at that hour");
            if (fault is not null)
                outcomes.Add(FactItemOutcome.Rejected(item.Index, id, fault));
            else
                reports.Add(report!);
        }
        if (outcomes.Count + reports.Count == 0)
            return Problems.BadRequest(new Fault("body-empty", "body", "at least one crossing"));
        FactReport[] visits = [.. reports.Where(report => report.Household.Length > 0)];
        FactReport[] others = [.. reports.Where(report => report.Household.Length == 0)];
        if (visits.Length > 0)
        {
            if (await GateFacts.AppendAsync(writer, context, visits, "report crossings", cancellation, IsOfOwn) is not { } stored)
                return Problems.Unavailable();
            outcomes.AddRange(stored);
        }
        if (others.Length > 0)
        {
            var record = visits.Length > 0 ? null : RequestAudit.Of(context, "report crossings", request.Path);
            outcomes.AddRange(await store.AppendAsync(others, GateFacts.AccountOf(caller), record, cancellation));
        }
        outcomes.Sort((a, b) => a.Index.CompareTo(b.Index));
        var answer = FactsResponse.Of(outcomes);
        return answer.Rejected < outcomes.Count
            ? TypedResults.Accepted((string?)null, answer)
            : Problems.From(
                StatusCodes.Status422UnprocessableEntity,
                new Fault(outcomes[0].Code!, outcomes[0].Field!, outcomes[0].Expected!),
                [new("items", outcomes)]
            );

        bool IsOfOwn(FactReport report) =>
            caller.Guards(CheckpointOf(report), TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(report.At, zone).DateTime));
    }

    private static async Task<Results<Ok<CrossingCounts>, ProblemHttpResult>> CountAsync(
        HttpContext context,
        SnapshotHolder holder,
        CrossingStore store,
        TimeProvider clock,
        CancellationToken cancellation,
        string? checkpoint = null,
        string? from = null,
        string? to = null
    )
    {
        if (string.IsNullOrEmpty(checkpoint))
            return Problems.BadRequest(new Fault("field-missing", "checkpoint", "the code of a known checkpoint, such as C-1"));
        var caller = context.Caller()!;
        if (
            (!caller.May(Right.See) && !caller.Guards(checkpoint, at: null))
            || holder.Current.City.Checkpoints.All(known => known.Code != checkpoint)
        )
            return Problems.NotFound("checkpoint", "the code of a known checkpoint, such as C-1");
        var end = clock.GetUtcNow();
        if (to is not null && !Instants.TryParse(to, out end))
            return Problems.BadRequest(new Fault("value-wrong", "to", "an instant with its offset"));
        var begin = end.AddDays(-1);
        if (from is not null && !Instants.TryParse(from, out begin))
            return Problems.BadRequest(new Fault("value-wrong", "from", "an instant with its offset"));
        if (begin >= end || end - begin > Longest)
            return Problems.BadRequest(new Fault("value-wrong", "from", $"an instant before the end, at most {Longest.Days} days"));
        var counts = await store.CountAsync(checkpoint, begin, end, cancellation);
        Caching.Apply(context, isFinal: false);
        return TypedResults.Ok(
            new CrossingCounts(
                checkpoint,
                begin,
                end,
                [
                    .. counts
                        .GroupBy(count => (count.Hour, count.Who))
                        .Select(group => new CrossingHour(
                            group.Key.Hour,
                            group.Key.Who,
                            group.Where(count => count.IsIn).Sum(count => count.Count),
                            group.Where(count => !count.IsIn).Sum(count => count.Count)
                        )),
                ]
            )
        );
    }

    /// <summary>Reads one as the fact that it is, or would be with a household; its faults name the fields as they were sent.</summary>
    private static (FactReport? Report, Guid? Id, Fault? Fault) Read(JsonElement item, int index, Caller caller, DateTimeOffset now)
    {
        if (item.ValueKind != JsonValueKind.Object)
            return (null, null, new Fault("type-wrong", "body", "a JSON object, the crossing"));
        if (FactReader.Unstorable(item) is { } unstorable)
            return (null, null, unstorable);
        var (fact, data) = (new JsonObject(), new JsonObject());
        foreach (var property in item.EnumerateObject())
            (property.Name is "id" or "at" or "household" ? fact : data)[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        var visits = item.TryGetProperty("household", out var household) && household.ValueKind != JsonValueKind.Null;
        if (!visits)
            fact["household"] = "-";
        (fact["kind"], fact["source"], fact["data"]) = ("crossing", GateFacts.SourceOf(caller), data);
        var (report, id, fault) = FactReader.Read(JsonSerializer.SerializeToElement(fact), index, now);
        if (fault is not null)
            return (null, id, fault with { Field = fault.Field.Replace("data.", "", StringComparison.Ordinal) });
        return (visits ? report : report! with { Household = "" }, id, null);
    }

    private static string CheckpointOf(FactReport report) => FactSchema.Checkpoint(report.Kind, report.Data)!.Value.Code;
}
