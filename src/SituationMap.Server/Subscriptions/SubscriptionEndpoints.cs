using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Subscriptions;

namespace SituationMap.Server.Subscriptions;

/// <param name="Url">Where to send: HTTPS at a public address, or a host of <c>SituationMap:Webhooks:AllowedHosts</c>.</param>
/// <param name="Kinds">Of status, zone, overdue, passage.</param>
/// <param name="Grid">Only of this grid and all below it.</param>
/// <param name="Bbox">Only of this rectangle: west, south, east, north in degrees.</param>
internal sealed record SubscriptionRequest(string? Url, IReadOnlyList<string>? Kinds, string? Grid, IReadOnlyList<double>? Bbox);

internal sealed record DeliveriesResponse(IReadOnlyList<DeliveryResponse> Deliveries, string? Next);

/// <param name="Deliveries">Which; without it all that were given up.</param>
internal sealed record ReplayRequest(IReadOnlyList<long>? Deliveries);

internal sealed record ReplayResponse(int Replayed);

internal static class SubscriptionEndpoints
{
    /// <summary>As many as one account may have: each asks the store again with every change, and may send to a stranger.</summary>
    private const int MaxOfOneAccount = 20;

    private static readonly string[] Kinds = ["status", "zone", "overdue", "passage", "cover"];
    private static readonly string[] States = ["waiting", "delivered", "dead"];

    public static IServiceCollection AddSubscriptions(this IServiceCollection services) =>
        services
            .AddSingleton<WebhookSignature>()
            .AddSingleton<SubscriptionStore>()
            .AddSingleton<EventMaker>()
            .AddSingleton<DeliveryQueue>()
            .AddHostedService<WebhookSender>();

    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("/api/subscriptions").WithTags("Subscriptions").RequiresRight(Right.Subscribe).UsesStore();
        all.MapGet("", ListAsync).WithSummary("The subscriptions: one's own, or all for whoever may subscribe in the whole city");
        all.MapPost("", AddAsync)
            .WithSummary("Have changes sent to an address")
            .WithDescription(
                "Each event is one POST of JSON, sent at least once, those of one household or zone in their order, tried "
                    + "again with growing pauses for a day. "
                    + "Headers as in Standard Webhooks: webhook-id (the event's name), webhook-timestamp (seconds since 1970), "
                    + "webhook-signature: v1, and base64 of HMAC-SHA256 with the secret over id.timestamp.body. A subscription "
                    + "made with an API key sends what that key may see, and ends with it."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        all.MapDelete("/{id:guid}", DeleteAsync)
            .WithSummary("Send no more, and forget what was to be sent")
            .ProducesProblem(StatusCodes.Status404NotFound);
        all.MapGet("/{id:guid}/deliveries", DeliveriesAsync)
            .WithSummary("What was and is to be sent, the latest first")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        all.MapPost("/{id:guid}/replay", ReplayAsync)
            .WithSummary("Send again what was given up, or what is named")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<Ok<SubscriptionResponse[]>> ListAsync(
        HttpContext context,
        SubscriptionStore subscriptions,
        CancellationToken cancellation
    ) => TypedResults.Ok(await subscriptions.ListAsync(null, ReaderOf(context), cancellation));

    private static async Task<Results<Created<SubscriptionResponse>, ProblemHttpResult>> AddAsync(
        SubscriptionRequest request,
        HttpContext context,
        SubscriptionStore subscriptions,
        SituationMapOptions options,
        SnapshotHolder holder,
        WebhookSignature signature,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (WebhookClient.Fault(options.Webhooks, request.Url ?? "") is { } wrong)
            return Problems.BadRequest(new Fault(request.Url is null ? "field-missing" : "value-wrong", "url", wrong));
        if (request.Kinds is not { Count: > 0 } kinds || kinds.Any(kind => !Kinds.Contains(kind)))
            return Problems.BadRequest(
                new Fault(request.Kinds is null ? "field-missing" : "value-wrong", "kinds", $"some of {string.Join(", ", Kinds)}")
            );
        if (
            request.Bbox is { } box
            && !(
                box.Count == 4
                && box.All(double.IsFinite)
                && box[0] < box[2]
                && box[1] < box[3]
                && box[0] >= -180
                && box[2] <= 180
                && box[1] >= -90
                && box[3] <= 90
            )
        )
            return Problems.BadRequest(new Fault("value-wrong", "bbox", "west, south, east, north in degrees"));
        var city = holder.Current.City;
        var scope = context.Scope(Right.Subscribe);
        if (request.Grid is { } grid && (!city.GridByCode.ContainsKey(grid) || !scope.Covers(city, grid)))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a grid of one's own"));

        var generation = signature.Generation;
        var added = await subscriptions.AddAsync(
            new NewSubscription(
                request.Url!,
                [.. kinds.Distinct()],
                request.Grid is { } one ? [one.Replace('-', '.')] : scope.Paths,
                request.Bbox,
                ReaderOf(context).Account,
                context.Caller() is { Kind: CallerKind.Key } caller ? Secret.Begin(caller.Credential) : null,
                generation
            ),
            MaxOfOneAccount,
            cancellation
        );
        if (added is not { } id)
            return Problems.From(
                StatusCodes.Status409Conflict,
                new Fault(
                    "too-many-subscriptions",
                    "account",
                    $"at most {MaxOfOneAccount} subscriptions of one account: delete one that nobody needs"
                )
            );
        var answer = (await subscriptions.ListAsync(id, ReaderOf(context), cancellation))[0] with
        {
            Secret = signature.SecretOf(id, generation),
        };
        return TypedResults.Created(context.Request.Below($"/api/subscriptions/{id}/deliveries"), answer);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id,
        HttpContext context,
        SubscriptionStore subscriptions,
        CancellationToken cancellation
    )
    {
        if ((await subscriptions.ListAsync(id, ReaderOf(context), cancellation)).Length == 0)
            return Unknown();
        await subscriptions.DeleteAsync(id, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<DeliveriesResponse>, ProblemHttpResult>> DeliveriesAsync(
        Guid id,
        HttpContext context,
        SubscriptionStore subscriptions,
        CancellationToken cancellation,
        string? state = null,
        int? limit = null,
        long? after = null
    )
    {
        if ((Paging.CheckLimit(limit) ?? Problems.UnlessOneOf("state", state, States)) is { } fault)
            return Problems.BadRequest(fault);
        if ((await subscriptions.ListAsync(id, ReaderOf(context), cancellation)).Length == 0)
            return Unknown();
        var page = await subscriptions.DeliveriesAsync(id, state, after, limit ?? Paging.DefaultLimit, cancellation);
        return TypedResults.Ok(
            new DeliveriesResponse(page, Paging.Next(context.Request, page, limit ?? Paging.DefaultLimit, delivery => delivery.Id))
        );
    }

    private static async Task<Results<Ok<ReplayResponse>, ProblemHttpResult>> ReplayAsync(
        Guid id,
        ReplayRequest request,
        HttpContext context,
        SubscriptionStore subscriptions,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if ((await subscriptions.ListAsync(id, ReaderOf(context), cancellation)).Length == 0)
            return Unknown();
        return TypedResults.Ok(new ReplayResponse(await subscriptions.ReplayAsync(id, request.Deliveries?.ToArray(), cancellation)));
    }

    private static SubscriptionReader ReaderOf(HttpContext context) =>
        new(context.User.Identity?.Name ?? "local", context.Scope(Right.Subscribe).IsWholeCity);

    private static ProblemHttpResult Unknown() => Problems.NotFound("id", "the id of a subscription of one's own");
}
