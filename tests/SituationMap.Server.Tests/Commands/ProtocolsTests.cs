using Shouldly;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Commands;

/// <summary>A wrong protocol file is named by <c>protocols check</c>, and by the start, which it prevents.</summary>
public sealed class ProtocolsTests(PostgisCluster cluster) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-protocols-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Those_that_come_with_the_program_are_in_order()
    {
        var (code, output, errors) = await RunAsync("protocols", "check");

        (code, errors).ShouldBe((0, ""));
        output.ShouldBe($"10 files are in order; in force now under the plan demo: 2020-02.{Environment.NewLine}");
    }

    [Theory]
    [InlineData(
        "2020-02.json",
        "\"days\": 14",
        "\"days\": \"14\"",
        "2020-02.json/rules/0/phases/0/days: a whole number from 0 to 3650 was expected"
    )]
    // one that the plan chosen does not use
    [InlineData(
        "9.json",
        "\"effect\": \"quarantined\"",
        "\"effect\": \"closed\"",
        "9.json/zones/levels/0/effect: one of none, observed, quarantined was expected"
    )]
    [InlineData(
        "plans/china.json",
        "\"2022-06-28\"",
        "\"soon\"",
        "plans/china.json/editions/2/from: a date (local midnight) or an instant with its offset was expected"
    )]
    [InlineData(
        "every-edition.json",
        "\"temperature\"",
        "\"temperatur\"",
        "every-edition.json/overdue/temperatur: the name of a kind of fact was expected"
    )]
    [InlineData(
        "every-edition.json",
        "\"pending\"",
        "\"pendant\"",
        "every-edition.json/rules/0: 'pending', the sentence about what is not confirmed yet, was expected with "
            + "needsConfirmation and orders, and only there"
    )]
    [InlineData(
        "work/community.json",
        "\"withinHours\": 2",
        "\"withinHours\": \"2\"",
        "work/community.json/rules/0/withinHours: a whole number from 0 to 8784 was expected"
    )]
    [InlineData("8.json", "{", "", "8.json/: JSON was expected; line 2, byte 12 is not")]
    public async Task A_wrong_one_is_named_with_its_place_and_prevents_the_start(string file, string right, string wrong, string fault)
    {
        Copy();
        var path = Path.Combine(_folder, file);
        var text = await File.ReadAllTextAsync(path);
        var at = text.IndexOf(right, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0);
        await File.WriteAllTextAsync(path, text[..at] + wrong + text[(at + right.Length)..]);

        var check = await RunAsync("protocols", "check", $"--SituationMap:Protocols={_folder}");
        var start = await RunAsync(
            "serve",
            $"--SituationMap:Protocols={_folder}",
            "--urls=http://127.0.0.1:0",
            "--ConnectionStrings:SituationMap=Host=/nowhere"
        );

        (check.Code, check.Output).ShouldBe((1, ""));
        check.Errors.ShouldStartWith($"The protocols cannot be used:{Environment.NewLine}  ");
        check.Errors.ShouldContain($"  {fault}{Environment.NewLine}");
        (start.Code, start.Errors).ShouldBe((1, check.Errors));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        var (code, _, errors) = await RunAsync("protocols", "check", "--SituationMap:Protocols=/no/such/folder");

        (code, errors).ShouldBe((1, $"SituationMap:Protocols: there is no folder /no/such/folder{Environment.NewLine}"));
    }

    [Fact]
    public async Task A_deployment_may_bring_its_own()
    {
        Copy();
        var path = Path.Combine(_folder, "plans", "demo.json");
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(path)).Replace("\"edition\": \"2020-02\"", "\"edition\": \"9\"", StringComparison.Ordinal)
        );

        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Protocols", _folder));

        (await server.Client.GetStringAsync(new Uri("api/place", UriKind.Relative))).ShouldContain("\"edition\":\"9\"");
    }

    private void Copy()
    {
        foreach (var (name, text) in ProtocolCatalog.FilesOf(ProtocolCatalog.DataFolder, new SituationMapOptions()))
        {
            var path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    /// <summary>The program itself, in a process of its own, as somebody at a terminal runs it.</summary>
    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await errors);
    }
}
