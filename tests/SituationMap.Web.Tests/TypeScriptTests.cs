using System.Diagnostics;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>The viewer's own unit tests, each by its name; all of them come from one run of vitest.</summary>
[Fast]
public sealed class TypeScriptTests
{
    /// <param name="faults">What vitest says against it; none: it passed.</param>
    [Theory]
    [MemberData(nameof(RunAsync), DisableDiscoveryEnumeration = true)] // run once, and only where they are asked for
    public void The_viewers_own_test_passes(IReadOnlyList<string> faults) => faults.ShouldBeEmpty();

    public static async Task<IEnumerable<TheoryDataRow<IReadOnlyList<string>>>> RunAsync()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (exitCode, output) = await NpmAsync("test", null, "--reporter=json", $"--outputFile={file}");
            var report = await File.ReadAllTextAsync(file);
            var rows = report.Length > 0 ? Read(report) : [];
            // it can fail without a test that does, such as by an error that nobody caught
            return exitCode == 0 || rows.Any(row => row.Data.Count > 0)
                ? rows
                : throw new InvalidOperationException($"vitest ended with {exitCode}:\n{output}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<TheoryDataRow<IReadOnlyList<string>>> Read(string report)
    {
        var rows = new List<TheoryDataRow<IReadOnlyList<string>>>();
        foreach (var file in JsonSerializer.Deserialize<JsonElement>(report).GetProperty("testResults").EnumerateArray())
        {
            var name = Path.GetFileName(file.GetProperty("name").GetString());
            foreach (var test in file.GetProperty("assertionResults").EnumerateArray())
            {
                var (status, faults) = (
                    test.GetProperty("status").GetString(),
                    test.GetProperty("failureMessages").Deserialize<string[]>()!
                );
                rows.Add(
                    new(status is "passed" or "skipped" or "pending" or "todo" || faults.Length > 0 ? faults : [$"It is {status}."])
                    {
                        TestDisplayName = $"{name}: {test.GetProperty("fullName").GetString()}",
                        Label = "",
                        Skip = status is "skipped" or "pending" or "todo" ? status : null,
                    }
                );
            }
            // a file that cannot be loaded has no tests
            if (file.GetProperty("message").GetString() is { Length: > 0 } fault)
                rows.Add(new([fault]) { TestDisplayName = name, Label = "" });
        }
        return rows;
    }

    /// <summary>Runs an npm script of the viewer to its end.</summary>
    /// <param name="cases">A file of cases for it, named to it in <c>GATE_CASES</c>.</param>
    internal static async Task<(int ExitCode, string Output)> NpmAsync(string script, string? cases, params string[] arguments)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["run", script, "--", .. arguments])
        {
            WorkingDirectory = WebFolder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1", ["CI"] = "1" },
        };
        if (cases is not null)
            start.Environment["GATE_CASES"] = cases;
        using var npm = Process.Start(start)!;
        var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (npm.ExitCode, $"{await output}\n{await errors}");
    }
}
