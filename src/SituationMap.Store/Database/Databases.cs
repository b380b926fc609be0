using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;

namespace SituationMap.Store.Database;

/// <summary>Opens the store.</summary>
public static class Databases
{
    /// <summary>The name of the connection string in the configuration.</summary>
    public const string ConnectionName = "SituationMap";

    /// <summary>The name of the one that leads in as the owner of the schema.</summary>
    public const string OwnerConnectionName = "SituationMapOwner";

    private const int PreparedStatements = 64;

    /// <summary>So soon is another look taken at a server of several that was away or a standby: it may have been promoted.</summary>
    private const int LooksAgainAfterSeconds = 2;

    /// <summary>Of several servers the one that takes writes: whatever answers first may be a standby.</summary>
    public static string ToPrimary(string connectionString)
    {
        var way = new NpgsqlConnectionStringBuilder(connectionString);
        if (way.Host?.Contains(',', StringComparison.Ordinal) != true)
            return connectionString;
        way.TargetSessionAttributes ??= "primary";
        // its ContainsKey() is true of every keyword there is
        var given = way.Keys;
        if (!given.Contains("Host Recheck Seconds"))
            way.HostRecheckSeconds = LooksAgainAfterSeconds;
        return way.ConnectionString;
    }

    /// <summary>
    /// The one data source of a process: our schema first on the search path, geometry as NetTopologySuite, and the store's
    /// enums as ours. Make it after the migrations: it learns the database's types with its first connection.
    /// </summary>
    public static NpgsqlDataSource Open(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.SearchPath = "situation,public";
        builder.ConnectionStringBuilder.ApplicationName ??= "SituationMap";
        // parsed and planned once a connection: the same few statements follow each report
        if (builder.ConnectionStringBuilder.MaxAutoPrepare == 0)
            builder.ConnectionStringBuilder.MaxAutoPrepare = PreparedStatements;
        // its ContainsKey() is true of every keyword there is
        var given = builder.ConnectionStringBuilder.Keys;
        if (!given.Contains("Maximum Pool Size"))
            builder.ConnectionStringBuilder.MaxPoolSize = ConnectionShares.Usual;
        builder.UseNetTopologySuite();
        builder.MapEnum<Status>("situation.status");
        builder.MapEnum<FactKind>("situation.fact_kind", CamelCaseNames.Instance);
        builder.MapEnum<FeedKind>("situation.feed_kind");
        return builder.Build();
    }
}
