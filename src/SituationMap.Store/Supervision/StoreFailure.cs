using Npgsql;

namespace SituationMap.Store.Supervision;

/// <summary>Tells a store that is away, too busy, or not to be written to, from a mistake of ours.</summary>
public static class StoreFailure
{
    /// <summary>Whether the same may succeed in a moment, or once somebody has seen to the store: nothing is wrong with what was
    /// asked.</summary>
    public static bool IsPassing(Exception failure) => Describe(failure) is not null;

    /// <summary>
    /// Why the store cannot do it now, in words for people that follow "for": PostgreSQL's own, which may tell of files and rows, never
    /// leave the log. Null: the failure is none of the store's, or one of what was asked.
    /// </summary>
    public static string? Describe(Exception failure) =>
        failure switch
        {
            PostgresException postgres => Describe(postgres),
            NpgsqlException { InnerException: PostgresException postgres } => Describe(postgres),
            NpgsqlException => "the database is away or does not answer",
            // such as that of an installer, around that of its connection
            { InnerException: { } inner } => Describe(inner),
            _ => null,
        };

    /// <summary>Whether the connection leads to a store that takes nothing: a standby, or one that was made read-only.</summary>
    public static bool IsReadOnly(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    private static string? Describe(PostgresException postgres) =>
        postgres.SqlState switch
        {
            PostgresErrorCodes.DiskFull => "the database's disk is full: free some space there",
            PostgresErrorCodes.OutOfMemory => "the database is out of memory",
            PostgresErrorCodes.TooManyConnections => "the database has no connections left: raise its max_connections or close others",
            PostgresErrorCodes.ReadOnlySqlTransaction => "the database is read-only",
            PostgresErrorCodes.IoError or PostgresErrorCodes.SystemError => "the database cannot read or write its disk",
            PostgresErrorCodes.UndefinedFile
            or PostgresErrorCodes.DuplicateFile
            or PostgresErrorCodes.DataCorrupted
            or PostgresErrorCodes.IndexCorrupted => "files of the database are missing or damaged: restore it from a backup",
            PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName => "the database does not let the server in: check its role, password and name",
            PostgresErrorCodes.ObjectNotInPrerequisiteState => "the database takes no connections",
            ['5', '7', 'P', '0', _] => "the database is being stopped or restarted",
            ['5', '3', ..] => "the database has nothing left to work with",
            ['0', '8', ..] => "the database is away or does not answer",
            _ => postgres.IsTransient ? "the database is busy" : null,
        };
}
