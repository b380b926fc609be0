using Npgsql;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Database;

/// <summary>
/// The store, open and with the schema this program needs: in the PostgreSQL that the configuration names
/// (<c>ConnectionStrings:SituationMap</c>), else in an embedded one that lives as long as this object. It is migrated as its owner
/// (<c>ConnectionStrings:SituationMapOwner</c>, where the other one leads in as a role that owns nothing) and served as
/// <see cref="ApiRole"/>.
/// </summary>
public sealed class PostgisStore : IAsyncDisposable
{
    private PostgisStore(EmbeddedPostgis? embedded, string connectionString, string ownerConnectionString)
    {
        Embedded = embedded;
        (ConnectionString, OwnerConnectionString) = (connectionString, ownerConnectionString);
        DataSource = Databases.Open(connectionString);
    }

    /// <summary>The PostGIS of our own; null where the configuration names another.</summary>
    public EmbeddedPostgis? Embedded { get; }

    /// <summary>For those who bring their own connections, such as Hangfire.</summary>
    public string ConnectionString { get; }

    /// <summary>Of whoever may do everything; the same where the configuration names only one.</summary>
    public string OwnerConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>How many connections its data source may open.</summary>
    public int Connections => new NpgsqlConnectionStringBuilder(DataSource.ConnectionString).MaxPoolSize;

    /// <summary>Opens the store and brings its schema up to date.</summary>
    /// <param name="mayInstall">Whether missing packages may be installed on this machine.</param>
    /// <param name="startOver">Whether to remove everything of ours from the database first.</param>
    /// <param name="asOwner">Whether as its owner, as most verbs do, or as the role that serves.</param>
    /// <exception cref="StartupException">It cannot be opened; the message says what mends it.</exception>
    public static async Task<PostgisStore> OpenAsync(
        IConfiguration configuration,
        SituationMapOptions options,
        bool mayInstall,
        IProgress<string> progress,
        CancellationToken cancellationToken,
        bool startOver = false,
        bool asOwner = true
    )
    {
        // serving and starting over need the data folder for themselves; all else may be done beside a server that has it
        var location = await StoreLocation.FindAsync(
            configuration,
            options,
            mayInstall,
            mayJoin: asOwner && !startOver,
            progress,
            cancellationToken
        );
        try
        {
            var (served, owner) = (location.Served, location.Owner);
            if (startOver)
                await Migrator.DropAsync(owner, cancellationToken);
            if (location.Embedded is { IsJoined: true })
                await Migrator.CheckAsync(owner, Migration.Embedded, cancellationToken);
            else
            {
                var steps = await Migrator.MigrateAsync(owner, Migration.Embedded, progress, cancellationToken);
                if (location.Embedded is not null)
                    served = await ApiRole.MakeAsync(owner, cancellationToken);
                else if (steps > 0 && owner != served)
                    await ApiRole.GrantAsync(owner, served, cancellationToken);
            }
            var store = new PostgisStore(location.Embedded, asOwner ? owner : served, owner);
            if (!asOwner)
                await ConnectionShares.CheckAsync(store.DataSource, store.Connections, cancellationToken);
            return store;
        }
        catch
        {
            await location.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether there is nothing in it but the schema.</summary>
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        await using var command = DataSource.Command("SELECT NOT EXISTS (SELECT FROM grid)");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (Embedded is not null)
            await Embedded.DisposeAsync();
    }
}
