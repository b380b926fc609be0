using Npgsql;

namespace SituationMap.Server.Database;

/// <summary>Tells a store that is away, or too busy, from a mistake of ours.</summary>
internal static class StoreFailure
{
    /// <summary>Whether the same may succeed in a moment: the connection broke or was refused, PostgreSQL is starting, stopping or full.</summary>
    public static bool IsPassing(Exception failure) => failure switch
    {
        PostgresException told => told.IsTransient || told.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.ObjectNotInPrerequisiteState, // the database takes no connections
        NpgsqlException => true,
        _ => false,
    };
}
