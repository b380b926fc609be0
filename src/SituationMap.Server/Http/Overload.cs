using System.Threading.RateLimiting;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Server.Http;

/// <summary>
/// Bounds how many requests ask the store at once: as many as it has connections for, some more wait in line, and the rest are told
/// at once to come back (503, <c>Retry-After</c>). What is answered from the snapshot needs no connection and is never held up.
/// </summary>
internal static class Overload
{
    /// <summary>Seconds after which a client that was sent away may well be served.</summary>
    public const string RetryAfter = "1";

    /// <summary>How many wait in line for each one that is served: the last of them still has its answer before a client gives up.</summary>
    private const int WaitingForEach = 4;

    /// <summary>Parameters that ask about the past or about what is planned, which is read from the store wherever the present is in the snapshot.</summary>
    private static readonly string[] NotPresent = ["at", "known", "datetime", "state"];

    public static IServiceCollection AddOverload(this IServiceCollection services, PostgisStore store)
    {
        // a quarter is left to the server's own work: following the feed, recomputing, listening
        var served = Math.Max(1, new NpgsqlConnectionStringBuilder(store.ConnectionString).MaxPoolSize * 3 / 4);
        var limits = new ConcurrencyLimiterOptions { PermitLimit = served, QueueLimit = served * WaitingForEach };
        return services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, bool>(_ => RateLimitPartition.GetConcurrencyLimiter(true, _ => limits));
        });
    }

    public static IApplicationBuilder UseOverload(this IApplicationBuilder app) => app.UseWhen(UsesStore, asking => asking.UseRateLimiter());

    /// <summary>Marks what asks the store even about the present.</summary>
    /// <param name="when">Which requests do; null: all.</param>
    public static TBuilder UsesStore<TBuilder>(this TBuilder builder, Func<HttpContext, bool>? when = null)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Mark(when));

    private static bool UsesStore(HttpContext context) =>
        context.GetEndpoint() is { } endpoint
        && ((endpoint.Metadata.GetMetadata<Mark>() is { } mark && mark.When?.Invoke(context) != false)
            || (context.Request.QueryString.HasValue && NotPresent.Any(context.Request.Query.ContainsKey)));

    private sealed record Mark(Func<HttpContext, bool>? When);
}
