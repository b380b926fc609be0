using System.Diagnostics;

namespace SituationMap.Testing;

/// <summary>One and the same day for whatever is to be the same each time: it begins at ten in the morning, and goes on as days
/// do.</summary>
public sealed class DemoDay : TimeProvider
{
    public static readonly DateTimeOffset Begin = new(2026, 2, 10, 10, 0, 0, TimeSpan.FromHours(8));

    private readonly long _start = Stopwatch.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => (Begin + Stopwatch.GetElapsedTime(_start)).ToUniversalTime();
}
