using System.Globalization;
using System.Threading.RateLimiting;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Server.Http;

/// <summary>What a request asks of the store, which decides in whose line it waits.</summary>
internal enum Burden
{
    /// <summary>Facts coming in by the hundred: taken for each batch once it is there, for those who send slowly hold nothing up. Fewer
    /// share one connection, whose line is the writer's own.</summary>
    Intake,

    SignIn,

    /// <summary>The past as it was shown.</summary>
    Past,

    /// <summary>The past as it is known by another instant, worked out afresh.</summary>
    Corrected,

    Export,

    /// <summary>All else that the snapshot does not hold.</summary>
    Rest,
}

/// <summary>
/// Bounds how many requests ask the store at once. Facts, signing in, the past, exports and all else have permits of their own, together
/// no more than there are connections beside those of the server's own work; some more wait in line for each, and the rest are told at
/// once to come back (503, <c>Retry-After</c>). Of what is slow one account has a few at once (429). What is answered from the snapshot
/// needs no connection and is never held up.
/// </summary>
internal sealed class Overload : IDisposable
{
    /// <summary>Seconds after which a client that was sent away may well be served.</summary>
    public const string RetryAfter = "1";

    /// <summary>How many wait in line for each that is served: the last of them still has its answer before a client gives up.</summary>
    private const int WaitingForEach = 4;

    /// <summary>As many of one account wait in line: a map asks for all tiles that are to be seen at once.</summary>
    private const int WaitingOfOneAccount = 64;

    /// <summary>As long does one account wait for itself.</summary>
    private static readonly TimeSpan WaitsForItself = TimeSpan.FromSeconds(10);

    private readonly RateLimiter[] _store;
    private readonly PartitionedRateLimiter<(string Who, Burden Burden)> _ofAccount = PartitionedRateLimiter.Create<
        (string Who, Burden Burden),
        (string, Burden)
    >(asked =>
        RateLimitPartition.GetConcurrencyLimiter(asked, _ =>
            new() { PermitLimit = MaxOfOneAccount(asked.Burden)!.Value, QueueLimit = WaitingOfOneAccount }
        )
    );

    public Overload(PostgisStore store)
    {
        var shares = ConnectionShares.Of(store.Connections);
        var past = Line(shares.Past);
        _store = [Line(shares.Intake), Line(shares.SignIn), past, past, Line(shares.Exports), Line(shares.Rest)];
    }

    public async Task ServeAsync(HttpContext context, Burden burden, RequestDelegate next)
    {
        using var own = MaxOfOneAccount(burden) is null ? null : await WaitForItselfAsync(context, burden);
        if (own is { IsAcquired: false })
        {
            await RefuseAsync(context, burden);
            return;
        }
        using var permit = await TakeAsync(burden, context.RequestAborted);
        if (!permit.IsAcquired)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        context.Features.Set(permit);
        await next(context);
    }

    /// <summary>Waits in line for what a burden takes; not acquired: the line is too long.</summary>
    public ValueTask<RateLimitLease> TakeAsync(Burden burden, CancellationToken cancellation) =>
        _store[(int)burden].AcquireAsync(1, cancellation);

    public void Dispose()
    {
        _ofAccount.Dispose();
        foreach (var line in _store)
            line.Dispose();
    }

    private static ConcurrencyLimiter Line(int permits) => new(new() { PermitLimit = permits, QueueLimit = permits * WaitingForEach });

    /// <summary>Null: as many as the store can take.</summary>
    private static int? MaxOfOneAccount(Burden burden) =>
        burden switch
        {
            Burden.Past or Burden.Export => 2,
            Burden.Corrected => 1,
            _ => null,
        };

    private async Task<RateLimitLease> WaitForItselfAsync(HttpContext context, Burden burden)
    {
        var asked = (context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "", burden);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(WaitsForItself);
        try
        {
            return await _ofAccount.AcquireAsync(asked, 1, limit.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return _ofAccount.AttemptAcquire(asked);
        }
    }

    private static Task RefuseAsync(HttpContext context, Burden burden)
    {
        var what = burden switch
        {
            Burden.Export => "exports",
            Burden.Corrected => "requests with known=",
            _ => "requests about the past",
        };
        context.Response.Headers.RetryAfter = WaitsForItself.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return Problems
            .From(
                StatusCodes.Status429TooManyRequests,
                new Fault(
                    "too-many-at-once",
                    "request",
                    $"at most {MaxOfOneAccount(burden)} {what} of one account at once, {WaitingOfOneAccount} more in line: "
                        + "another try when some of them are answered"
                )
            )
            .ExecuteAsync(context);
    }
}

internal static class OverloadExtensions
{
    /// <summary>Parameters that ask about the past or about what is planned: read from the store, where the present is in the
    /// snapshot.</summary>
    private static readonly string[] NotPresent = ["at", "datetime", "state"];

    public static IServiceCollection AddOverload(this IServiceCollection services, PostgisStore store) =>
        services.AddSingleton(new Overload(store));

    public static WebApplication UseOverload(this WebApplication app)
    {
        var overload = app.Services.GetRequiredService<Overload>();
        app.Use((context, next) => BurdenOf(context) is { } burden ? overload.ServeAsync(context, burden, next) : next(context));
        return app;
    }

    /// <summary>Marks what asks the store even about the present.</summary>
    /// <param name="when">Which requests do; null: all.</param>
    public static TBuilder UsesStore<TBuilder>(this TBuilder builder, Burden burden = Burden.Rest, Func<HttpContext, bool>? when = null)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Mark(burden, when));

    /// <summary>Tells that the store has given all it is asked for; what is left is to send it, however slowly it is read.</summary>
    public static void NeedsStoreNoMore(this HttpContext context) => context.Features.Get<RateLimitLease>()?.Dispose();

    private static Burden? BurdenOf(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
            return null;
        var burden = endpoint.Metadata.GetMetadata<Mark>() is { } mark && mark.When?.Invoke(context) != false ? mark.Burden : (Burden?)null;
        if (burden is not (null or Burden.Rest) || !context.Request.QueryString.HasValue)
            return burden;
        var query = context.Request.Query;
        return query.ContainsKey("known") ? Burden.Corrected
            : NotPresent.Any(query.ContainsKey) ? Burden.Past
            : burden;
    }

    private sealed record Mark(Burden Burden, Func<HttpContext, bool>? When);
}
