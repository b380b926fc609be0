using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SituationMap.Store.Supervision;

namespace SituationMap.Testing;

/// <summary>For services that no server runs.</summary>
internal static class Supervised
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public static Supervisor By(TimeProvider clock) =>
        new(Services.GetRequiredService<IMeterFactory>(), clock, NullLogger<Supervisor>.Instance);
}
