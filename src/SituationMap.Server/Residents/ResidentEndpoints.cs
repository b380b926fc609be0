using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Statuses;
using SituationMap.Store.Access;
using SituationMap.Store.Facts;
using SituationMap.Store.Households;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Residents;

/// <summary>
/// The page that the code on a door opens: what is known of the one household behind it, and what it reports of itself. It needs neither
/// an account nor a script. A code that does not work is told the same whatever is wrong with it.
/// </summary>
internal sealed class ResidentEndpoints(
    DoorCodeStore codes,
    HouseholdStore households,
    FactWriter writer,
    SnapshotHolder holder,
    ProtocolCatalog protocols,
    Overload overload,
    RequestLimits limits,
    Supervisor supervisor,
    TimeProvider clock
)
{
    public const string Path = "/s";

    private const string Route = Path + "/{token}";
    private const int MostBytes = 16 << 10;

    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(Route, (string token, HttpContext context, ResidentEndpoints page) => page.GetAsync(token, context))
            .OpenToAll()
            .TakesQuery("lang", "sent")
            .ExcludeFromDescription();
        routes
            .MapPost(Route, (string token, HttpContext context, ResidentEndpoints page) => page.PostAsync(token, context))
            .OpenToAll()
            .RecordsItself()
            .TakesQuery("lang")
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .ExcludeFromDescription();
    }

    private Task<IResult> GetAsync(string token, HttpContext context) =>
        AnswerAsync(context, async words =>
            await codes.FindAsync(token, context.RequestAborted) is { } holder
            && await ViewAsync(holder, words, context.RequestAborted) is { } view
                ? Page(view with { IsSent = context.Request.Query.ContainsKey("sent") }, StatusCodes.Status200OK)
                : Wrong(words)
        );

    private async Task<IResult> PostAsync(string token, HttpContext context)
    {
        // before anybody waits for it: who sends slowly holds nobody up
        var typed = await ReadAsync(context.Request);
        return await AnswerAsync(context, words => ReceiveAsync(token, typed, context, words));
    }

    private async Task<IResult> ReceiveAsync(
        string token,
        IReadOnlyDictionary<string, string> typed,
        HttpContext context,
        ResidentWords words
    )
    {
        if (await codes.FindAsync(token, context.RequestAborted) is not { } holder)
            return Wrong(words);
        if (!limits.MayReport(holder.Id))
            return await AgainAsync(words["busy"], StatusCodes.Status429TooManyRequests);
        var now = clock.GetUtcNow();
        var allowed = protocols.Plan.ForGrid(holder.Grid).WorkAt(now).SelfReports.Select(FactReader.Name);
        if (!allowed.Contains(typed.GetValueOrDefault("kind")))
            return await AgainAsync(words["report"], StatusCodes.Status422UnprocessableEntity);
        var (report, _, fault) = FactReader.Read(ResidentForm.Fact(typed, holder, now), index: 0, now);
        if (fault is null)
        {
            var account = new ReportingAccount($"door:{holder.Id}", "door");
            var intake = new FactIntake(
                [report!],
                account,
                Scope.Of([holder.Grid]),
                Orders: null,
                new AuditEntry(account.Name, $"POST {Path}", holder.Household, RequestAudit.OriginOf(context)),
                IsOfAnybody: _ => false
            );
            if (await writer.AppendAsync(intake, context.RequestAborted) is not { } outcomes)
                return Away(words);
            // the same id at another instant: it was sent before
            if (outcomes[0] is not { Outcome: FactOutcome.Rejected, Code: not "id-conflict" } rejected)
                return Results.Redirect($"{context.Request.Here()}?lang={words.Language}&sent", permanent: false);
            fault = new Fault(rejected.Code!, rejected.Field!, rejected.Expected!);
        }
        return await AgainAsync(
            words["again"] + words[ResidentForm.Label(typed["kind"], fault.Field, words)],
            StatusCodes.Status422UnprocessableEntity
        );

        async Task<IResult> AgainAsync(string wrong, int status) =>
            await ViewAsync(holder, words, context.RequestAborted) is { } view
                ? Page(view with { Wrong = wrong, Typed = typed }, status)
                : Wrong(words);
    }

    /// <summary>Null: the household was taken away meanwhile.</summary>
    private async Task<ResidentView?> ViewAsync(DoorCodeHolder who, ResidentWords words, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (
            await households.EvidenceAsync(who.Household, protocols.Plan, DateTimeOffset.MaxValue, cancellation) is not { } evidence
            || await households.FindAsync(who.Household, cancellation) is not var (row, _)
        )
            return null;
        var status = StatusEndpoint.Answer(who.Household, evidence, withMembers: false, protocols, now, now, now);
        return ResidentView.Of(
            status,
            evidence,
            HouseholdEndpoints.Response(row, holder.Current.City),
            protocols.Plan.ForGrid(who.Grid),
            words
        );
    }

    /// <summary>In line with all others who ask the store; without it, says so in words.</summary>
    private async Task<IResult> AnswerAsync(HttpContext context, Func<ResidentWords, Task<IResult>> answer)
    {
        Caching.Never(context);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        // the address is the key
        headers["Referrer-Policy"] = "no-referrer";
        var words = ResidentWords.For(context.Request);
        try
        {
            using var permit = await overload.TakeAsync(Burden.Rest, context.RequestAborted);
            return permit.IsAcquired ? await answer(words) : Away(words);
        }
        catch (NpgsqlException)
        {
            return Away(words);
        }
        catch (Exception failure) when (Workable.IsItsOwn(failure, context.RequestAborted))
        {
            supervisor.ItemFailed("working out statuses", "a household that was asked about could not be worked out", failure);
            return Away(words);
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
            return new Dictionary<string, string>();
        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        }
        catch (InvalidDataException)
        {
            return new Dictionary<string, string>();
        }
    }

    private static RazorComponentResult<ResidentPage> Page(ResidentView view, int status) =>
        new(new { View = view }) { StatusCode = status };

    private static RazorComponentResult<ResidentNotice> Wrong(ResidentWords words) =>
        Notice(words, words["wrong"], words["wrong.words"], StatusCodes.Status404NotFound);

    private static RazorComponentResult<ResidentNotice> Away(ResidentWords words) =>
        Notice(words, words["title"], words["away"], StatusCodes.Status503ServiceUnavailable);

    private static RazorComponentResult<ResidentNotice> Notice(ResidentWords words, string title, string text, int status) =>
        new(
            new
            {
                Words = words,
                Title = title,
                Text = text,
            }
        )
        {
            StatusCode = status,
        };
}

internal static class ResidentServices
{
    public static IServiceCollection AddResidents(this IServiceCollection services)
    {
        services.AddRazorComponents();
        return services.AddSingleton<DoorCodeStore>().AddSingleton<ResidentEndpoints>();
    }

    public static IEndpointRouteBuilder MapResidents(this IEndpointRouteBuilder routes)
    {
        ResidentEndpoints.Map(routes);
        return routes.MapDoorCodes();
    }
}
