using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>Commands with their parameters, which are $1, $2, … in their order.</summary>
public static class Sql
{
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params ReadOnlySpan<SqlValue> values) =>
        database.CreateCommand(sql).With(values);

    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<SqlValue> values) =>
        new NpgsqlCommand(sql, connection).With(values);

    /// <summary>It may take as long as it takes.</summary>
    public static NpgsqlCommand Unlimited(this NpgsqlCommand command)
    {
        command.CommandTimeout = 0;
        return command;
    }

    /// <summary>One of the commands of a batch.</summary>
    public static NpgsqlBatchCommand InBatch(string sql, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value.Parameter);
        return command;
    }

    private static NpgsqlCommand With(this NpgsqlCommand command, ReadOnlySpan<SqlValue> values)
    {
        foreach (var value in values)
            command.Parameters.Add(value.Parameter);
        return command;
    }
}
