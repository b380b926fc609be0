using System.Diagnostics;
using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>The verb <c>recompute</c> as a process of its own, with one worker.</summary>
internal sealed class RecomputeProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly Process _process;
    private readonly Task<string> _output;

    public RecomputeProcess(StatusStore store)
    {
        // a shell that started the tests in the background has them ignore Ctrl+C, and they would hand that on
        _process = Process.Start(
            new ProcessStartInfo("env")
            {
                ArgumentList =
                {
                    "--default-signal=INT",
                    "dotnet",
                    Path.Combine(AppContext.BaseDirectory, "SituationMap.Server.dll"),
                    "recompute",
                    "--workers",
                    "1",
                    "--part-size",
                    $"{StatusStore.PartSize}",
                    "--ConnectionStrings:SituationMap",
                    store.Database.ConnectionString,
                },
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl+C; gives what it told.</summary>
    public async Task<(int ExitCode, string Output)> InterruptAsync()
    {
        using (var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return (_process.ExitCode, await _output);
    }

    /// <summary>Waits for its end, which should be a good one; gives what it told.</summary>
    public async Task<string> FinishAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        _process.ExitCode.ShouldBe(0);
        return await _output;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
