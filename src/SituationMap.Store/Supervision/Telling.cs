using Npgsql;

namespace SituationMap.Store.Supervision;

/// <summary>Tells others how far some work is, for as long as it lasts.</summary>
public static class Telling
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for the work and has it told meanwhile, by <paramref name="tell"/>, how far it is.</summary>
    public static async Task<T> ToldAsync<T>(this Task<T> work, Func<Task> tell)
    {
        while (await Task.WhenAny(work, Task.Delay(Every)) != work)
            await UnlessAwayAsync(tell);
        return await work;
    }

    /// <summary>Tells it where the store is there to be told; where it is away nothing is to be done about it.</summary>
    public static async Task UnlessAwayAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (NpgsqlException) { }
    }
}
