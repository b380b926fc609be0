using SituationMap.Store.Settings;

namespace SituationMap.Store.Database;

/// <summary>
/// Where the store is, whatever is in it: in the PostgreSQL that the configuration names, else in an embedded one that lives as long as
/// this object.
/// </summary>
/// <param name="Embedded">The PostGIS of our own; null where the configuration names another.</param>
/// <param name="Served">Leads in as whoever serves; of an embedded one as its owner, for the role is made at each start.</param>
/// <param name="Owner">Leads in as the owner; the same where the configuration names only one.</param>
public sealed record StoreLocation(EmbeddedPostgis? Embedded, string Served, string Owner) : IAsyncDisposable
{
    /// <param name="mayInstall">Whether missing packages may be installed on this machine.</param>
    /// <param name="mayJoin">Whether it may be used beside a server that runs on the data folder.</param>
    /// <exception cref="StartupException">The embedded one cannot be started; the message says what mends it.</exception>
    public static async Task<StoreLocation> FindAsync(
        IConfiguration configuration,
        SituationMapOptions options,
        bool mayInstall,
        bool mayJoin,
        IProgress<string> progress,
        CancellationToken cancellation
    )
    {
        if (configuration.GetConnectionString(Databases.ConnectionName) is { } served && !string.IsNullOrWhiteSpace(served))
        {
            var owner = configuration.GetConnectionString(Databases.OwnerConnectionName);
            return new StoreLocation(
                null,
                Databases.ToPrimary(served),
                Databases.ToPrimary(string.IsNullOrWhiteSpace(owner) ? served : owner)
            );
        }
        var embedded = await EmbeddedPostgis.StartAsync(
            new EmbeddedPostgisSettings(options.DataFolder, mayInstall, MayJoin: mayJoin),
            progress,
            cancellation
        );
        return new StoreLocation(embedded, embedded.ConnectionString, embedded.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (Embedded is not null)
            await Embedded.DisposeAsync();
    }
}
