using System.Diagnostics;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>Many requests by lot to a server over a copy of the city, as somebody who may do everything.</summary>
internal static class FuzzBenchmark
{
    public static Task RunAsync(BenchmarkCity city, int requests, int seed, CancellationToken cancellation) =>
        city.OverCopyAsync(
            async copy =>
            {
                await using var server = await ServerProcess.StartAsync(copy, [], cancellation);
                var fuzzer = new Fuzzer(server.Client, server.Address, seed);
                await fuzzer.ReadAsync(cancellation);
                var watch = Stopwatch.StartNew();
                var report = await fuzzer.RunAsync(requests, cancellation);
                Console.WriteLine(
                    $"{requests:N0} requests (seed {seed}) to {fuzzer.Operations.Count} operations in "
                        + $"{watch.Elapsed.TotalSeconds:N0} s: {report.Faults.Count} faults (0 allowed)"
                );
                Console.WriteLine(
                    $"statuses: {string.Join(", ", report.Statuses.Select(status => $"{status.Key}: {status.Value:N0}"))}; told "
                        + $"to come back: {report.SentAway.Count:N0}; streams cut off: {report.CutOff:N0}"
                );
                Console.WriteLine($"slowest: {report.Slowest.Time.TotalMilliseconds:N0} ms (2,000 allowed), {report.Slowest.Request}");
                Console.WriteLine($"largest: {report.Largest.Bytes:N0} bytes ({Fuzzer.MaxBytes:N0} allowed), {report.Largest.Request}");
                foreach (var fault in report.Faults.Concat(report.SentAway.Select(away => $"told to come back: {away}")))
                    Console.WriteLine("  " + fault);
            },
            cancellation
        );
}
