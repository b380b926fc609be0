using System.Diagnostics;
using Shouldly;

namespace SituationMap.Web.Tests;

public sealed class TypeScriptTests
{
    [Fact]
    public Task The_viewers_own_tests_pass() => NpmAsync("test");

    /// <summary>Runs an npm script of the viewer; what it said is the message when it fails.</summary>
    private static async Task NpmAsync(string script)
    {
        using var npm = Process.Start(new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["run", script])
        {
            WorkingDirectory = WebFolder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1", ["CI"] = "1" },
        })!;
        var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
        npm.ExitCode.ShouldBe(0, $"{await output}\n{await errors}");
    }
}
