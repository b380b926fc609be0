using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace SituationMap.Benchmarks;

/// <summary>What came of some seconds of load.</summary>
/// <param name="PerSecond">Answers.</param>
/// <param name="P99">Milliseconds within which 99 of 100 came.</param>
internal readonly record struct LoadResult(double PerSecond, double P99);

/// <summary>Load by programs that others know and trust: wrk for HTTP, pgbench for bare SQL. Both come from Debian.</summary>
internal static class Load
{
    public const int Connections = 8;

    private const int Threads = 2;

    /// <summary>Asks an HTTP server for the addresses in a file.</summary>
    /// <param name="file">A path a line, or a path and an ETag with a tab between.</param>
    /// <param name="acceptEncoding">Null: not sent.</param>
    /// <param name="key">An API key; null: as the server's user.</param>
    /// <exception cref="InvalidOperationException">Something else than success was answered.</exception>
    public static async Task<LoadResult> HttpAsync(
        Uri server,
        string file,
        string? acceptEncoding,
        int seconds,
        CancellationToken cancellation,
        string? key = null
    )
    {
        List<string> arguments = [file];
        if (acceptEncoding is not null)
            arguments.Add(acceptEncoding);
        return await WrkAsync(server, "requests.lua", arguments, Connections, seconds, key, cancellation);
    }

    /// <summary>Posts reports of households drawn by lot.</summary>
    /// <param name="households">A file with a code a line.</param>
    /// <param name="each">How many in a request.</param>
    /// <exception cref="InvalidOperationException">Something else than success was answered.</exception>
    public static Task<LoadResult> FactsAsync(
        Uri server,
        string households,
        int each,
        int connections,
        int seconds,
        CancellationToken cancellation
    ) =>
        WrkAsync(
            server,
            "facts.lua",
            [households, $"{each}", $"{Random.Shared.Next()}"],
            connections,
            seconds,
            ServerProcess.LocalToken,
            cancellation
        );

    private static async Task<LoadResult> WrkAsync(
        Uri server,
        string script,
        IEnumerable<string> arguments,
        int connections,
        int seconds,
        string? key,
        CancellationToken cancellation
    )
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.lua");
        await File.WriteAllTextAsync(file, BenchmarkCity.Sql(script), cancellation);
        try
        {
            var text = await RunAsync(
                "wrk",
                [
                    $"-t{Math.Min(Threads, connections)}",
                    $"-c{connections}",
                    $"-d{seconds}s",
                    "-s",
                    file,
                    "-H",
                    $"Authorization: Bearer {key ?? ServerProcess.LocalToken}",
                    server.ToString(),
                    "--",
                    .. arguments,
                ],
                null,
                cancellation
            );
            var result = text.Split('\n')
                .Single(line => line.StartsWith("RESULT ", StringComparison.Ordinal))
                .Split(' ')
                .Skip(1)
                .Select(number => double.Parse(number, CultureInfo.InvariantCulture))
                .ToArray();
            return result[3] == 0
                ? new LoadResult(result[0] / (result[1] / 1e6), result[2] / 1e3)
                : throw new InvalidOperationException($"{result[3]} requests failed.\n{text}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Runs a pgbench script, prepared.</summary>
    /// <param name="script">Its name in <c>floors/</c>.</param>
    /// <param name="households">The ids go up to it; for scripts that ask for it.</param>
    public static async Task<LoadResult> SqlAsync(
        string connectionString,
        string script,
        int seconds,
        CancellationToken cancellation,
        int connections = Connections,
        int? households = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("situationmap-pgbench-").FullName;
        try
        {
            var file = Path.Combine(folder, script);
            await File.WriteAllTextAsync(file, BenchmarkCity.Sql(script), cancellation);
            var at = new NpgsqlConnectionStringBuilder(connectionString);
            var text = await RunAsync(
                "pgbench",
                [
                    "-n",
                    "-M",
                    "prepared",
                    "-c",
                    $"{connections}",
                    "-j",
                    $"{Math.Min(Threads, connections)}",
                    "-T",
                    $"{seconds}",
                    "-f",
                    file,
                    .. households is { } most ? (string[])["-D", $"households={most}"] : [],
                    "-l",
                    "--log-prefix",
                    Path.Combine(folder, "log"),
                    "-h",
                    at.Host!,
                    "-p",
                    at.Port.ToString(CultureInfo.InvariantCulture),
                    "-U",
                    at.Username!,
                    at.Database!,
                ],
                at.Password,
                cancellation
            );
            var tps = text.Split('\n').Single(line => line.StartsWith("tps = ", StringComparison.Ordinal)).Split(' ')[2];
            var times = Directory
                .EnumerateFiles(folder, "log*")
                .SelectMany(File.ReadLines)
                .Select(line => double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture))
                .Order()
                .ToArray();
            return new LoadResult(double.Parse(tps, CultureInfo.InvariantCulture), times[times.Length * 99 / 100] / 1e3);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? password,
        CancellationToken cancellation
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (password is not null)
            start.Environment["PGPASSWORD"] = password;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        var text = await output + await errors;
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{text}");
    }
}
