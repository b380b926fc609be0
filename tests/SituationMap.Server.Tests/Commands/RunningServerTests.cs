using System.Diagnostics;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Server.Commands;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Commands;

/// <summary>What verbs tell and send to a server that runs already.</summary>
[Fast]
public sealed class RunningServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-running-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("http://localhost:5123", true)]
    [InlineData("http://0.0.0.0:5123", true)]
    [InlineData("http://map.example:5123", false)]
    public void The_token_of_the_data_folder_goes_to_this_machine_only(string urls, bool isShown)
    {
        var token = LocalToken.Open(new SituationMapOptions { DataFolder = _folder }).Text;

        using var client = new RunningServer(
            new Invocation([$"--urls={urls}", $"--SituationMap:DataFolder={_folder}"], MayInstall: false)
        ).CreateClient();

        client.DefaultRequestHeaders.Authorization?.ToString().ShouldBe(isShown ? $"Bearer {token}" : null);
    }

    [Fact]
    public async Task Open_tells_the_address_that_lets_its_user_in()
    {
        var token = LocalToken.Open(new SituationMapOptions { DataFolder = _folder }).Text;

        (await OpenAsync()).ShouldBe((0, $"http://localhost:5123/?token={token}{Environment.NewLine}", ""));
    }

    [Fact]
    public async Task Where_no_server_was_started_in_local_mode_open_says_so()
    {
        var (code, output, errors) = await OpenAsync();

        (code, output).ShouldBe((1, ""));
        errors.ShouldContain(Path.Combine(_folder, "local.token"));
    }

    private async Task<(int Code, string Output, string Errors)> OpenAsync()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "SituationMap.Server.dll"),
                "open",
                "--urls=http://localhost:5123",
                $"--SituationMap:DataFolder={_folder}",
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // no browser is opened by a test
        start.Environment.Remove("DISPLAY");
        start.Environment.Remove("WAYLAND_DISPLAY");
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
