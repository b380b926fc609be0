using Shouldly;
using SituationMap.Server.Tests.Recovery;

namespace SituationMap.Server.Tests.Commands;

/// <summary>Verbs beside a running server with an embedded store, which they reach through its socket.</summary>
public sealed class BesideServerTests
{
    [Fact]
    public async Task Verbs_work_on_the_embedded_store_of_a_running_server_and_leave_it_running()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();

        (await RunAsync(server, "users", "add", "li.na", "--role", "viewer", "--no-password")).ShouldContain("li.na was added as viewer");
        (await RunAsync(server, "users", "list")).ShouldContain("li.na: viewer");
        (await RunAsync(server, "keys", "add", "li.na")).ShouldStartWith("sm_");
        (await RunAsync(server, "users", "require-second-factor", "approver", "administrator")).ShouldContain(
            "only: approver, administrator"
        );
        (await server.Client.GetStringAsync(server.At("api/access/second-factor"))).ShouldContain("[\"administrator\",\"approver\"]");
        (await RunAsync(server, "users", "require-second-factor", "--none")).ShouldContain("No role");
        (await server.Client.GetStringAsync(server.At("api/access/second-factor"))).ShouldContain("[]");
        (await RunAsync(server, "audit", "verify")).ShouldContain("all are as they were written");
        (await RunAsync(server, "recompute")).ShouldContain("0 changed");
        (await RunAsync(server, "secrets", "rotate")).ShouldContain("encrypted with key 2");

        // neither PostgreSQL nor the role's password were touched
        (await server.AnswersAsync("healthz/ready")).ShouldBeTrue();
        (await server.Client.GetStringAsync(server.At("api/access/accounts"))).ShouldContain("li.na");
    }

    [Fact]
    public async Task What_needs_the_data_folder_for_itself_is_refused_beside_a_running_server()
    {
        await using var server = new ServerProcess();
        await server.StartAsync("--SituationMap:Demo=false");

        var result = await VerbProcess.RunAsync("demo", "--reset", server.FolderSetting);

        result.Code.ShouldBe(1);
        result.Errors.ShouldContain("Another SituationMap is running");
        (await server.AnswersAsync("healthz/ready")).ShouldBeTrue();
    }

    private static async Task<string> RunAsync(ServerProcess server, params string[] verb)
    {
        var result = await VerbProcess.RunAsync([.. verb, server.FolderSetting]);
        result.Code.ShouldBe(0, result.Errors);
        return result.Output;
    }
}
