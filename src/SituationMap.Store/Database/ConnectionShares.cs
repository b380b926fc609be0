using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>
/// How the connections of a server's pool are shared out, so that none of these takes those of the others. What is left is the server's
/// own: to listen, follow, recompute, send.
/// </summary>
/// <param name="Intake">Facts.</param>
/// <param name="Past">What was so, as shown and as corrected.</param>
/// <param name="Rest">All else that is asked.</param>
public sealed record ConnectionShares(int Intake, int SignIn, int Past, int Exports, int Rest)
{
    /// <summary>Three listen all the time, four send, and others look, follow and recompute.</summary>
    private const int ForServer = 10;

    /// <summary>One for each, and the server's own.</summary>
    public const int Fewest = ForServer + 6;

    /// <summary>The jobs have a pool of their own, of so many.</summary>
    public const int Jobs = 10;

    /// <summary>PostgreSQL takes 100 where nobody says otherwise, and keeps a few to itself; this leaves some for the jobs and
    /// verbs.</summary>
    public const int Usual = 75;

    /// <param name="connections">Those of the pool, at least <see cref="Fewest"/>.</param>
    public static ConnectionShares Of(int connections)
    {
        var shared = connections - Math.Max(ForServer, connections / 4);
        var (intake, eighth) = (Math.Max(1, shared / 3), Math.Max(1, shared / 8));
        return new(intake, SignIn: eighth, Past: eighth, Exports: eighth, Rest: shared - intake - (3 * eighth));
    }

    /// <summary>Whether a pool is large enough to be shared out, and PostgreSQL takes all its connections and those of the jobs.</summary>
    /// <exception cref="StartupException">It is not; the message says what mends it.</exception>
    public static async Task CheckAsync(NpgsqlDataSource database, int connections, CancellationToken cancellation)
    {
        const string setting = $"Maximum Pool Size in ConnectionStrings:{Databases.ConnectionName}";
        if (connections < Fewest)
            throw new StartupException($"{setting} is {connections}, and a server needs at least {Fewest}.");
        await using var command = database.Command(
            """
            SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                   - COALESCE(current_setting('reserved_connections', true), '0')::int -- since PostgreSQL 16
            """
        );
        var taken = (int)(await command.ExecuteScalarAsync(cancellation))!;
        if (connections + Jobs > taken)
        {
            throw new StartupException(
                $"PostgreSQL takes {taken} connections and this server may open {connections + Jobs}: "
                    + $"set {setting} to at most {taken - Jobs}, or raise PostgreSQL's max_connections."
            );
        }
    }
}
