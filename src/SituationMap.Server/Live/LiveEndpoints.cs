using System.Globalization;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Live;

internal static class LiveEndpoints
{
    /// <summary>Silence of twice this and a bit tells a viewer that the connection is dead, which it has to show within 5 s.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    public static IEndpointRouteBuilder MapLive(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/live", StreamAsync)
            .RequiresRight(Right.See)
            .WithTags("Live")
            .WithSummary("Everything that changes what the map shows, as Server-Sent Events")
            .WithDescription(
                "Events: hello, status, zone, building and checkpoint (put up, changed, gone, or last passed in the other "
                    + "direction), acknowledgement (somebody took note of a change), tiles (the exact list of tiles that differ), "
                    + "heartbeat, reload. "
                    + "bbox= (west,south,east,north) and grid= (with all below it) leave out what lies elsewhere. The id is the "
                    + "sequence of the feed; "
                    + "reconnecting with Last-Event-ID (or since=) brings everything after it."
            )
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<IResult> StreamAsync(
        HttpContext context,
        AccessDirectory directory,
        SnapshotHolder holder,
        LiveHub hub,
        LiveHistory history,
        IHostApplicationLifetime lifetime,
        TimeProvider clock,
        string? since = null,
        string? bbox = null,
        string? grid = null
    )
    {
        var from = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? since;
        var after = -1L;
        if (from is not null && (!long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out after) || after < 0))
            return Problems.BadRequest(new Fault("value-wrong", "since", "a sequence, such as the id of the last event seen"));
        var (filter, fault) = LiveFilter.Parse(bbox, grid, holder.Current.City, context.Scope());
        if (filter is null)
            return Problems.BadRequest(fault!);

        using var access = directory.Watch(context.Caller()!, Right.See);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping,
            access.Lost
        );
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // or a proxy would hold events back
        try
        {
            using var listener = hub.Listen(from is null ? null : after);
            await SendAsync(context, LiveMessage.Hello(holder.Current, holder.ConfirmedAt, clock.GetUtcNow()), ended.Token);
            var sent = listener.From;
            if (from is not null)
            {
                foreach (
                    var missed in listener.Missed?.Select(advance => advance.For(filter))
                        ?? [await history.CatchUpAsync(after, listener.From, filter, ended.Token)]
                )
                {
                    await SendAsync(context, missed, ended.Token);
                    sent = missed.Sequence;
                }
            }
            await FollowAsync(context, listener, filter, sent, access, holder, clock, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // the client left, or may see something else now than when it came, or we stop
        }
        return Results.Empty;
    }

    private static async Task FollowAsync(
        HttpContext context,
        LiveHub.Listener listener,
        LiveFilter filter,
        long sent,
        AccessWatch access,
        SnapshotHolder holder,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var advances = listener.Advances.Reader;
        while (true)
        {
            using var quiet = new CancellationTokenSource(Heartbeat, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, cancellation);
            try
            {
                if (!await advances.WaitToReadAsync(either.Token))
                    return; // too slow for too long; the client comes back with its last id
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                access.Check();
                await SendAsync(context, LiveMessage.Heartbeat(holder.Current, holder.ConfirmedAt, clock.GetUtcNow()), cancellation);
                continue;
            }
            while (advances.TryRead(out var advance))
            {
                if (advance.Sequence > sent) // else what was read back from the store had it
                    await context.Response.Body.WriteAsync(advance.For(filter).Bytes, cancellation);
            }
            await context.Response.Body.FlushAsync(cancellation);
        }
    }

    private static async Task SendAsync(HttpContext context, LiveMessage message, CancellationToken cancellation)
    {
        await context.Response.Body.WriteAsync(message.Bytes, cancellation);
        await context.Response.Body.FlushAsync(cancellation);
    }
}
