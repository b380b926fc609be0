using Npgsql;

namespace SituationMap.Server.Database;

internal static class Rows
{
    /// <summary>What each row of a result says, in its order.</summary>
    public static async Task<T[]> ReadAllAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        var items = new List<T>();
        while (await reader.ReadAsync(cancellation))
            items.Add(read(reader));
        return [.. items];
    }
}
