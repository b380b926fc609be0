using SituationMap.Server.Access;
using SituationMap.Server.Demo.Community;
using SituationMap.Store;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>What happens around serving: the store is opened before anything listens, and closed when nothing listens any more.</summary>
internal static class Serving
{
    /// <summary>
    /// Reads the settings and protocols, opens the store, fills an empty one with the demo community, and registers them,
    /// telling on the console how far it is. The caller disposes the store after the application has stopped.
    /// </summary>
    public static async Task<PostgisStore> AddStoreAsync(
        this WebApplicationBuilder builder,
        Invocation invocation,
        CancellationToken cancellationToken
    )
    {
        var options = SituationMapOptions.Read(builder.Configuration);
        CheckAddress(builder.Configuration);
        var protocols = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), options);
        var store = await ConsoleProgress.WhileAsync(async progress =>
        {
            var opened = await PostgisStore.OpenAsync(
                builder.Configuration,
                options,
                invocation.MayInstall,
                progress,
                cancellationToken,
                asOwner: false
            );
            try
            {
                await FillAsync(opened, options, protocols, progress, cancellationToken);
                return opened;
            }
            catch
            {
                // broken off: an embedded PostgreSQL must not stay behind
                await opened.DisposeAsync();
                throw;
            }
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(protocols);
        builder.Services.AddSingleton(store.DataSource);
        builder.Services.AddSingleton(store.Embedded?.Folder ?? DataFolder.AsConfigured(options.DataFolder));
        if (store.Embedded is { } embedded)
            builder.Services.AddSingleton(embedded).AddHostedService<EmbeddedPostgisKeeper>();
        return store;
    }

    /// <summary>Fills an empty store with the demo community, unless the settings say otherwise.</summary>
    public static async Task FillAsync(
        PostgisStore store,
        SituationMapOptions options,
        ProtocolCatalog protocols,
        IProgress<string> progress,
        CancellationToken cancellationToken
    )
    {
        if (!options.Demo || !await store.IsEmptyAsync(cancellationToken))
            return;
        // before anything is loaded: without the keys there would be half a demo
        var vault = await PersonVault.OpenAsync(store, options, cancellationToken);
        await using var owner = Databases.Open(store.OwnerConnectionString);
        await DemoCommunity.LoadAsync(owner, protocols.Plan, TimeProvider.System.GetUtcNow(), progress, cancellationToken);
        await DemoDetails.LoadAsync(owner, vault, cancellationToken);
    }

    /// <summary>Says at once what Kestrel would say after all the setting up. Addresses of a Kestrel section are left to Kestrel.</summary>
    private static void CheckAddress(ConfigurationManager configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
            return;
        var finding = MachineCheck.Address(configuration["urls"] ?? LocalMode.DefaultAddress, isRunning: false);
        if (finding.Verdict == Verdict.Missing)
            throw new StartupException($"{finding.What}. {finding.Mend}");
    }

    /// <summary>One line for whoever started it, once it listens.</summary>
    public static void TellWhereTheMapIs(this WebApplication app) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var local = app.Services.GetRequiredService<LocalMode>();
            var address = local.AddressToOpen(AddressToOpen(app.Urls.FirstOrDefault() ?? LocalMode.DefaultAddress));
            Console.WriteLine($"The map is at {address} (Ctrl+C stops the server)");
        });

    /// <summary>An address to listen on as one to open: one that stands for all of the machine's becomes localhost.</summary>
    public static string AddressToOpen(string url)
    {
        var address = BindingAddress.Parse(url);
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}/";
    }
}
