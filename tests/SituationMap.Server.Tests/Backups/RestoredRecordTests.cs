using Npgsql;
using Shouldly;
using SituationMap.Server.Tests.Commands;

namespace SituationMap.Server.Tests.Backups;

/// <summary>What the verb restore makes of an audit record that is older than what was kept of it outside the database.</summary>
public sealed class RestoredRecordTests(PostgisCluster cluster) : BackupFolder
{
    /// <summary>Of a record that has gone on.</summary>
    private static readonly string LaterHead = $"99999 {new string('a', 64)}\n";

    [Fact]
    public async Task A_restore_that_found_nothing_amiss_takes_the_record_as_it_is_and_says_so_in_it()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var copy = await cluster.CreateEmptyDatabaseAsync();
        await demo.WaitUntilSettledAsync();
        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);
        // as of the store that was lost, whose record went on after the backup
        await System.IO.File.WriteAllTextAsync(HeadOf(copy), LaterHead);

        var restored = await RestoreAsync(copy, "--keys", Keys);

        (restored.Code, restored.Errors).ShouldBe((0, ""));
        restored.Output.ShouldContain("The audit record is taken as it is from here on");
        (await AcceptedAsync(copy)).ShouldHaveSingleItem().ShouldContain("it once had 99,999 rows");
        var verified = await VerbProcess.RunAsync(["audit", "verify", $"--SituationMap:DataFolder={Folder}", .. Address(copy)]);
        (verified.Code, verified.Errors).ShouldBe((0, ""));
    }

    [Fact]
    public async Task Accounts_that_are_not_what_the_record_says_are_told_by_a_restore_which_then_accepts_nothing()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var copy = await cluster.CreateEmptyDatabaseAsync();
        await demo.WaitUntilSettledAsync();
        await demo.Database.ExecuteAsync("INSERT INTO account (name) VALUES ('planted')");
        (await BackUpAsync(demo.Database)).Code.ShouldBe(0);
        await System.IO.File.WriteAllTextAsync(HeadOf(copy), LaterHead);

        var restored = await RestoreAsync(copy, "--keys", Keys);

        restored.Code.ShouldBe(1);
        restored.Errors.ShouldContain("account of planted is not in the record");
        restored.Output.ShouldContain("audit accept");
        (await AcceptedAsync(copy)).ShouldBeEmpty();
        (await System.IO.File.ReadAllTextAsync(HeadOf(copy))).ShouldBe(LaterHead);
    }

    /// <summary>Where the end of the restored record is kept.</summary>
    private string HeadOf(TestDatabase database) =>
        Path.Combine(Folder, $"audit-{new NpgsqlConnectionStringBuilder(database.ConnectionString).Database}.head");

    private static Task<IReadOnlyList<string>> AcceptedAsync(TestDatabase database) =>
        database.ReadRowsAsync("SELECT details::text FROM audit WHERE action = 'accept record'", row => row.GetString(0));
}
