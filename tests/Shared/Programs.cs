using System.Diagnostics;
using SituationMap.Store.Database;

namespace SituationMap.Testing;

/// <summary>Other people's programs, run to see what they make of our output.</summary>
public static class Programs
{
    /// <summary>Debian asks this whether an installation may start a service; 101 is no.</summary>
    private const string ServicePolicy = "/usr/sbin/policy-rc.d";

    /// <summary>Installs the Debian package of a program, or of a file given by its whole path, where it is missing and the tests run as
    /// root.</summary>
    public static async Task EnsureAsync(string program, string package)
    {
        if (IsThere(program))
            return;
        if (!Apt.MayInstall)
            throw new InvalidOperationException(
                $"These tests need: sudo apt-get update && sudo apt-get install -y --no-install-recommends {package}"
            );
        using var turn = await Apt.TakeTurnAsync();
        if (IsThere(program))
            return;
        await Apt.UpdateAsync(LineProgress.OnConsole);
        // a package that brings a service would start it
        var isWritten = !File.Exists(ServicePolicy);
        if (isWritten)
            await WriteServicePolicyAsync();
        try
        {
            await Apt.InstallAsync(LineProgress.OnConsole, package);
        }
        finally
        {
            if (isWritten)
                File.Delete(ServicePolicy);
        }
    }

    private static async Task WriteServicePolicyAsync()
    {
        await File.WriteAllTextAsync(ServicePolicy, "#!/bin/sh\nexit 101\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ServicePolicy, (UnixFileMode)0b111_101_101);
    }

    private static bool IsThere(string program) => program.StartsWith('/') ? Path.Exists(program) : Shell.Find(program) is not null;

    /// <summary>Runs a program to its end and gives what it printed on both streams; a failure is an exception with that text.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        ) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var text = await output + await errors;
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
    }
}
