using Npgsql;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Database;

/// <summary>
/// Brings a database's schema to what this program needs: applies the numbered steps that are missing, each in its
/// transaction, one program at a time. Refuses a database it does not understand.
/// </summary>
public static class Migrator
{
    // dollar quotes that no step uses itself
    private const string Quote = "$situationmap_step$";
    private const string InnerQuote = "$situationmap_text$";

    /// <summary>
    /// Applies what is missing and gives how many steps that were, the functions as one; 0 where the database was up to date.
    /// </summary>
    /// <param name="connectionString">A user who may create a schema; the very first time also the extensions PostGIS and ltree.</param>
    /// <param name="migrations">All steps in order, normally <see cref="Migration.Embedded"/>.</param>
    /// <param name="functions">What the database is to have after them; null: <see cref="StoreFunctions.Embedded"/>.</param>
    /// <exception cref="StartupException">The database is newer than the program, was made by other steps, or lacks rights.</exception>
    public static async Task<int> MigrateAsync(
        string connectionString,
        IReadOnlyList<Migration> migrations,
        IProgress<string> progress,
        CancellationToken cancellationToken,
        StoreFunctions? functions = null
    )
    {
        functions ??= StoreFunctions.Embedded;
        return await ConnectAsync(
            connectionString,
            async connection =>
            {
                // whoever only serves owns nothing and could not make the schema, and need not
                if (await IsUpToDateAsync(connection, migrations, functions, cancellationToken))
                    return 0;
                await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKeys.Migration})", cancellationToken);
                await ExecuteAsync(
                    connection,
                    """
                    CREATE SCHEMA IF NOT EXISTS situation;
                    CREATE TABLE IF NOT EXISTS situation.schema_version (
                      version     int PRIMARY KEY CHECK (version >= 1),
                      name        text NOT NULL,
                      checksum    text NOT NULL,               -- SHA-256 of the step's text
                      applied_at  timestamptz NOT NULL DEFAULT now()
                    );
                    """,
                    cancellationToken
                );
                var applied = await ReadAppliedAsync(connection, cancellationToken);
                Check(applied, migrations);
                var missing = migrations.Skip(applied.Count).ToList();
                foreach (var migration in missing)
                {
                    progress.Report($"Preparing the database: {migration.Name}");
                    await ApplyAsync(connection, migration, cancellationToken);
                }
                if (await functions.FindFaultAsync(connection, cancellationToken) is not { } fault)
                    return missing.Count;
                progress.Report($"Preparing the database: {fault}, made anew");
                await functions.ReplaceAsync(connection, cancellationToken);
                return missing.Count + 1;
            },
            cancellationToken
        );
    }

    /// <summary>Refuses a database that is not as this program needs it, and changes nothing: a server is at work on it.</summary>
    public static Task CheckAsync(string connectionString, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken) =>
        ConnectAsync(
            connectionString,
            async connection =>
                await IsUpToDateAsync(connection, migrations, StoreFunctions.Embedded, cancellationToken)
                    ? 0
                    : throw new StartupException(
                        "The server that runs on this data folder is of an earlier version, or has only just begun to make its store: "
                            + "use the program that it was started with, or stop it first."
                    ),
            cancellationToken
        );

    /// <summary>Removes everything of ours from a database: the store and the schedule of jobs. The extensions stay.</summary>
    public static Task DropAsync(string connectionString, CancellationToken cancellationToken) =>
        ConnectAsync(
            connectionString,
            async connection =>
            {
                await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKeys.Migration})", cancellationToken);
                await ExecuteAsync(connection, "DROP SCHEMA IF EXISTS situation, hangfire CASCADE", cancellationToken);
                return 0;
            },
            cancellationToken
        );

    /// <summary>Does something on a connection of its own: it must not know the types that steps are about to create, and its end frees
    /// the lock.</summary>
    /// <exception cref="StartupException">It fails for reasons of the database; the message says what mends it.</exception>
    public static async Task<T> ConnectAsync<T>(
        string connectionString,
        Func<NpgsqlConnection, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        var own = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return await work(connection);
        }
        catch (PostgresException failure)
        {
            throw new StartupException(Explain(failure, own), failure);
        }
        catch (NpgsqlException failure)
        {
            throw Unreachable(own, failure);
        }
    }

    private static async Task<bool> IsUpToDateAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Migration> migrations,
        StoreFunctions functions,
        CancellationToken cancellationToken
    )
    {
        await using (
            var find = connection.Command(
                "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'situation' AND tablename = 'schema_version')"
            )
        )
        {
            if (!(bool)(await find.ExecuteScalarAsync(cancellationToken))!)
                return false;
        }
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        Check(applied, migrations);
        if (applied.Count < migrations.Count)
            return false;
        if (await functions.FindFaultAsync(connection, cancellationToken) is not { } fault)
            return true;
        await using var owns = connection.Command("SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'situation'");
        return (bool)(await owns.ExecuteScalarAsync(cancellationToken))!
            ? false
            : throw new StartupException(
                $"The database {connection.Database} is not as this program needs it ({fault}), and the user "
                    + $"{connection.UserName} may not mend that: start as its owner, or name him in ConnectionStrings:SituationMapOwner."
            );
    }

    private static void Check(IReadOnlyList<AppliedStep> applied, IReadOnlyList<Migration> migrations)
    {
        if (applied.Count > 0 && applied[^1].Version > migrations[^1].Version)
            throw new StartupException(
                $"The database is at schema version {applied[^1].Version}, this program knows {migrations[^1].Version}: "
                    + "it was made by a newer SituationMap. Use that one; the store is never taken back."
            );
        for (var i = 0; i < applied.Count; i++)
        {
            if (applied[i].Version != migrations[i].Version)
                throw new StartupException(
                    $"The database lacks step {migrations[i].Name} though later ones were applied; it was not made by SituationMap alone."
                );
            if (applied[i].Checksum != migrations[i].Checksum)
                throw new StartupException(
                    $"Step {migrations[i].Name} was applied with another text than this program's. An applied step never changes: "
                        + "put its old text back and add a further step, or start over with an empty database (demo --reset)."
                );
        }
    }

    private static async Task<IReadOnlyList<AppliedStep>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("SELECT version, checksum FROM situation.schema_version ORDER BY version");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new List<AppliedStep>();
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(new AppliedStep(reader.GetInt32(0), reader.GetString(1)));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteTextAsync(connection, migration.Sql, cancellationToken);
        await using var record = connection.Command(
            "INSERT INTO situation.schema_version (version, name, checksum) VALUES ($1, $2, $3)",
            migration.Version,
            migration.Name,
            migration.Checksum
        );
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Runs a file's text in the connection's transaction, our schema first on the search path.</summary>
    public static async Task ExecuteTextAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "SET LOCAL search_path = situation, public", cancellationToken);
        // Npgsql cuts a text into statements at its semicolons, those within BEGIN ATOMIC … END included. So PostgreSQL gets the
        // text as one string and cuts it itself.
        await ExecuteAsync(connection, $"DO {Quote} BEGIN EXECUTE {InnerQuote}{text}{InnerQuote}; END {Quote}", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // another program may be migrating, or a large table rebuilding: that takes as long as it takes
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Explain(PostgresException failure, NpgsqlConnectionStringBuilder connection) =>
        failure.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege =>
                $"The user {connection.Username} lacks a right in the database {connection.Database}: {failure.MessageText}. A "
                    + "superuser gives it once: "
                    + "CREATE EXTENSION IF NOT EXISTS postgis; CREATE EXTENSION IF NOT EXISTS ltree; GRANT CREATE ON DATABASE "
                    + $"\"{connection.Database}\" TO \"{connection.Username}\"; "
                    + "Where the server has a role of its own: prepare, with ConnectionStrings:SituationMapOwner.",
            // "extension is not available", and the older "could not open extension control file"
            PostgresErrorCodes.FeatureNotSupported
            or PostgresErrorCodes.UndefinedFile when failure.MessageText.Contains("extension", StringComparison.Ordinal) =>
                $"The PostgreSQL server at {connection.Host} lacks PostGIS or ltree: {failure.MessageText}. Install them there "
                    + "(Debian: postgresql-…-postgis-3, postgresql-contrib).",
            PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName =>
                $"The database at {connection.Host} does not let us in: {failure.MessageText}. Look at ConnectionStrings:SituationMap.",
            _ when StoreFailure.Describe(failure) is { } why => $"The database at {connection.Host} cannot be used, for {why}.",
            _ => $"The database could not be prepared: {failure.MessageText} ({failure.SqlState})",
        };

    private static StartupException Unreachable(NpgsqlConnectionStringBuilder connection, NpgsqlException failure) =>
        new(
            $"The database at {connection.Host}:{connection.Port} cannot be reached: {(failure.InnerException ?? failure).Message}",
            failure
        );

    private readonly record struct AppliedStep(int Version, string Checksum);
}
