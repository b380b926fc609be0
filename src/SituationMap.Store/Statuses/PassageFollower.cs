using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses;

/// <summary>Tells the feed in which direction each checkpoint was last passed, as the reports come in.</summary>
public static class PassageFollower
{
    /// <summary>Clocks of those who take reports in and of those who work on them may differ by this much.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Follows what was reported of these households since they were marked, in the caller's transaction, before it draws sequences
    /// itself: everybody locks first the checkpoints and then the feed's counter.
    /// </summary>
    /// <param name="markedFrom">When the first of them was marked.</param>
    /// <param name="now">When the feed says that it was recorded.</param>
    public static async Task FollowAsync(
        NpgsqlConnection connection,
        int[] households,
        DateTimeOffset markedFrom,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command("SELECT follow_passages($1, $2, $3)", households, markedFrom - ClocksDiffer, now);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
