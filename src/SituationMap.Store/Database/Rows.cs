using Npgsql;

namespace SituationMap.Store.Database;

public static class Rows
{
    /// <summary>What each row of a result says, in its order.</summary>
    public static async Task<T[]> ReadAllAsync<T>(
        this NpgsqlDataReader reader,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation
    )
    {
        var items = new List<T>();
        while (await reader.ReadAsync(cancellation))
            items.Add(read(reader));
        return [.. items];
    }

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static DateTimeOffset? InstantOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);
}
