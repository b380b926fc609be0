using System.Diagnostics;

namespace SituationMap.Benchmarks;

/// <summary>The times of one piece of work, ours and the floor's, measured in turn so that a slow minute of the machine meets
/// both.</summary>
internal sealed class Comparison(string what, string allowed)
{
    private readonly List<double> _ours = [];
    private readonly List<double> _floor = [];

    /// <summary>Milliseconds.</summary>
    public void Add(double ours, double floor)
    {
        _ours.Add(ours);
        _floor.Add(floor);
    }

    public static async Task<double> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>A markdown table; the ratio is that of the medians.</summary>
    public static void Print(IEnumerable<Comparison> comparisons)
    {
        Console.WriteLine("| | ours, ms (min–max) | floor, ms (min–max) | ours ÷ floor | allowed |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var comparison in comparisons)
            Console.WriteLine(comparison.Row());
    }

    private string Row() => $"| {what} | {Describe(_ours)} | {Describe(_floor)} | {Median(_ours) / Median(_floor):0.00} | {allowed} |";

    private static string Describe(List<double> times) => $"{Median(times):N0} ({times.Min():N0}–{times.Max():N0})";

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
