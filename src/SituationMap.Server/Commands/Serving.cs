using SituationMap.Server.Database;
using SituationMap.Server.Demo;
using SituationMap.Server.Protocols;

namespace SituationMap.Server.Commands;

/// <summary>What happens around serving: the store is opened before anything listens, and closed when nothing listens any more.</summary>
internal static class Serving
{
    /// <summary>
    /// Reads the settings and protocols, opens the store, fills an empty one with the demo community, and registers them,
    /// telling on the console how far it is. The caller disposes the store after the application has stopped.
    /// </summary>
    public static async Task<Store> AddStoreAsync(this WebApplicationBuilder builder, Invocation invocation, CancellationToken cancellationToken)
    {
        var options = SituationMapOptions.Read(builder.Configuration);
        CheckAddress(builder.Configuration);
        var protocols = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), options);
        var store = await ConsoleProgress.WhileAsync(async progress =>
        {
            var opened = await Store.OpenAsync(builder.Configuration, options, invocation.MayInstall, progress, cancellationToken);
            if (options.Demo && await opened.IsEmptyAsync(cancellationToken))
                await DemoCommunity.LoadAsync(opened.DataSource, protocols.Plan, TimeProvider.System.GetUtcNow(), progress, cancellationToken);
            return opened;
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(protocols);
        builder.Services.AddSingleton(store.DataSource);
        return store;
    }

    /// <summary>Says at once what Kestrel would say after all the setting up. Addresses of a Kestrel section are left to Kestrel.</summary>
    private static void CheckAddress(ConfigurationManager configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
            return;
        var finding = MachineCheck.Address(configuration["urls"] ?? MachineCheck.DefaultAddress, isRunning: false);
        if (finding.Verdict == Verdict.Missing)
            throw new StartupException($"{finding.What}. {finding.Mend}");
    }

    /// <summary>One line for whoever started it, once it listens.</summary>
    public static void TellWhereTheMapIs(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        // an address that stands for all of the machine's is no address to open
        var address = app.Urls.FirstOrDefault()?
            .Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal);
        Console.WriteLine($"The map is at {address}/ (Ctrl+C stops the server)");
    });
}
