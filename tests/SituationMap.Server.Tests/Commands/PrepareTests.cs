using System.Diagnostics;
using Npgsql;
using Shouldly;
using SituationMap.Server.Tests.Recovery;

namespace SituationMap.Server.Tests.Commands;

/// <summary>A database somebody names, readied by its owner for servers that own nothing, as the containers do it.</summary>
public sealed class PrepareTests(PostgisCluster cluster) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-prepare-test-").FullName;

    [Fact]
    public async Task An_empty_database_is_readied_and_a_server_comes_in_as_a_role_that_can_only_add()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();
        var role = $"api_{Guid.NewGuid():N}"[..20];
        var served = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Username = role,
            Password = "of a test",
        }.ConnectionString;
        string[] settings = [$"--SituationMap:KeyFile={Path.Combine(_folder, "deployment.key")}", "--SituationMap:Retention:Persons=30"];

        var (first, output) = await RunAsync(["prepare", .. settings], served, database.ConnectionString);
        var (again, _) = await RunAsync(["prepare", .. settings], served, database.ConnectionString);

        (first, again).ShouldBe((0, 0), output);
        (await database.ReadAsync<long>("SELECT count(*) FROM person_detail")).ShouldBe(3_812);
        var port = ServerProcess.FreePort();
        using var server = Start([$"--urls=http://127.0.0.1:{port}", .. settings], served, owner: null);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
            await DemoServer.WaitAsync(
                async () =>
                {
                    server.HasExited.ShouldBeFalse();
                    try
                    {
                        return (await client.GetAsync(new Uri("healthz/ready", UriKind.Relative))).IsSuccessStatusCode;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                seconds: 60
            );
            // nobody is let in, and the server is not the owner
            (await client.GetAsync(new Uri("api/grids", UriKind.Relative))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
            (await database.ReadAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE usename = $1", role)).ShouldBeGreaterThan(0);
            (
                await database.ReadAsync<bool>(
                    "SELECT has_table_privilege($1, 'fact', 'INSERT') AND NOT has_table_privilege($1, 'fact', 'UPDATE, DELETE, TRUNCATE')",
                    role
                )
            ).ShouldBeTrue();
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        // keys that are lost are not made again by themselves
        File.Delete(Path.Combine(_folder, "persons.keys"));
        (await RunAsync(["prepare", .. settings], served, database.ConnectionString)).ExitCode.ShouldBe(0);
        var (lost, why) = await RunAsync([$"--urls=http://127.0.0.1:{port}", .. settings], served, owner: null);
        (lost, why.Contains("persons.keys", StringComparison.Ordinal)).ShouldBe((1, true), why);
        await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, string served, string? owner)
    {
        using var process = Start(arguments, served, owner);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static Process Start(string[] arguments, string served, string? owner)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "SituationMap.Server.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__SituationMap"] = served;
        if (owner is not null)
            start.Environment["ConnectionStrings__SituationMapOwner"] = owner;
        return Process.Start(start)!;
    }
}
