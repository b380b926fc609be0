using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Duty;

/// <summary>
/// Tells of what time alone changes at posts: that a gap has begun, that the chief is to be told. The instants stand in an indexed column,
/// so nothing is scanned, and a server that starts begins with what has come due meanwhile. Any number of servers may: what one has locked
/// the others skip.
/// </summary>
public sealed class DutyWorker(NpgsqlDataSource database, CoverSettler settler, TimeProvider clock, Supervisor supervisor)
    : BackgroundService
{
    private const int BatchSize = 200;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.KeepAsync("following who is at posts", SettleDueAsync, supervisor.Every(LookEvery), stoppingToken);

    /// <summary>Settles every post for which an instant has come at which time alone changes something.</summary>
    public async Task SettleDueAsync(CancellationToken cancellation)
    {
        var settled = BatchSize;
        while (settled == BatchSize)
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var due = connection.Command(
                "SELECT post FROM post_cover WHERE next_due <= $1 ORDER BY next_due LIMIT $2 FOR UPDATE SKIP LOCKED",
                clock.GetUtcNow(),
                BatchSize
            );
            int[] posts;
            await using (var reader = await due.ExecuteReaderAsync(cancellation))
                posts = await reader.ReadAllAsync(row => row.GetInt32(0), cancellation);
            settled = posts.Length;
            if (settled == 0)
                return;
            // the clock is read with the rows locked: an earlier time would take back what another server has told
            await settler.SettleAsync(connection, posts, clock.GetUtcNow(), cancellation);
            await transaction.CommitAsync(cancellation);
        }
    }
}
