using Npgsql;

namespace SituationMap.Server.Database;

/// <summary>
/// The store, open and with the schema this program needs: in the PostgreSQL that the configuration names
/// (<c>ConnectionStrings:SituationMap</c>), else in an embedded one that lives as long as this object.
/// </summary>
internal sealed class Store : IAsyncDisposable
{
    private Store(EmbeddedPostgis? embedded, string connectionString)
    {
        Embedded = embedded;
        ConnectionString = connectionString;
        DataSource = Databases.Open(connectionString);
    }

    /// <summary>The PostGIS of our own; null where the configuration names another.</summary>
    public EmbeddedPostgis? Embedded { get; }

    /// <summary>For those who bring their own connections, such as Quartz.</summary>
    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Opens the store and brings its schema up to date.</summary>
    /// <param name="mayInstall">Whether missing packages may be installed on this machine.</param>
    /// <param name="startOver">Whether to remove everything of ours from the database first.</param>
    /// <exception cref="StartupException">It cannot be opened; the message says what mends it.</exception>
    public static async Task<Store> OpenAsync(
        IConfiguration configuration, SituationMapOptions options, bool mayInstall, IProgress<string> progress,
        CancellationToken cancellationToken, bool startOver = false)
    {
        EmbeddedPostgis? embedded = null;
        try
        {
            var connectionString = configuration.GetConnectionString(Databases.ConnectionName);
            if (string.IsNullOrWhiteSpace(connectionString))
            {
                embedded = await EmbeddedPostgis.StartAsync(new EmbeddedPostgisSettings(options.DataFolder, mayInstall), progress, cancellationToken);
                connectionString = embedded.ConnectionString;
            }

            if (startOver)
                await Migrator.DropAsync(connectionString, cancellationToken);
            await Migrator.MigrateAsync(connectionString, Migration.Embedded, progress, cancellationToken);
            return new Store(embedded, connectionString);
        }
        catch
        {
            if (embedded is not null)
                await embedded.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether there is nothing in it but the schema.</summary>
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("SELECT NOT EXISTS (SELECT FROM grid)");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (Embedded is not null)
            await Embedded.DisposeAsync();
    }
}
