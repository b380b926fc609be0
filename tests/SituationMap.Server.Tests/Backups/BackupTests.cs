using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Shouldly;
using SituationMap.Server.Tests.Commands;
using SituationMap.Server.Tests.Recovery;
using SituationMap.Store.Backups;

namespace SituationMap.Server.Tests.Backups;

/// <summary>The verbs backup and restore, as processes of their own.</summary>
public sealed class BackupTests(PostgisCluster cluster) : BackupFolder
{
    private static readonly string[] Compared = ["status", "since", "until", "surveyed", "edition", "because"];

    [Fact]
    public async Task A_backup_made_while_reports_come_in_is_restored_as_the_same_store()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var copy = await cluster.CreateEmptyDatabaseAsync();
        var homes = await demo.Database.ReadRowsAsync("SELECT code FROM household ORDER BY id LIMIT 300", row => row.GetString(0));
        using var enough = new CancellationTokenSource();
        var posted = 0;
        var reporting = Task.Run(async () =>
        {
            for (; !enough.IsCancellationRequested; posted++)
                (await demo.PostFactsAsync(DemoServer.Returned(homes[posted % homes.Count]).ToJsonString())).EnsureSuccessStatusCode();
        });
        await DemoServer.WaitAsync(() => Task.FromResult(posted > 20));

        var made = await BackUpAsync(demo.Database);

        await enough.CancelAsync();
        await reporting;
        made.Code.ShouldBe(0, made.Errors);
        await demo.WaitUntilSettledAsync();
        var restored = await RestoreAsync(copy, "--keys", Keys);
        (restored.Code, restored.Errors).ShouldBe((0, ""));
        restored.Output.ShouldContain("all is as it was");
        var manifest = Manifest();
        manifest.Content.Rows["situation.fact"].ShouldBe(await copy.ReadAsync<long>("SELECT count(*) FROM fact"));
        manifest.Content.Rows["situation.fact"].ShouldBeLessThan(await demo.Database.ReadAsync<long>("SELECT count(*) FROM fact"));
        manifest.Sequence.ShouldBe(await copy.ReadAsync<long>("SELECT max(sequence) FROM feed"));
        await using var migrated = await cluster.CreateDatabaseAsync();
        (await DefinitionsAsync(copy)).ShouldBe(await DefinitionsAsync(migrated));

        await MarksWhatMovesAsync(copy);

        await using var second = await TestServer.StartAsync(copy);
        var asOf = Uri.EscapeDataString(manifest.MadeAt.ToString("O"));
        foreach (var home in homes.Take(40))
            (await StatusAsync(second.Client, home, asOf)).ShouldBe(await StatusAsync(demo.Client, home, asOf), home);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Backup_and_keys_are_for_their_owner_alone_and_apart_from_one_another()
    {
        await using var demo = await DemoServer.StartAsync(cluster);

        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        System.IO.File.GetUnixFileMode(Keys).ShouldBe(owner);
        System.IO.File.GetUnixFileMode(File).ShouldBe(owner);
        Directory.GetFiles(Folder).ShouldBe([File, Keys], ignoreOrder: true);
        var key = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(Keys))!["deployment"]!.GetValue<string>().Trim().Split(' ')[^1];
        System.IO.File.ReadAllBytes(File).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(key)).ShouldBe(-1);
        using var zip = ZipFile.OpenRead(File);
        zip.Entries.Select(entry => entry.Name).ShouldBe(["store.dump", "manifest.json"]);
        var again = await BackUpAsync(demo.Database);
        (again.Code, again.Errors.Contains("overwrites nothing", StringComparison.Ordinal)).ShouldBe((1, true), again.Errors);
    }

    [Fact]
    public async Task A_file_that_is_damaged_is_refused_and_nothing_is_restored()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var copy = await cluster.CreateEmptyDatabaseAsync();
        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);
        var whole = await System.IO.File.ReadAllBytesAsync(File);

        foreach (
            var damage in (Func<byte[]>[])
                [
                    () => whole[..(whole.Length / 2)],
                    () => [.. whole.Index().Select(item => item.Index == whole.Length / 2 ? (byte)(item.Item ^ 1) : item.Item)],
                    () => "no backup at all"u8.ToArray(),
                    () => [],
                ]
        )
        {
            await System.IO.File.WriteAllBytesAsync(File, damage());
            var refused = await RestoreAsync(copy, "--keys", Keys);
            refused.Code.ShouldBe(1);
            refused.Errors.ShouldContain("damaged");
        }
        (await RestoreAsync(copy, "--keys", File)).Errors.ShouldContain("damaged");
        System.IO.File.Delete(File);
        (await RestoreAsync(copy, "--keys", Keys)).Errors.ShouldContain("cannot be read");
        await ShouldBeEmptyAsync(copy);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var copy = await cluster.CreateEmptyDatabaseAsync();
        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);
        Rewrite(manifest => manifest["schema"] = 999);

        var refused = await RestoreAsync(copy, "--keys", Keys);

        (refused.Code, refused.Errors.Contains("made by a newer SituationMap", StringComparison.Ordinal)).ShouldBe(
            (1, true),
            refused.Errors
        );
        await ShouldBeEmptyAsync(copy);
    }

    [Fact]
    public async Task A_store_is_not_restored_over_another()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);

        var refused = await RestoreAsync(demo.Database, "--keys", Keys);

        refused.Code.ShouldBe(1);
        refused.Errors.ShouldContain("has a store in it");
        refused.Errors.ShouldContain("Nothing was changed");
    }

    [Fact]
    public async Task Without_the_keys_that_belong_to_it_a_backup_is_refused()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var copy = await cluster.CreateEmptyDatabaseAsync();
        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);

        (await RestoreAsync(copy)).Errors.ShouldContain("--keys FILE");
        (await RestoreAsync(copy, "--keys", Path.Combine(Folder, "gone.json"))).Errors.ShouldContain("gone.json");
        var others = new KeyCopy(new string('a', 64), $"1 {new string('b', 64)}");
        others.Write(Path.Combine(Folder, "others.json"));
        (await RestoreAsync(copy, "--keys", Path.Combine(Folder, "others.json"))).Errors.ShouldContain("holds another key");
        // other keys in place are not overwritten
        await System.IO.File.WriteAllTextAsync(Path.Combine(Folder, "deployment.key"), others.Deployment);
        (await RestoreAsync(copy, "--keys", Keys)).Errors.ShouldContain("Move it away first");

        (await System.IO.File.ReadAllTextAsync(Path.Combine(Folder, "deployment.key"))).ShouldBe(others.Deployment);
        await ShouldBeEmptyAsync(copy);
    }

    [Fact]
    public async Task What_differs_from_the_backup_is_told_and_is_a_failure()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var copy = await cluster.CreateEmptyDatabaseAsync();
        // statuses that the server does not work out anew meanwhile: it has done so after its first start, and they end later
        await DemoServer.WaitAsync(() =>
            demo.Database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM recompute_run WHERE finished_at IS NOT NULL)")
        );
        await demo.WaitUntilSettledAsync();
        await demo.Database.ExecuteAsync(
            """
            UPDATE household_status SET status = 'out' WHERE household IN (
              SELECT household FROM household_status WHERE status = 'quarantined' AND next_due > now() + interval '1 hour'
              ORDER BY household LIMIT 3)
            """
        );
        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);
        Rewrite(manifest =>
        {
            manifest["content"]!["rows"]!["situation.fact"] = 1;
            manifest["content"]!["objects"]!["TRIGGER gone ON situation.fact"] = "0";
        });

        var restored = await RestoreAsync(copy, "--keys", Keys);

        restored.Code.ShouldBe(1);
        restored.Errors.ShouldContain("situation.fact has ");
        restored.Errors.ShouldContain("TRIGGER gone ON situation.fact is missing");
        restored.Errors.ShouldContain("3 statuses come out otherwise");
        restored.Output.ShouldContain("not all is as it was");
    }

    [Fact]
    public async Task Ctrl_C_leaves_nothing_of_a_backup()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var held = await demo.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await held.BeginTransactionAsync();
        // of a table that nothing reads at the time but pg_dump
        await using (var hold = new NpgsqlCommand("LOCK TABLE hangfire.schema", held))
            await hold.ExecuteNonQueryAsync();
        using var process = VerbProcess.Start(["backup", File, "--keys", Keys, .. Address(demo.Database)]);
        await DemoServer.WaitAsync(() =>
            demo.Database.ReadAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'hangfire.schema'::regclass)"
            )
        );
        Directory.GetFiles(Folder).ShouldNotBeEmpty();

        await Programs.RunAsync("kill", "-INT", $"{process.Id}");
        var ended = await VerbProcess.FinishAsync(process);

        (ended.Code, ended.Output.Contains("Nothing of the backup is left", StringComparison.Ordinal)).ShouldBe((130, true), ended.Errors);
        Directory.GetFiles(Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_embedded_store_of_a_running_server_becomes_another_in_an_empty_data_folder()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        var made = await VerbProcess.RunAsync("backup", File, "--keys", Keys, server.FolderSetting);
        made.Code.ShouldBe(0, made.Errors);

        await using var second = new ServerProcess();
        var restored = await VerbProcess.RunAsync("restore", File, "--keys", Keys, second.FolderSetting);

        (restored.Code, restored.Errors).ShouldBe((0, ""));
        await second.StartAsync();
        var persons = await second.Client.GetStringAsync(second.At("api/households?limit=3"));
        persons.ShouldBe(
            (await server.Client.GetStringAsync(server.At("api/households?limit=3"))).Replace(
                server.Address.Authority,
                second.Address.Authority,
                StringComparison.Ordinal
            )
        );
        var refused = await VerbProcess.RunAsync("restore", File, "--keys", Keys, second.FolderSetting);
        refused.Errors.ShouldContain("Another SituationMap is running");
    }

    private BackupManifest Manifest()
    {
        using var zip = ZipFile.OpenRead(File);
        using var stream = zip.GetEntry("manifest.json")!.Open();
        return JsonSerializer.Deserialize<BackupManifest>(stream, JsonSerializerOptions.Web)!;
    }

    private void Rewrite(Action<JsonNode> change)
    {
        using var zip = ZipFile.Open(File, ZipArchiveMode.Update);
        using var stream = zip.GetEntry("manifest.json")!.Open();
        var manifest = JsonNode.Parse(stream)!;
        change(manifest);
        stream.SetLength(0);
        JsonSerializer.Serialize(stream, manifest);
    }

    private static async Task<IReadOnlyDictionary<string, string>> DefinitionsAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        return (await StoreContent.ReadAsync(connection, CancellationToken.None)).Objects;
    }

    private static async Task<string> StatusAsync(HttpClient client, string household, string asOf)
    {
        var text = await client.GetStringAsync(new Uri($"api/households/{household}/status?at={asOf}&known={asOf}", UriKind.Relative));
        var answer = JsonNode.Parse(text)!;
        return string.Join('\n', Compared.Select(field => answer[field]?.ToJsonString()));
    }

    private static async Task ShouldBeEmptyAsync(TestDatabase database) =>
        (await database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'situation')")).ShouldBeFalse();

    /// <summary>Before a server works on it.</summary>
    private static async Task MarksWhatMovesAsync(TestDatabase database)
    {
        await database.ExecuteAsync("DELETE FROM dirty_household");
        var building = await database.ReadAsync<int>("SELECT building FROM household GROUP BY building ORDER BY count(*) DESC LIMIT 1");
        await database.ExecuteAsync("UPDATE building SET outline = ST_Translate(outline, 0.00001, 0) WHERE id = $1", building);
        var homes = await database.ReadAsync<long>("SELECT count(*) FROM household WHERE building = $1", building);
        (await database.ReadAsync<long>("SELECT count(DISTINCT household) FROM dirty_household")).ShouldBe(homes);
        homes.ShouldBeGreaterThan(0);
    }
}
