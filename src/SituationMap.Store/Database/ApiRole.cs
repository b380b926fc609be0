using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>
/// The role as which a server works, which is not the owner's: it can add facts and rows of the audit record, and neither change nor remove
/// any. <c>grant_api</c> in the store says what it may.
/// </summary>
public static class ApiRole
{
    /// <summary>Its name in an embedded cluster.</summary>
    public const string Name = "situationmap_api";

    /// <summary>Makes the role of an embedded cluster with a new password, which nobody has to keep: its server is the only one.</summary>
    /// <returns>The connection string that leads in as this role.</returns>
    public static async Task<string> MakeAsync(string ownerConnectionString, CancellationToken cancellation)
    {
        var api = new NpgsqlConnectionStringBuilder(ownerConnectionString)
        {
            Username = Name,
            Password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)),
        };
        await PrepareAsync(ownerConnectionString, api, cancellation);
        return api.ConnectionString;
    }

    /// <summary>Makes the role that a connection string names, sets its password, and grants it what a server needs.</summary>
    /// <exception cref="PostgresException">The owner may not make roles.</exception>
    public static async Task PrepareAsync(string ownerConnectionString, NpgsqlConnectionStringBuilder api, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(ownerConnectionString, cancellation);
        var verifier = VerifierOf(api.Password!);
        try
        {
            await ExecuteAsync("CREATE ROLE %I LOGIN PASSWORD %L");
        }
        catch (PostgresException failure)
            when (failure.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            await ExecuteAsync("ALTER ROLE %I LOGIN PASSWORD %L");
        }
        await GrantAsync(connection, api.Username!, cancellation);

        async Task ExecuteAsync(string form)
        {
            // such a statement takes no parameters; PostgreSQL itself quotes them
            await using var quote = connection.Command($"SELECT format('{form}', $1, $2)", api.Username!, verifier);
            await using var execute = connection.Command((string)(await quote.ExecuteScalarAsync(cancellation))!);
            await execute.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Grants the role of a connection string what a server needs, also of tables that have just come.</summary>
    public static async Task GrantAsync(string ownerConnectionString, string apiConnectionString, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(ownerConnectionString, cancellation);
        await GrantAsync(connection, new NpgsqlConnectionStringBuilder(apiConnectionString).Username!, cancellation);
    }

    private static async Task GrantAsync(NpgsqlConnection connection, string role, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var grant = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch($"SELECT pg_advisory_xact_lock({LockKeys.Grants})"),
                Sql.InBatch("SELECT situation.grant_api($1)", role),
            },
        };
        await grant.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>
    /// What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5803). It is computed here, for a statement with the password itself would
    /// stand in the log of every server that logs statements, or just those that fail.
    /// </summary>
    private static string VerifierOf(string password)
    {
        const int Iterations = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        // normalized as Npgsql does it when it signs in
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            password.Normalize(NormalizationForm.FormKC),
            salt,
            Iterations,
            HashAlgorithmName.SHA256,
            SHA256.HashSizeInBytes
        );
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}"
            + $"${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }
}
