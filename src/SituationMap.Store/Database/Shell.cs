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
    public static async Task<ShellResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onLine = null,
        bool isBare = false,
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

        var output = new StringBuilder();
        void Take(string? line)
        {
            if (line is null)
                return;
            lock (output)
                output.AppendLine(line);
            onLine?.Invoke(line);
        }

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ShellResult(process.ExitCode, output.ToString().TrimEnd());
    }

    /// <summary>The path of a program on the PATH or in one of the folders for administrators; null where there is none.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
