using SituationMap.Store.Database;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Hosting;

internal static class HostingServices
{
    /// <summary>What keeps the server's own work going and tells when it does not.</summary>
    public static IServiceCollection AddSupervision(this IServiceCollection services)
    {
        // ours all go on by themselves; one of a library that does not is logged, and no reason to stop the others
        services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        services.AddSingleton<Supervisor>();
        services.AddSingleton<StoreGauges>().AddHostedService(provider => provider.GetRequiredService<StoreGauges>());
        return services.AddSingleton<StoreProbe>().AddHostedService(provider => provider.GetRequiredService<StoreProbe>());
    }
}
