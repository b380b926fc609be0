using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>Which PostgreSQL it is that a connection string names.</summary>
/// <param name="Postgis">The version that could be installed or is; null: there is none.</param>
public sealed record ServerVersions(string Host, string Database, string Postgres, string? Postgis)
{
    /// <exception cref="NpgsqlException">It cannot be reached.</exception>
    /// <exception cref="ArgumentException">That is no connection string.</exception>
    public static async Task<ServerVersions> ReadAsync(string connectionString, CancellationToken cancellation)
    {
        var own = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var read = connection.Command(
            "SELECT current_setting('server_version'), (SELECT default_version FROM pg_available_extensions WHERE name = 'postgis')"
        );
        await using var reader = await read.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new ServerVersions(own.Host!, own.Database!, reader.GetString(0), reader.TextOrNull(1));
    }
}
