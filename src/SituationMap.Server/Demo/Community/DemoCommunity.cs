using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.Community;

/// <summary>Fills an empty store with the demo community and its last thirty days. <c>data/demo/README.md</c> tells what is real in
/// it.</summary>
internal static class DemoCommunity
{
    /// <summary>
    /// Loads the community with thirty days of reports that end at <paramref name="now"/>, and the history they left behind under
    /// <paramref name="plan"/>, in one transaction. The same <paramref name="now"/> gives the same rows to the byte. Statuses are
    /// right at <paramref name="now"/>; what falls due later is for the worker.
    /// </summary>
    public static async Task LoadAsync(
        NpgsqlDataSource database,
        ProtocolPlan plan,
        DateTimeOffset now,
        IProgress<string>? progress,
        CancellationToken cancellation
    )
    {
        progress?.Report("Building the demo community of 铁南社区 …");
        var clock = new DemoClock(now);
        var town = new DemoTown();
        var households = DemoPeople.Settle(town, clock);
        var reports = new DemoReports(town, households, clock);
        progress?.Report($"Working out the history of {reports.Facts.Count} reports …");
        var history = new DemoHistory(town.Checkpoints, households, reports, plan, now);

        progress?.Report($"Loading {town.Buildings.Count} buildings, {households.Count} households and their reports …");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await Filling.BeginAsync(connection, cancellation);
        var copy = new DemoCopy(connection, cancellation);
        await copy.TownAsync(town);
        await copy.PeopleAsync(households);
        await copy.ReportsAsync(reports);
        await copy.HistoryAsync(history);
        await copy.DutyAsync(new DemoDuty(town, clock, plan));
        await FinishAsync(connection, cancellation);
        await Filling.CommitAsync(transaction, cancellation);
    }

    private static async Task FinishAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var finish = new NpgsqlCommand(
            """
            UPDATE feed_counter SET (last, recorded_at) = (SELECT max(sequence), max(recorded_at) FROM feed);
            -- the first queries should not have to guess
            ANALYZE grid, building, household, person, checkpoint, road, zone, zone_version, zone_in_force, fact, household_status, feed;
            """,
            connection
        );
        await finish.ExecuteNonQueryAsync(cancellation);
    }
}
