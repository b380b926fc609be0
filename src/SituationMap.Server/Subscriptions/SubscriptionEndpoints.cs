using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using NetTopologySuite.Geometries;
using Npgsql;
using NpgsqlTypes;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Subscriptions;

/// <param name="Url">Where to send: HTTPS at a public address, or a host of <c>SituationMap:Webhooks:AllowedHosts</c>.</param>
/// <param name="Kinds">Of status, zone, overdue, passage.</param>
/// <param name="Grid">Only of this grid and all below it.</param>
/// <param name="Bbox">Only of this rectangle: west, south, east, north in degrees.</param>
internal sealed record SubscriptionRequest(string? Url, IReadOnlyList<string>? Kinds, string? Grid, IReadOnlyList<double>? Bbox);

/// <param name="Secret">What its signatures are made with; told once, when it is made.</param>
/// <param name="Cursor">The feed's last row of which the events are made.</param>
internal sealed record SubscriptionResponse(
    Guid Id,
    string Url,
    string[] Kinds,
    string[] Grids,
    string Author,
    DateTimeOffset CreatedAt,
    long Cursor,
    long Waiting,
    long Dead,
    string? Secret = null
);

/// <param name="Event">Its name, sent as <c>webhook-id</c>; the same event has the same name however often it is sent.</param>
/// <param name="NextAt">When it is tried next, where it waits.</param>
/// <param name="Answer">The HTTP status of the last attempt; null: there was none.</param>
internal sealed record DeliveryResponse(
    long Id,
    string Event,
    string Kind,
    string About,
    string State,
    int Attempts,
    DateTimeOffset MadeAt,
    DateTimeOffset? NextAt,
    DateTimeOffset? EndedAt,
    int? Answer,
    string? Fault,
    JsonElement Body
);

internal sealed record DeliveriesResponse(IReadOnlyList<DeliveryResponse> Deliveries, string? Next);

/// <param name="Deliveries">Which; without it all that were given up.</param>
internal sealed record ReplayRequest(IReadOnlyList<long>? Deliveries);

internal sealed record ReplayResponse(int Replayed);

internal static class SubscriptionEndpoints
{
    /// <summary>As many as one account may have: each asks the store again with every change, and may send to a stranger.</summary>
    private const int MaxOfOneAccount = 20;

    private static readonly string[] Kinds = ["status", "zone", "overdue", "passage"];
    private static readonly string[] States = ["waiting", "delivered", "dead"];

    public static IServiceCollection AddSubscriptions(this IServiceCollection services) =>
        services.AddSingleton<WebhookSignature>().AddSingleton<EventMaker>().AddHostedService<WebhookSender>();

    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("/api/subscriptions").WithTags("Subscriptions").RequiresRight(Right.Subscribe).UsesStore();
        all.MapGet("", ListAsync).WithSummary("The subscriptions: one's own, or all for whoever may subscribe in the whole city");
        all.MapPost("", AddAsync)
            .WithSummary("Have changes sent to an address")
            .WithDescription(
                "Each event is one POST of JSON, sent at least once, those of one household or zone in their order, tried again with growing pauses for a day. "
                    + "Headers as in Standard Webhooks: webhook-id (the event's name), webhook-timestamp (seconds since 1970), webhook-signature: v1, and base64 of HMAC-SHA256 with the secret over id.timestamp.body. A subscription made with an API key sends what that key may see, and ends with it."
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
        NpgsqlDataSource database,
        CancellationToken cancellation
    ) => TypedResults.Ok(await ReadAsync(context, database, null, cancellation));

    private static async Task<Results<Created<SubscriptionResponse>, ProblemHttpResult>> AddAsync(
        SubscriptionRequest request,
        HttpContext context,
        NpgsqlDataSource database,
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

        var author = context.User.Identity?.Name ?? "local";
        await using var batch = database.CreateBatch();
        // a statement before the one that counts: what others have added by the time of the lock is counted
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({LockKeys.Subscription}, hashtext($1))")
            {
                Parameters = { new() { Value = author } },
            }
        );
        var generation = signature.Generation;
        var add = new NpgsqlBatchCommand(
            """
            INSERT INTO subscription (url, kinds, grids, bbox, author, created_at, feed_cursor, fact_cursor, key, key_generation)
            SELECT $1, $2, $3, $4, $5, $6, last, $6, (SELECT id FROM credential WHERE kind = 'key' AND substring(hash FOR 16) = $7), $9
            FROM feed_counter WHERE (SELECT count(*) FROM subscription WHERE author = $5) < $8 RETURNING id
            """
        );
        add.Parameters.Add(new() { Value = request.Url });
        add.Parameters.Add(new() { Value = kinds.Distinct().ToArray() });
        add.Parameters.Add(
            new()
            {
                Value = request.Grid is { } one ? (string[])[one.Replace('-', '.')] : scope.Paths ?? (object)DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.LTree,
            }
        );
        add.Parameters.Add(new() { Value = request.Bbox is { } b ? Rectangle(b) : DBNull.Value });
        add.Parameters.Add(new() { Value = author });
        add.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime });
        add.Parameters.Add(
            new()
            {
                Value = context.Caller() is { Kind: CallerKind.Key } caller ? Secret.Begin(caller.Credential) : DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Bytea,
            }
        );
        add.Parameters.Add(new() { Value = MaxOfOneAccount });
        add.Parameters.Add(new() { Value = generation });
        batch.BatchCommands.Add(add);
        Guid id;
        await using (var reader = await batch.ExecuteReaderAsync(cancellation))
        {
            await reader.NextResultAsync(cancellation);
            if (!await reader.ReadAsync(cancellation))
                return Problems.From(
                    StatusCodes.Status409Conflict,
                    new Fault(
                        "too-many-subscriptions",
                        "account",
                        $"at most {MaxOfOneAccount} subscriptions of one account: delete one that nobody needs"
                    )
                );
            id = reader.GetGuid(0);
        }
        var answer = (await ReadAsync(context, database, id, cancellation))[0] with { Secret = signature.SecretOf(id, generation) };
        return TypedResults.Created(context.Request.Below($"/api/subscriptions/{id}/deliveries"), answer);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id,
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellation
    )
    {
        if ((await ReadAsync(context, database, id, cancellation)).Length == 0)
            return Unknown();
        await using var delete = database.CreateCommand("DELETE FROM subscription WHERE id = $1");
        delete.Parameters.Add(new() { Value = id });
        await delete.ExecuteNonQueryAsync(cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<DeliveriesResponse>, ProblemHttpResult>> DeliveriesAsync(
        Guid id,
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellation,
        string? state = null,
        int? limit = null,
        long? after = null
    )
    {
        if ((Paging.CheckLimit(limit) ?? Problems.UnlessOneOf("state", state, States)) is { } fault)
            return Problems.BadRequest(fault);
        if ((await ReadAsync(context, database, id, cancellation)).Length == 0)
            return Unknown();
        await using var list = database.CreateCommand(
            """
            SELECT id, event, kind, lane, state, attempts, made_at, CASE WHEN state = 'waiting' THEN next_at END, ended_at, answer, fault, body
            FROM delivery WHERE subscription = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $4
            """
        );
        list.Parameters.Add(new() { Value = id });
        list.Parameters.Add(new() { Value = state ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        list.Parameters.Add(new() { Value = after ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        list.Parameters.Add(new() { Value = limit ?? Paging.DefaultLimit });
        await using var reader = await list.ExecuteReaderAsync(cancellation);
        var page = await reader.ReadAllAsync(
            row => new DeliveryResponse(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetInt32(5),
                Instant(row, 6)!.Value,
                Instant(row, 7),
                Instant(row, 8),
                row.IsDBNull(9) ? null : row.GetInt32(9),
                row.IsDBNull(10) ? null : row.GetString(10),
                row.GetFieldValue<JsonElement>(11)
            ),
            cancellation
        );
        return TypedResults.Ok(
            new DeliveriesResponse(page, Paging.Next(context.Request, page, limit ?? Paging.DefaultLimit, delivery => delivery.Id))
        );
    }

    private static async Task<Results<Ok<ReplayResponse>, ProblemHttpResult>> ReplayAsync(
        Guid id,
        ReplayRequest request,
        HttpContext context,
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if ((await ReadAsync(context, database, id, cancellation)).Length == 0)
            return Unknown();
        await using var replay = database.CreateCommand(
            """
            UPDATE delivery SET state = 'waiting', attempts = 0, next_at = $3, made_at = $3, ended_at = NULL
            WHERE subscription = $1 AND state <> 'waiting' AND CASE WHEN $2::bigint[] IS NULL THEN state = 'dead' ELSE id = ANY ($2) END
            """
        );
        replay.Parameters.Add(new() { Value = id });
        replay.Parameters.Add(
            new() { Value = request.Deliveries?.ToArray() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }
        );
        replay.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime });
        return TypedResults.Ok(new ReplayResponse(await replay.ExecuteNonQueryAsync(cancellation)));
    }

    /// <summary>Those that the caller may know of.</summary>
    private static async Task<SubscriptionResponse[]> ReadAsync(
        HttpContext context,
        NpgsqlDataSource database,
        Guid? id,
        CancellationToken cancellation
    )
    {
        await using var read = database.CreateCommand(
            """
            SELECT id, url, kinds, COALESCE(array(SELECT replace(ltree2text(g), '.', '-') FROM unnest(grids) AS g), '{}'), author, created_at, feed_cursor,
                   (SELECT count(*) FROM delivery d WHERE d.subscription = s.id AND state = 'waiting'), (SELECT count(*) FROM delivery d WHERE d.subscription = s.id AND state = 'dead')
            FROM subscription s WHERE ($1::uuid IS NULL OR id = $1) AND ($2 OR author = $3) ORDER BY created_at, id
            """
        );
        read.Parameters.Add(new() { Value = id ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        read.Parameters.Add(new() { Value = context.Scope(Right.Subscribe).IsWholeCity });
        read.Parameters.Add(new() { Value = context.User.Identity?.Name ?? "local" });
        await using var reader = await read.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new SubscriptionResponse(
                row.GetGuid(0),
                row.GetString(1),
                row.GetFieldValue<string[]>(2),
                row.GetFieldValue<string[]>(3),
                row.GetString(4),
                Instant(row, 5)!.Value,
                row.GetInt64(6),
                row.GetInt64(7),
                row.GetInt64(8)
            ),
            cancellation
        );
    }

    private static ProblemHttpResult Unknown() => Problems.NotFound("id", "the id of a subscription of one's own");

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);

    private static Polygon Rectangle(IReadOnlyList<double> box) =>
        new GeometryFactory(new PrecisionModel(), 4326).CreatePolygon([
            new Coordinate(box[0], box[1]),
            new Coordinate(box[2], box[1]),
            new Coordinate(box[2], box[3]),
            new Coordinate(box[0], box[3]),
            new Coordinate(box[0], box[1]),
        ]);
}
