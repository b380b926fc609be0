using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Facts;
using SituationMap.Store.Gates;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Gates;

/// <param name="Id">Of the giver's choosing; the same id again is the same pass.</param>
/// <param name="Household">The household's code.</param>
/// <param name="Kind">resident, worker or carer.</param>
/// <param name="From">The first local day, such as 2026-11-30.</param>
/// <param name="To">The last one, within a year.</param>
internal sealed record NewPass(Guid? Id, string? Household, string? Kind, DateOnly? From, DateOnly? To);

/// <param name="Passes">At most 1000.</param>
internal sealed record NewPasses(IReadOnlyList<NewPass>? Passes);

/// <param name="Id">Of the fact that ends it, of the reporter's choosing; the same id again is the same end.</param>
/// <param name="Why">replaced, lost, misused, moved or other.</param>
internal sealed record PassEnding(Guid? Id, string? Why);

/// <param name="From">The first local day on which it counts.</param>
/// <param name="To">The last one.</param>
/// <param name="Token">The text of its QR code.</param>
/// <param name="EndedAt">When it was ended; null: it was not.</param>
internal sealed record PassResponse(
    long Serial,
    Guid Id,
    string Household,
    PassKind Kind,
    DateOnly From,
    DateOnly To,
    string Token,
    DateTimeOffset? EndedAt,
    string? Why
);

/// <param name="Next">Where the next page is; null: this is the last one.</param>
internal sealed record PassesResponse(IReadOnlyList<PassResponse> Passes, string? Next);

/// <summary>Passes: given out, listed, printed and ended by those who report in the household's grid.</summary>
internal static class PassEndpoints
{
    private const int LongestDays = 366;

    public static IEndpointRouteBuilder MapPasses(this IEndpointRouteBuilder routes)
    {
        var passes = routes.MapGroup("/api/passes").WithTags("Gates").RequiresRight(Right.Report).UsesStore();
        passes.MapGet("/", ListAsync).WithSummary("Passes, in the order of their numbers").ProducesProblem(StatusCodes.Status400BadRequest);
        passes
            .MapPost("/", GiveAsync)
            .RecordsItself()
            .WithSummary("Give out passes: all of them or none")
            .WithDescription("Each is a fact about its household, with a number and a signature. The same id again gives the same pass.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        passes
            .MapGet("/print", PrintAsync)
            .WithSummary("The passes of a grid that count, as a page to be printed, by building")
            .Produces(StatusCodes.Status200OK, contentType: "text/html")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        passes.MapGet("/{serial:long}", GetAsync).WithSummary("One pass").ProducesProblem(StatusCodes.Status404NotFound);
        passes
            .MapPost("/{serial:long}/end", EndAsync)
            .RecordsItself()
            .WithSummary("End a pass: no gate takes it any more")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<Results<Ok<PassesResponse>, ProblemHttpResult>> ListAsync(
        HttpContext context,
        SnapshotHolder holder,
        PassStore store,
        PassKeys keys,
        ProtocolCatalog protocols,
        CancellationToken cancellation,
        string? grid = null,
        string? household = null,
        int? limit = null,
        long? after = null
    )
    {
        var scope = context.Scope(Right.Report);
        if ((Paging.CheckLimit(limit) ?? CheckGrid(scope, holder, grid)) is { } fault)
            return Problems.BadRequest(fault);
        var filter = new PassFilter(scope, grid?.Replace('-', '.'), household);
        var count = limit ?? Paging.DefaultLimit;
        var page = await store.ListAsync(filter, after ?? 0, count, cancellation);
        return TypedResults.Ok(
            new PassesResponse(
                [.. page.Select(pass => Response(pass, keys, protocols))],
                Paging.Next(context.Request, page, count, pass => pass.Serial)
            )
        );
    }

    private static async Task<Results<Ok<PassResponse>, ProblemHttpResult>> GetAsync(
        long serial,
        HttpContext context,
        PassStore store,
        PassKeys keys,
        ProtocolCatalog protocols,
        CancellationToken cancellation
    ) =>
        await store.FindAsync(context.Scope(Right.Report), serial, cancellation) is { } pass
            ? TypedResults.Ok(Response(pass, keys, protocols))
            : Unknown();

    private static async Task<Results<Ok<PassesResponse>, ProblemHttpResult>> GiveAsync(
        NewPasses body,
        HttpContext context,
        PassStore store,
        PassKeys keys,
        FactWriter writer,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (body.Passes is not { Count: > 0 and <= Paging.MaxLimit })
            return Problems.BadRequest(new Fault("value-wrong", "passes", $"1 to {Paging.MaxLimit} passes"));
        var wanted = body.Passes.ToList();
        for (var i = 0; i < wanted.Count; i++)
            if (Check(wanted[i]) is { } fault)
                return Problems.BadRequest(fault with { Field = $"passes[{i}].{fault.Field}" });
        if (wanted.DistinctBy(pass => pass.Id).Count() != wanted.Count)
            return Problems.BadRequest(new Fault("value-wrong", "passes", "no id twice"));
        var scope = context.Scope(Right.Report);
        var filter = new PassFilter(scope, Facts: [.. wanted.Select(pass => pass.Id!.Value)]);
        var known = (await store.ListAsync(filter, after: 0, wanted.Count, cancellation)).ToDictionary(pass => pass.Fact);
        if (wanted.FirstOrDefault(pass => known.TryGetValue(pass.Id!.Value, out var earlier) && !IsSame(pass, earlier)) is { } other)
            return Problems.BadRequest(
                new Fault("id-conflict", $"passes[{wanted.IndexOf(other)}].id", "a new id: another pass has this one")
            );
        NewPass[] fresh = [.. wanted.Where(pass => !known.ContainsKey(pass.Id!.Value))];
        var serials = await store.DrawAsync(fresh.Length, cancellation);
        var now = clock.GetUtcNow();
        var reports = fresh.Select((pass, index) => Fact(pass, wanted.IndexOf(pass), serials[index])).ToArray();
        // all or none: what names no household of the caller's is found before anything is stored
        if (await store.UnknownAsync(scope, [.. fresh.Select(pass => pass.Household!)], cancellation) is { } unknown)
            return Problems.BadRequest(
                new Fault(
                    "household-unknown",
                    $"passes[{wanted.FindIndex(pass => pass.Household == unknown)}].household",
                    "the code of a known household"
                )
            );
        if (fresh.Length > 0)
        {
            var outcomes = await GateFacts.AppendAsync(writer, context, reports, "give out passes", cancellation);
            if (outcomes is null)
                return Problems.Unavailable();
            if (outcomes.FirstOrDefault(outcome => outcome.Outcome == FactOutcome.Rejected) is { } refused)
                return Problems.BadRequest(new Fault(refused.Code!, $"passes[{refused.Index}].{refused.Field}", refused.Expected!));
        }
        var given = (await store.ListAsync(filter, after: 0, wanted.Count, cancellation)).ToDictionary(pass => pass.Fact);
        return TypedResults.Ok(
            new PassesResponse([.. wanted.Select(pass => Response(given[pass.Id!.Value], keys, protocols))], Next: null)
        );

        FactReport Fact(NewPass pass, int index, int serial)
        {
            var data = new
            {
                serial,
                kind = pass.Kind,
                from = Begin(pass.From!.Value),
                to = Begin(pass.To!.Value.AddDays(1)),
            };
            return GateFacts.Report(index, pass.Id!.Value, FactKind.Pass, pass.Household!, now, JsonSerializer.SerializeToElement(data));
        }

        bool IsSame(NewPass pass, StoredPass earlier) =>
            pass.Household == earlier.Code
            && string.Equals(pass.Kind, earlier.Kind.ToString(), StringComparison.OrdinalIgnoreCase)
            && pass.From == earlier.FirstDay(protocols.Plan.TimeZone)
            && pass.To == earlier.LastDay(protocols.Plan.TimeZone);

        string Begin(DateOnly day) =>
            new DateTimeOffset(day.ToDateTime(default), protocols.Plan.TimeZone.GetUtcOffset(day.ToDateTime(default))).ToString(
                "yyyy-MM-dd'T'HH:mm:sszzz",
                CultureInfo.InvariantCulture
            );
    }

    private static async Task<Results<Ok<PassResponse>, ProblemHttpResult>> EndAsync(
        long serial,
        PassEnding body,
        HttpContext context,
        PassStore store,
        PassKeys keys,
        FactWriter writer,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var scope = context.Scope(Right.Report);
        if (body.Id is not { } id || id == Guid.Empty)
            return Problems.BadRequest(new Fault("field-missing", "id", "a UUID of your choosing"));
        if (await store.FindAsync(scope, serial, cancellation) is not { } pass)
            return Unknown();
        var now = clock.GetUtcNow();
        var data = JsonSerializer.SerializeToElement(new { serial = pass.Serial, why = body.Why });
        if (FactSchema.Check(FactKind.PassEnd, data, now) is { } fault)
            return Problems.BadRequest(fault with { Field = "why" });
        // ended once is ended; what is sent again changes nothing
        if (pass.EndedAt is null)
        {
            var report = GateFacts.Report(0, id, FactKind.PassEnd, pass.Code, now, data);
            if (await GateFacts.AppendAsync(writer, context, [report], "end pass", cancellation) is not [var outcome])
                return Problems.Unavailable();
            if (outcome.Outcome == FactOutcome.Rejected)
                return Problems.BadRequest(new Fault(outcome.Code!, outcome.Field!, outcome.Expected!));
        }
        return TypedResults.Ok(Response((await store.FindAsync(scope, serial, cancellation))!, keys, protocols));
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> PrintAsync(
        HttpContext context,
        SnapshotHolder holder,
        PassStore store,
        PassKeys keys,
        ProtocolCatalog protocols,
        CancellationToken cancellation,
        string? grid = null
    )
    {
        var scope = context.Scope(Right.Report);
        if (grid is null)
            return Problems.BadRequest(new Fault("field-missing", "grid", "the code of a known grid"));
        if (CheckGrid(scope, holder, grid) is { } fault)
            return Problems.BadRequest(fault);
        var filter = new PassFilter(scope, grid.Replace('-', '.'), OnlyInUse: true);
        var passes = await store.ListAsync(filter, after: 0, int.MaxValue, cancellation);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = PassSheet.ContentSecurityPolicy;
        return TypedResults.Content(PassSheet.Of(passes, holder.Current.City, keys, protocols.Plan.TimeZone), "text/html");
    }

    private static Fault? CheckGrid(Scope scope, SnapshotHolder holder, string? grid) =>
        grid is not null && !holder.Current.City.GridByCode.ContainsKey(grid)
            ? new Fault("value-wrong", "grid", "the code of a known grid")
            : ScopeFilter.Check(scope, holder.Current.City, grid, building: null);

    private static Fault? Check(NewPass pass) =>
        pass.Id is not { } id || id == Guid.Empty ? new Fault("field-missing", "id", "a UUID of your choosing")
        : string.IsNullOrEmpty(pass.Household) ? new Fault("field-missing", "household", "the code of a known household")
        : pass.Kind is null || !FactSchema.Of(FactKind.Pass).Single(field => field.Name == "kind").Choices.ContainsKey(pass.Kind)
            ? new Fault("value-wrong", "kind", "one of resident, worker, carer")
        : pass.From is not { } from || from.Year < 2020 ? new Fault("value-wrong", "from", "a local day such as 2026-11-30")
        : pass.To is not { } to || to < from || to.DayNumber - from.DayNumber > LongestDays
            ? new Fault("value-wrong", "to", "a local day, that one or a later one within a year")
        : null;

    private static PassResponse Response(StoredPass pass, PassKeys keys, ProtocolCatalog protocols)
    {
        var zone = protocols.Plan.TimeZone;
        return new(
            pass.Serial,
            pass.Fact,
            pass.Code,
            pass.Kind,
            pass.FirstDay(zone),
            pass.LastDay(zone),
            keys.Sign(pass, zone),
            pass.EndedAt,
            pass.Why
        );
    }

    private static ProblemHttpResult Unknown() => Problems.NotFound("serial", "the number of a pass of a household that you report of");
}
