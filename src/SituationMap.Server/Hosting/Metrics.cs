using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Hosting;

/// <summary>What the server counts and times, for whoever runs it: OpenTelemetry meters, as Prometheus text at <c>/metrics</c>.</summary>
internal static class Metrics
{
    /// <summary>In seconds: a tile from memory takes microseconds, the past of a large city seconds.</summary>
    private static readonly double[] Durations =
    [
        0.00001,
        0.000025,
        0.00005,
        0.0001,
        0.00025,
        0.0005,
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ];

    /// <summary>Of requests, in seconds: fewer, for each route and status has a series of its own.</summary>
    private static readonly double[] RequestDurations = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 2.5];

    /// <summary>What tells requests apart: the route's pattern (none: no endpoint), never the path. All of it are a few hundred series,
    /// however odd the requests.</summary>
    private static readonly string[] OfRequests = ["http.route", "http.request.method", "http.response.status_code"];

    /// <summary>Of one instrument; what goes beyond is counted together.</summary>
    private const int MaxSeries = 1_000;

    public static IServiceCollection AddMeters(this IServiceCollection services)
    {
        services
            .AddOpenTelemetry()
            .ConfigureResource(server => server.AddService("situationmap"))
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(Meters.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.RateLimiting", "System.Runtime")
                    .AddView(
                        "http.server.request.duration",
                        new ExplicitBucketHistogramConfiguration
                        {
                            Boundaries = RequestDurations,
                            TagKeys = OfRequests,
                            RecordMinMax = false,
                            CardinalityLimit = MaxSeries,
                        }
                    )
                    .AddView(instrument =>
                        instrument is { Unit: "s", IsObservable: false, Name: not "http.server.request.duration" }
                            ? new ExplicitBucketHistogramConfiguration { Boundaries = Durations, CardinalityLimit = MaxSeries }
                            : null
                    )
                    .AddPrometheusExporter()
            );
        return services;
    }

    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder routes)
    {
        routes.MapPrometheusScrapingEndpoint("/metrics").RequiresRight(Right.Operate).DisableHttpMetrics();
        return routes;
    }
}
