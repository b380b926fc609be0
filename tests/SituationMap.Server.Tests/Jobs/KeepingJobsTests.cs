using System.Net;
using System.Text.Json;
using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Jobs;
using SituationMap.Store.Backups;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Tests.Jobs;

/// <summary>Jobs that keep the store and its keys.</summary>
public sealed class KeepingJobsTests(PostgisCluster cluster) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-keeping-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Backups_are_made_into_the_folder_that_is_named_and_the_oldest_are_removed()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            database,
            ("ConnectionStrings:SituationMapOwner", database.ConnectionString),
            ("SituationMap:Backups:Folder", _folder),
            ("SituationMap:Backups:Keep", "2")
        );
        await File.WriteAllTextAsync(Path.Combine(_folder, "situationmap-20200205T000000000Z.backup"), "of long ago");
        await File.WriteAllTextAsync(Path.Combine(_folder, "somebody-elses.backup"), "not ours");

        foreach (var number in (int[])[1, 2])
            (await RunAsync(server, "backup", number)).GetProperty("summary").GetString()!.ShouldContain("has the store");

        var kept = Directory.GetFiles(_folder, "situationmap-*");
        kept.Length.ShouldBe(2);
        kept.ShouldNotContain(path => path.Contains("-2020", StringComparison.Ordinal));
        Directory.GetFiles(_folder).Length.ShouldBe(3, "what is not ours stays");
        using var backup = await BackupFile.OpenAsync(kept[0], Migration.Newest, default);
        await backup.CheckAsync(default);
    }

    [Fact]
    public async Task Without_a_folder_no_backup_is_made()
    {
        await using var server = await TestServer.StartAsync(cluster);

        var run = await RunAsync(server, "backup", 1);

        run.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        run.GetProperty("summary").GetString()!.ShouldContain("SituationMap:Backups:Folder");
    }

    [Fact]
    public async Task The_keys_of_persons_are_turned_when_an_operator_says_so_and_only_then()
    {
        var keys = Path.Combine(_folder, "persons.keys");
        PersonKeys.Read(keys).WithNext();
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:PersonKeys", keys));
        (await JobTests.GetJobAsync(server.Client, "rotation")).GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);

        (await RunAsync(server, "rotation", 1)).GetProperty("summary").GetString()!.ShouldContain("key 2");

        PersonKeys.Read(keys).Generations.ShouldBe([2]);
    }

    [Fact]
    public async Task What_is_given_out_again_after_it_was_done_is_not_run_again()
    {
        await using var server = await TestServer.StartAsync(cluster);
        var storage = server.Services.GetRequiredService<JobStorage>();
        using var connection = storage.GetConnection();
        var context = new PerformContext(
            storage,
            connection,
            new BackgroundJob("its-server-died", job: null, DateTime.UtcNow),
            new JobCancellationToken(canceled: false)
        );
        var runner = server.Services.GetRequiredService<JobRunner>();

        (await runner.RunAsync("deliveries", context, default)).ShouldContain("deliveries were forgotten");
        (await runner.RunAsync("deliveries", context, default)).ShouldBe("it was done already");
    }

    /// <summary>Has a job run and gives the run, the so-manieth that it has.</summary>
    private static async Task<JsonElement> RunAsync(TestServer server, string job, int number)
    {
        using var ordered = await server.Client.PostAsync(new Uri($"api/jobs/{job}/run", UriKind.Relative), content: null);
        ordered.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonElement found = default;
        await DemoServer.WaitAsync(async () =>
            (found = await JobTests.GetJobAsync(server.Client, job)).GetProperty("runs").GetArrayLength() == number
        );
        return found.GetProperty("last");
    }
}
