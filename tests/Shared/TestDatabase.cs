using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Testing;

/// <summary>A database for one test or test class, opened like the server opens its store.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgisCluster _cluster;
    private readonly string _name;
    private readonly Lazy<NpgsqlDataSource> _dataSource;

    internal TestDatabase(PostgisCluster cluster, string name)
    {
        _cluster = cluster;
        _name = name;
        ConnectionString = cluster.ConnectionStringOf(name);
        _dataSource = new Lazy<NpgsqlDataSource>(() => Databases.Open(ConnectionString));
    }

    /// <summary>As its owner, a superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>As the role that a server works as.</summary>
    public string ApiConnectionString => _cluster.ApiConnectionStringOf(_name);

    /// <summary>With our enums and geometry mapped, and the schema on the search path.</summary>
    public NpgsqlDataSource DataSource => _dataSource.Value;

    /// <summary>Runs statements, with $1, $2, … for the values.</summary>
    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row.</summary>
    public async Task<T> ReadAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            throw new InvalidOperationException($"No row came back from: {sql}");
        return await reader.GetFieldValueAsync<T>(0);
    }

    /// <summary>The first row.</summary>
    public async Task<T> ReadRowAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values) =>
        (await ReadRowsAsync(sql, read, values))[0];

    /// <summary>All rows.</summary>
    public async Task<IReadOnlyList<T>> ReadRowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Cuts all connections and takes no more until what this gives is disposed.</summary>
    public async Task<IAsyncDisposable> ShutAsync()
    {
        var shut = new Shut(this);
        await shut.AllowConnectionsAsync(false);
        return shut;
    }

    public async ValueTask DisposeAsync()
    {
        if (_dataSource.IsValueCreated)
            await _dataSource.Value.DisposeAsync();
        // sessions of a server that was not stopped do not keep it
        await _cluster.ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = DataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private sealed class Shut(TestDatabase database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await AllowConnectionsAsync(true);

        /// <summary>From another database of the same cluster.</summary>
        public async Task AllowConnectionsAsync(bool allowed)
        {
            await using var outside = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres", Pooling = false }
            );
            await using (var change = outside.CreateCommand("UPDATE pg_database SET datallowconn = $1 WHERE datname = $2"))
            {
                change.Parameters.Add(new() { Value = allowed });
                change.Parameters.Add(new() { Value = database._name });
                if (await change.ExecuteNonQueryAsync() != 1)
                    throw new InvalidOperationException($"There is no database {database._name}.");
            }
            await using var cut = outside.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1");
            cut.Parameters.Add(new() { Value = database._name });
            await cut.ExecuteNonQueryAsync();
        }
    }
}
