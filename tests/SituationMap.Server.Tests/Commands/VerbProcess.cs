using System.Diagnostics;

namespace SituationMap.Server.Tests.Commands;

/// <summary>How a verb ended and what it told.</summary>
internal readonly record struct VerbResult(int Code, string Output, string Errors);

/// <summary>A verb as a process of its own, as an operator runs it.</summary>
internal static class VerbProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Task<VerbResult> RunAsync(params string[] arguments) => RunAsync(input: "", arguments);

    /// <param name="input">What it reads from standard input.</param>
    public static async Task<VerbResult> RunAsync(string input, string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await FinishAsync(process);
    }

    public static Process Start(params string[] arguments) =>
        Process.Start(
            // a shell that started the tests in the background has them ignore Ctrl+C, and they would hand that on
            new ProcessStartInfo(
                "env",
                ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "SituationMap.Server.dll"), .. arguments]
            )
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    public static async Task<VerbResult> FinishAsync(Process process)
    {
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        return new VerbResult(process.ExitCode, await output, await errors);
    }
}
