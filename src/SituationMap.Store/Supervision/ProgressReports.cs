using Npgsql;

namespace SituationMap.Store.Supervision;

/// <summary>Reports how far some work is, for as long as it lasts.</summary>
public static class ProgressReports
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for the work, and calls <paramref name="report"/> again and again meanwhile.</summary>
    public static async Task<T> ReportingAsync<T>(this Task<T> work, Func<Task> report)
    {
        while (await Task.WhenAny(work, Task.Delay(Every)) != work)
            await IfReachableAsync(report);
        return await work;
    }

    /// <summary>Reports to the store where it can be reached; while it is away nothing is to be done about it.</summary>
    public static async Task IfReachableAsync(Func<Task> report)
    {
        try
        {
            await report();
        }
        catch (NpgsqlException) { }
    }
}
