using System.Diagnostics;
using System.Text;

namespace SituationMap.Store.Database;

/// <summary>How a program ended and everything it printed, both streams as they came.</summary>
public readonly record struct ShellResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs the programs of the machine: those of PostgreSQL, and apt.</summary>
public static class Shell
{
    /// <summary>Runs a program to its end. When cancelled, it is killed.</summary>
    /// <param name="program">Its path, or its name on the PATH.</param>
    /// <param name="arguments">Passed as they are; no shell interprets them.</param>
    /// <param name="environment">Variables to set beside those inherited.</param>
    /// <param name="isBare">Nothing is inherited: it must not know what we know, such as the database's password.</param>
    /// <param name="onLine">Told each line as it comes.</param>
    /// <param name="input">Writes what the program reads; null: nothing.</param>
    /// <param name="output">Reads what the program writes, as bytes; null: lines, as its errors are.</param>
    public static async Task<ShellResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onLine = null,
        bool isBare = false,
        Func<Stream, Task>? input = null,
        Func<Stream, Task>? output = null,
        CancellationToken cancellationToken = default
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // the current folder may be closed to the user the program runs as
            WorkingDirectory = "/",
        };
        if (isBare)
            start.Environment.Clear();
        // settings meant for somebody else's PostgreSQL must not steer ours
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var printed = new StringBuilder();
        void Take(string? line)
        {
            if (line is null)
                return;
            lock (printed)
                printed.AppendLine(line);
            onLine?.Invoke(line);
        }

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginErrorReadLine();
        if (output is null)
            process.BeginOutputReadLine();
        try
        {
            // a read that waits for the program ends with it
            using (cancellationToken.Register(() => process.Kill(entireProcessTree: true)))
            {
                await Task.WhenAll(
                    FeedAsync(process, input),
                    output is null ? Task.CompletedTask : output(process.StandardOutput.BaseStream)
                );
                await process.WaitForExitAsync(cancellationToken);
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }

        return new ShellResult(process.ExitCode, printed.ToString().TrimEnd());
    }

    private static async Task FeedAsync(Process process, Func<Stream, Task>? input)
    {
        await using var stream = process.StandardInput.BaseStream;
        try
        {
            if (input is not null)
                await input(stream);
        }
        catch (IOException) when (process.HasExited)
        {
            // it ended before it had read all: how is for its exit code to tell
        }
    }

    /// <summary>The path of a program on the PATH or in one of the folders for administrators; null where there is none.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
