using System.Globalization;
using Npgsql;
using SituationMap.Server.Http;
using SituationMap.Server.Snapshots;
using SituationMap.Server.Tiles;

namespace SituationMap.Server.Live;

internal static class LiveEndpoints
{
    /// <summary>From farther back than this many rows of the feed, loading anew is quicker than catching up.</summary>
    private const int Retained = 20_000;

    /// <summary>Silence of twice this and a bit tells a viewer that the connection is dead, which it has to show within 5 s.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    public static IEndpointRouteBuilder MapLive(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/live", StreamAsync)
            .WithTags("Live")
            .WithSummary("Everything that changes what the map shows, as Server-Sent Events")
            .WithDescription("Events: hello, status, zone, tiles (the exact list of tiles that differ), heartbeat, reload. The id is the sequence of the feed; "
                + "reconnecting with Last-Event-ID (or since=) brings everything after it.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<IResult> StreamAsync(
        HttpContext context, SnapshotHolder holder, LiveHub hub, TouchedTiles touched, NpgsqlDataSource database, IHostApplicationLifetime lifetime, TimeProvider clock,
        string? since = null)
    {
        var from = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? since;
        var after = -1L;
        if (from is not null && (!long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out after) || after < 0))
            return Problems.BadRequest(new Fault("value-wrong", "since", "a sequence, such as the id of the last event seen"));

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // or a proxy would hold events back
        try
        {
            // Listen first, look afterwards: what happens in between comes twice rather than not at all.
            using var listener = hub.Listen();
            var snapshot = holder.Current;
            await SendAsync(context, LiveMessage.Hello(snapshot, holder.ConfirmedAt, clock.GetUtcNow()), ended.Token);
            if (from is not null && after != snapshot.Sequence)
                await SendAsync(context, await CatchUpAsync(database, touched, snapshot, after, ended.Token), ended.Token);
            await FollowAsync(context, listener, holder, snapshot.Sequence, clock, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // the client left, or we stop
        }
        return Results.Empty;
    }

    private static async Task FollowAsync(
        HttpContext context, LiveHub.Listener listener, SnapshotHolder holder, long sent, TimeProvider clock, CancellationToken cancellation)
    {
        var messages = listener.Messages.Reader;
        while (true)
        {
            using var quiet = new CancellationTokenSource(Heartbeat, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, cancellation);
            try
            {
                if (!await messages.WaitToReadAsync(either.Token))
                    return; // too slow for too long; the client comes back with its last id
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                await SendAsync(context, LiveMessage.Heartbeat(holder.Current, holder.ConfirmedAt, clock.GetUtcNow()), cancellation);
                continue;
            }
            while (messages.TryRead(out var message))
            {
                if (message.Sequence <= sent)
                    continue;
                await context.Response.Body.WriteAsync(message.Bytes, cancellation);
                sent = message.Sequence;
            }
            await context.Response.Body.FlushAsync(cancellation);
        }
    }

    private static async Task<LiveMessage> CatchUpAsync(
        NpgsqlDataSource database, TouchedTiles touched, Snapshot snapshot, long after, CancellationToken cancellation)
    {
        if (after > snapshot.Sequence || snapshot.Sequence - after > Retained)
            return LiveMessage.Reload(snapshot);
        var rows = await FeedReader.ReadAsync(database, after, snapshot.Sequence, Retained, cancellation);
        return rows.Length == snapshot.Sequence - after ? LiveMessage.Of(SnapshotChange.Describe(rows, before: null, snapshot, touched)) : LiveMessage.Reload(snapshot);
    }

    private static async Task SendAsync(HttpContext context, LiveMessage message, CancellationToken cancellation)
    {
        await context.Response.Body.WriteAsync(message.Bytes, cancellation);
        await context.Response.Body.FlushAsync(cancellation);
    }
}
