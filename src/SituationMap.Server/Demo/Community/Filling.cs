using Npgsql;

namespace SituationMap.Server.Demo.Community;

/// <summary>Filling an empty store: in one transaction, with ids of its own, and without a row in the feed for each thing.</summary>
internal static class Filling
{
    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var begin = new NpgsqlCommand("SET LOCAL situation.filling = 'on'", connection, transaction);
        await begin.ExecuteNonQueryAsync(cancellation);
        return transaction;
    }

    /// <summary>What is added from here on gets the ids after the copied ones.</summary>
    public static async Task CommitAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using (
            var ids = new NpgsqlCommand(
                """
                SELECT setval(pg_get_serial_sequence('grid', 'id'), max(id)) FROM grid;
                SELECT setval(pg_get_serial_sequence('building', 'id'), max(id)) FROM building;
                SELECT setval(pg_get_serial_sequence('household', 'id'), max(id)) FROM household;
                SELECT setval(pg_get_serial_sequence('person', 'id'), max(id)) FROM person;
                SELECT setval(pg_get_serial_sequence('checkpoint', 'id'), max(id)) FROM checkpoint;
                SELECT setval(pg_get_serial_sequence('road', 'id'), max(id)) FROM road;
                SELECT setval(pg_get_serial_sequence('zone', 'id'), max(id)) FROM zone;
                SELECT setval(pg_get_serial_sequence('worker', 'id'), max(id)) FROM worker;
                SELECT setval(pg_get_serial_sequence('post', 'id'), max(id)) FROM post;
                SELECT settle_passages(ARRAY(SELECT id FROM checkpoint), clock_timestamp());
                """,
                transaction.Connection,
                transaction
            )
            {
                CommandTimeout = 0,
            }
        ) // a city takes as long as it takes
        {
            await ids.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }
}
