using System.Diagnostics;
using System.Net;

namespace SituationMap.Benchmarks;

/// <summary>
/// How soon <c>/healthz/ready</c> says that no fact can be stored, once none can, and how soon that one can again: with a PostgreSQL that
/// hangs, dies, takes no writes, and has no room left.
/// </summary>
internal sealed class ReadyBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const double Allowed = 5; // seconds

    /// <summary>A disk that is filled has to have been made for it.</summary>
    private const long MaxDisk = 8L << 30;

    /// <summary>How long it lasts after it was told, so that everything that tries again has done so.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(4);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly string _filler = Path.Combine(city.Cluster, "filler");

    public async Task RunAsync(int rounds)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        var kinds = new List<(string What, Func<Task> Begin, Func<Task> End)>
        {
            ("PostgreSQL hangs (kill -STOP)", () => city.SignalAsync("STOP"), () => city.SignalAsync("CONT")),
            ("PostgreSQL is killed", CrashAsync, () => city.RestartAsync(cancellation)),
            ("PostgreSQL takes no writes", () => SetReadOnlyAsync("on"), () => SetReadOnlyAsync("off")),
        };
        var disk = new DriveInfo(city.Cluster);
        if (disk.TotalSize <= MaxDisk)
            kinds.Add(("its disk is full", FillAsync, EmptyAsync));
        else
            Console.Error.WriteLine($"No disk is filled: {disk.Name} was not made for it. Give a --folder on one of at most 8 GB.");
        Console.WriteLine("| | seconds until 503: median (most) | seconds until 200 again: median (most) |");
        Console.WriteLine("|---|---|---|");
        var isWithin = true;
        foreach (var (what, begin, end) in kinds)
        {
            var (told, back) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                await UntilAsync(server, HttpStatusCode.OK);
                told.Add(await TimeAsync(begin, server, HttpStatusCode.ServiceUnavailable));
                await Task.Delay(Lasting, cancellation);
                back.Add(await TimeAsync(end, server, HttpStatusCode.OK));
            }
            Console.WriteLine($"| {what} | {Describe(told)} | {Describe(back)} |");
            isWithin &= told.Concat(back).Max() <= Allowed;
        }
        if (!isWithin)
            throw new InvalidOperationException($"Not all within {Allowed} s.");
    }

    /// <summary>Seconds from when it was done until the answer is that.</summary>
    private async Task<double> TimeAsync(Func<Task> work, ServerProcess server, HttpStatusCode expected)
    {
        await work();
        var done = _clock.Elapsed;
        await UntilAsync(server, expected);
        return (_clock.Elapsed - done).TotalSeconds;
    }

    private Task UntilAsync(ServerProcess server, HttpStatusCode expected) =>
        Wait.UntilAsync(
            async () =>
            {
                using var answer = await server.Client.GetAsync(new Uri(server.Address, "healthz/ready"), cancellation);
                return answer.StatusCode == expected;
            },
            TimeSpan.FromMilliseconds(20),
            cancellation
        );

    private Task CrashAsync()
    {
        city.Crash();
        return Task.CompletedTask;
    }

    private async Task SetReadOnlyAsync(string value)
    {
        await city.ExecuteAsync($"ALTER SYSTEM SET default_transaction_read_only = {value}", cancellation);
        await city.ExecuteAsync("SELECT pg_reload_conf()", cancellation);
    }

    private async Task FillAsync()
    {
        await using var filler = new FileStream(_filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        // at the end in small blocks, until not even the smallest has room
        for (var size = 1 << 20; size >= 512; size /= 2)
            try
            {
                while (true)
                    await filler.WriteAsync(new byte[size], cancellation);
            }
            catch (IOException)
            {
                // a smaller one may have room still
            }
    }

    private Task EmptyAsync()
    {
        File.Delete(_filler);
        return Task.CompletedTask;
    }

    private static string Describe(List<double> seconds) => $"{seconds.Order().ElementAt(seconds.Count / 2):0.0} ({seconds.Max():0.0})";
}
