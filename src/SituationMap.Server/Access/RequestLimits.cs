using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Access;

/// <summary>
/// How often one account, or one address that nobody has signed in from, may ask: so that no one takes the server from the others, and
/// passwords cannot be tried by the thousand. Whoever is past it is told when to come back (429, <c>Retry-After</c>). Local mode has no
/// limit.
/// </summary>
internal sealed class RequestLimits(SituationMapOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<(Kind Kind, string Who)> _limits = PartitionedRateLimiter.Create<
        (Kind Kind, string Who),
        (Kind, string)
    >(asked => RateLimitPartition.GetTokenBucketLimiter(asked, _ => asked.Kind switch
            {
                Kind.Account => Bucket(options.RequestsPerSecond * 4, options.RequestsPerSecond),
                Kind.SignIn => Bucket(60, 1),
                Kind.Door => Bucket(30, 1),
                _ => Bucket(400, 40),
            }));

    private enum Kind
    {
        Account,
        Address,
        SignIn,
        Door,
    }

    /// <summary>Whether the household behind a door may report once more just now.</summary>
    /// <param name="door">The id of its code.</param>
    public bool MayReport(Guid door)
    {
        using var lease = _limits.AttemptAcquire((Kind.Door, door.ToString()));
        return lease.IsAcquired;
    }

    /// <summary>Null where the request may go on.</summary>
    public ProblemHttpResult? Refusal(HttpContext context, Caller? caller)
    {
        var isSignIn = HttpMethods.IsPost(context.Request.Method) && context.Request.Path == "/api/session";
        if (caller is { Kind: CallerKind.Local } && !isSignIn)
            return null;
        var asked =
            !isSignIn && caller is not null
                ? (Kind.Account, caller.Name)
                : (isSignIn ? Kind.SignIn : Kind.Address, context.Connection.RemoteIpAddress?.ToString() ?? "");
        using var lease = _limits.AttemptAcquire(asked);
        if (lease.IsAcquired)
            return null;
        var after = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = after.ToString(CultureInfo.InvariantCulture);
        return Problems.From(
            StatusCodes.Status429TooManyRequests,
            new Fault("too-many-requests", "request", "fewer requests in a second, and the next one when Retry-After has passed")
        );
    }

    public void Dispose() => _limits.Dispose();

    private static TokenBucketRateLimiterOptions Bucket(int most, int eachSecond) =>
        new()
        {
            TokenLimit = most,
            TokensPerPeriod = eachSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = true,
        };
}
