namespace SituationMap.Benchmarks;

internal static class Wait
{
    /// <summary>Asks again and again, with a pause between, until the answer is yes.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan pause, CancellationToken cancellation)
    {
        using var tick = new PeriodicTimer(pause);
        while (!await condition())
            await tick.WaitForNextTickAsync(cancellation);
    }
}
