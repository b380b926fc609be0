using Shouldly;
using SituationMap.Server.Tests.Commands;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Access;

/// <summary>The deployment's key, outside the database: missed, mistaken, rotated, lost.</summary>
public sealed class DeploymentKeyTests(PostgisCluster cluster) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-key-test-").FullName;

    private string KeyFile => Path.Combine(_folder, "deployment.key");

    private string PersonFile => Path.Combine(_folder, "persons.keys");

    private DeploymentKey Deployment => DeploymentKey.Open(new SituationMapOptions { KeyFile = KeyFile }, mayMake: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Of_a_store_that_has_had_a_deployment_key_none_is_made_again()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var options = new SituationMapOptions { KeyFile = KeyFile };
        var first = await DeploymentKey.OpenAsync(database.DataSource, options, mayMake: true, default);
        await PersonVault.OpenAsync(database.DataSource, PersonFile, first, mayMake: true, default);
        var kept = await File.ReadAllTextAsync(KeyFile);
        File.Delete(KeyFile);

        var output = (
            await Should.ThrowAsync<StartupException>(() => DeploymentKey.OpenAsync(database.DataSource, options, mayMake: true, default))
        ).Message;

        output.ShouldContain(KeyFile);
        output.ShouldContain("backup");
        File.Exists(KeyFile).ShouldBeFalse();
        await File.WriteAllTextAsync(KeyFile, kept);
        (await DeploymentKey.OpenAsync(database.DataSource, options, mayMake: true, default))
            .For(1, "audit")
            .ShouldBe(first.For(1, "audit"));
    }

    [Fact]
    public async Task Another_deployment_key_than_the_stores_is_refused()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var options = new SituationMapOptions { KeyFile = KeyFile };
        await DeploymentKey.OpenAsync(database.DataSource, options, mayMake: true, default);
        var right = await File.ReadAllTextAsync(KeyFile);
        File.Delete(KeyFile);
        DeploymentKey.Open(options, mayMake: true);

        await ShouldBeRefusedAsync();
        // a store that was used before it noted its key knows it by its record
        await database.ExecuteAsync(
            "ALTER TABLE deployment_key DISABLE TRIGGER USER; DELETE FROM deployment_key; ALTER TABLE deployment_key ENABLE TRIGGER USER"
        );
        await new AuditStore(database.DataSource).AppendAsync(AuditEntry.OfConsole("try", "a key"), default);
        var wrong = await File.ReadAllTextAsync(KeyFile);
        await File.WriteAllTextAsync(KeyFile, right);
        await new AuditSealer(database.DataSource, DeploymentKey.Open(options, mayMake: false)).SealAsync(default);
        await File.WriteAllTextAsync(KeyFile, wrong);
        await ShouldBeRefusedAsync();

        await File.WriteAllTextAsync(KeyFile, right);
        await DeploymentKey.OpenAsync(database.DataSource, options, mayMake: false, default);

        async Task ShouldBeRefusedAsync()
        {
            var refused = await Should.ThrowAsync<StartupException>(() =>
                DeploymentKey.OpenAsync(database.DataSource, options, mayMake: true, default)
            );
            refused.Message.ShouldContain($"{KeyFile} holds another key");
            refused.Message.ShouldContain("Put back the right file");
        }
    }

    [Fact]
    public async Task The_deployments_key_is_rotated_beside_servers_and_what_was_sealed_or_sent_before_is_still_known()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await PersonVault.OpenAsync(database.DataSource, PersonFile, Deployment, mayMake: true, default);
        await using var server = await TestServer.StartAsync(database, ("SituationMap:KeyFile", KeyFile));
        var decision = DemoServer.Returned("H-01-0001");
        (decision["kind"], decision["data"]) = (
            "override",
            new System.Text.Json.Nodes.JsonObject
            {
                ["status"] = "observed",
                ["reason"] = "a reason",
                ["until"] = DateTimeOffset.UtcNow.AddDays(1),
            }
        );
        (await PostAsync()).ShouldContain("\"accepted\"");
        var first = (await File.ReadAllTextAsync(KeyFile)).Trim().Split(' ')[^1];

        await new AuditStore(database.DataSource).AppendAsync(AuditEntry.OfConsole("try", "a key"), default);
        await new AuditSealer(database.DataSource, Deployment).SealAsync(default);

        for (var generation = 2; generation <= 3; generation++)
        {
            var rotated = await VerbProcess.RunAsync(
                "secrets",
                "rotate",
                "--deployment",
                $"--SituationMap:KeyFile={KeyFile}",
                "--ConnectionStrings:SituationMap",
                database.ConnectionString
            );
            rotated.Code.ShouldBe(0, rotated.Errors);
            rotated.Output.ShouldContain($"sealed with key {generation}");
            // the server goes on sealing, with the new one
            await new AuditStore(database.DataSource).AppendAsync(AuditEntry.OfConsole("try", "a key"), default);
            await DemoServer.WaitAsync(() =>
                database.ReadAsync<bool>(
                    "SELECT NOT EXISTS (SELECT FROM audit a WHERE NOT EXISTS (SELECT FROM audit_seal WHERE entry = a.id))"
                )
            );
        }

        (await PostAsync()).ShouldContain("\"duplicate\"", customMessage: "a repeat is known by what stood for its reason before");
        var key = await DeploymentKey.OpenAsync(
            database.DataSource,
            new SituationMapOptions { KeyFile = KeyFile },
            mayMake: false,
            default
        );
        key.Generations.ShouldBe([1, 2, 3]);
        (await new AuditSealer(database.DataSource, key).VerifyAsync(default)).Faults.ShouldBeEmpty();
        (await server.Client.GetStringAsync(new Uri("healthz/ready", UriKind.Relative))).ShouldBe("ready");
        // from which seal on a key is used is not changed unseen
        await database.ExecuteAsync(
            "ALTER TABLE deployment_key DISABLE TRIGGER USER; UPDATE deployment_key SET first_seal = first_seal + 1 WHERE generation = 2"
        );
        await Should.ThrowAsync<StartupException>(() =>
            DeploymentKey.OpenAsync(database.DataSource, new SituationMapOptions { KeyFile = KeyFile }, mayMake: false, default)
        );
        await database.ExecuteAsync("UPDATE deployment_key SET first_seal = first_seal - 1 WHERE generation = 2");
        // what was sealed with a key from before is checked as ever
        await database.ExecuteAsync(
            "ALTER TABLE audit DISABLE TRIGGER USER; UPDATE audit SET subject = 'another' WHERE id = (SELECT min(id) FROM audit)"
        );
        (await new AuditSealer(database.DataSource, key).VerifyAsync(default)).Faults.ShouldNotBeEmpty();
        // and a file without that key is noticed
        await File.WriteAllTextAsync(KeyFile, string.Concat((await File.ReadAllLinesAsync(KeyFile)).Skip(1).Select(line => line + "\n")));
        (await File.ReadAllTextAsync(KeyFile)).ShouldNotContain(first);
        (
            await Should.ThrowAsync<StartupException>(() =>
                DeploymentKey.OpenAsync(database.DataSource, new SituationMapOptions { KeyFile = KeyFile }, mayMake: true, default)
            )
        ).Message.ShouldContain("lacks the key of generation 1");

        // lost for good, it is replaced, and the check says what it cannot check any more
        File.Delete(KeyFile);
        var replaced = await VerbProcess.RunAsync(
            "secrets",
            "make",
            "--lost",
            $"--SituationMap:KeyFile={KeyFile}",
            "--ConnectionStrings:SituationMap",
            database.ConnectionString
        );
        replaced.Code.ShouldBe(0, replaced.Errors);
        key = await DeploymentKey.OpenAsync(database.DataSource, new SituationMapOptions { KeyFile = KeyFile }, mayMake: false, default);
        var faults = (await new AuditSealer(database.DataSource, key).VerifyAsync(default)).Faults;
        faults.Count.ShouldBe(3);
        faults.ShouldAllBe(fault => fault.Contains("was lost", StringComparison.Ordinal));

        async Task<string> PostAsync()
        {
            using var body = new StringContent(decision.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
            using var answer = await server.Client.PostAsync(new Uri("api/facts", UriKind.Relative), body);
            return await answer.Content.ReadAsStringAsync();
        }
    }
}
