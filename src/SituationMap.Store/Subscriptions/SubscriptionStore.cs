using System.Text.Json;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Subscriptions;

/// <param name="Secret">What its signatures are made with; told once, when it is made.</param>
/// <param name="Cursor">The feed's last row of which the events are made.</param>
public sealed record SubscriptionResponse(
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
public sealed record DeliveryResponse(
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
    [property: Schema("Object")] JsonElement Body
);

/// <param name="Grids">Paths; only of these grids and all below them; null: of all.</param>
/// <param name="Bbox">Only of this rectangle: west, south, east, north in degrees; null: everywhere.</param>
/// <param name="KeyBegin">How the hash of the API key it is made with begins; null: it is made otherwise.</param>
/// <param name="KeyGeneration">Of the deployment's key, with which what is sent is signed.</param>
public sealed record NewSubscription(
    string Url,
    string[] Kinds,
    string[]? Grids,
    IReadOnlyList<double>? Bbox,
    string Author,
    byte[]? KeyBegin,
    int KeyGeneration
);

/// <summary>Who may know of a subscription: its author, or whoever sees all.</summary>
public sealed record SubscriptionReader(string Account, bool SeesAll);

/// <summary>Subscriptions, and what was and is to be sent to them.</summary>
public sealed class SubscriptionStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Those that the reader may know of, the oldest first.</summary>
    /// <param name="id">Only this one; null: all.</param>
    public async Task<SubscriptionResponse[]> ListAsync(Guid? id, SubscriptionReader of, CancellationToken cancellation)
    {
        await using var read = database.Command(
            """
            SELECT id, url, kinds, COALESCE(array(SELECT replace(ltree2text(g), '.', '-') FROM unnest(grids) AS g), '{}'),
                   author, created_at, feed_cursor,
                   (SELECT count(*) FROM delivery d WHERE d.subscription = s.id AND state = 'waiting'),
                   (SELECT count(*) FROM delivery d WHERE d.subscription = s.id AND state = 'dead')
            FROM subscription s WHERE ($1::uuid IS NULL OR id = $1) AND ($2 OR author = $3) ORDER BY created_at, id
            """,
            id,
            of.SeesAll,
            of.Account
        );
        await using var reader = await read.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new SubscriptionResponse(
                row.GetGuid(0),
                row.GetString(1),
                row.GetFieldValue<string[]>(2),
                row.GetFieldValue<string[]>(3),
                row.GetString(4),
                row.InstantOrNull(5)!.Value,
                row.GetInt64(6),
                row.GetInt64(7),
                row.GetInt64(8)
            ),
            cancellation
        );
    }

    /// <summary>The new one's id; null: its author has <paramref name="max"/> already.</summary>
    public async Task<Guid?> AddAsync(NewSubscription subscription, int max, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        // a statement before the one that counts: what others have added by the time of the lock is counted
        batch.BatchCommands.Add(Sql.InBatch($"SELECT pg_advisory_xact_lock({LockKeys.Subscription}, hashtext($1))", subscription.Author));
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                INSERT INTO subscription (url, kinds, grids, bbox, author, created_at, feed_cursor, fact_cursor, key, key_generation)
                SELECT $1, $2, $3, $4, $5, $6, last, $6, (SELECT id FROM credential WHERE kind = 'key' AND substring(hash FOR 16) = $7), $9
                FROM feed_counter WHERE (SELECT count(*) FROM subscription WHERE author = $5) < $8 RETURNING id
                """,
                subscription.Url,
                subscription.Kinds,
                SqlValue.LTree(subscription.Grids),
                subscription.Bbox is { } box ? Rectangle(box) : null,
                subscription.Author,
                clock.GetUtcNow(),
                subscription.KeyBegin,
                max,
                subscription.KeyGeneration
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? reader.GetGuid(0) : null;
    }

    public async Task DeleteAsync(Guid id, CancellationToken cancellation)
    {
        await using var delete = database.Command("DELETE FROM subscription WHERE id = $1", id);
        await delete.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The latest deliveries first.</summary>
    /// <param name="state">waiting, delivered or dead; null: all.</param>
    /// <param name="before">Only those with a lower id; null: from the latest.</param>
    public async Task<DeliveryResponse[]> DeliveriesAsync(Guid id, string? state, long? before, int limit, CancellationToken cancellation)
    {
        await using var list = database.Command(
            """
            SELECT id, event, kind, lane, state, attempts, made_at, CASE WHEN state = 'waiting' THEN next_at END,
                   ended_at, answer, fault, body
            FROM delivery
            WHERE subscription = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4
            """,
            id,
            state,
            before,
            limit
        );
        await using var reader = await list.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new DeliveryResponse(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetInt32(5),
                row.InstantOrNull(6)!.Value,
                row.InstantOrNull(7),
                row.InstantOrNull(8),
                row.IsDBNull(9) ? null : row.GetInt32(9),
                row.TextOrNull(10),
                row.GetFieldValue<JsonElement>(11)
            ),
            cancellation
        );
    }

    /// <summary>Has deliveries sent again, as if they were new; gives how many.</summary>
    /// <param name="deliveries">Which; null: all that were given up.</param>
    public async Task<int> ReplayAsync(Guid id, long[]? deliveries, CancellationToken cancellation)
    {
        await using var replay = database.Command(
            """
            UPDATE delivery SET state = 'waiting', attempts = 0, next_at = $3, made_at = $3, ended_at = NULL
            WHERE subscription = $1 AND state <> 'waiting' AND CASE WHEN $2::bigint[] IS NULL THEN state = 'dead' ELSE id = ANY ($2) END
            """,
            id,
            deliveries,
            clock.GetUtcNow()
        );
        return await replay.ExecuteNonQueryAsync(cancellation);
    }

    private static Polygon Rectangle(IReadOnlyList<double> box) =>
        new GeometryFactory(new PrecisionModel(), 4326).CreatePolygon([
            new Coordinate(box[0], box[1]),
            new Coordinate(box[2], box[1]),
            new Coordinate(box[2], box[3]),
            new Coordinate(box[0], box[3]),
            new Coordinate(box[0], box[1]),
        ]);
}
