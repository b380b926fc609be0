using Shouldly;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Persons;

/// <summary>The keys outside the database: made, missed, mistaken, turned.</summary>
public sealed class KeyTests(PostgisCluster cluster) : IDisposable
{
    private const int Persons = 1_201;

    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-keys-test-").FullName;

    private string KeyFile => Path.Combine(_folder, "deployment.key");

    private string PersonFile => Path.Combine(_folder, "persons.keys");

    private DeploymentKey Deployment => DeploymentKey.Open(new SituationMapOptions { KeyFile = KeyFile }, mayMake: true);

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_files_can_be_read_by_their_owner_alone()
    {
        await using var database = await cluster.CreateDatabaseAsync();

        await PersonVault.OpenAsync(database.DataSource, PersonFile, Deployment, mayMake: true, default);

        File.GetUnixFileMode(PersonFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Over_a_database_that_somebody_names_no_server_starts_without_its_keys()
    {
        await using var database = await cluster.CreateDatabaseAsync();

        (await StartAsync()).ShouldContain(KeyFile);
        var deployment = Deployment;
        (await StartAsync()).ShouldContain(PersonFile);
        File.Exists(PersonFile).ShouldBeFalse();
        await PersonVault.OpenAsync(database.DataSource, PersonFile, deployment, mayMake: true, default);
        await using var server = await TestServer.StartAsync(database, ("SituationMap:KeyFile", KeyFile));

        async Task<string> StartAsync()
        {
            var start = new System.Diagnostics.ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "SituationMap.Server.dll"),
                    "--urls=http://127.0.0.1:0",
                    "--SituationMap:Demo=false",
                    $"--SituationMap:KeyFile={KeyFile}",
                ]
            )
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            start.Environment["ConnectionStrings__SituationMap"] = database.ConnectionString;
            using var process = System.Diagnostics.Process.Start(start)!;
            var output = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(1);
            output.ShouldContain("secrets make");
            return output;
        }
    }

    [Fact]
    public async Task Other_keys_than_the_stores_are_refused()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        await PersonVault.OpenAsync(database.DataSource, PersonFile, Deployment, mayMake: true, default);
        File.Delete(PersonFile);

        // of a store that has had keys none are made again
        await Should.ThrowAsync<StartupException>(() =>
            PersonVault.OpenAsync(database.DataSource, PersonFile, Deployment, mayMake: true, default)
        );
        PersonKeys.Read(PersonFile).WithNext();
        (
            await Should.ThrowAsync<StartupException>(() =>
                PersonVault.OpenAsync(database.DataSource, PersonFile, Deployment, mayMake: true, default)
            )
        ).Message.ShouldContain("other keys");
    }

    [Fact]
    public async Task Keys_are_turned_in_batches_and_a_run_that_was_broken_off_is_taken_up_while_people_go_on_writing()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        var vault = await PersonVault.OpenAsync(database.DataSource, PersonFile, Deployment, mayMake: true, default);
        var store = new PersonStore(database.DataSource, vault);
        var codes = await database.ReadRowsAsync($"SELECT code FROM person ORDER BY id LIMIT {Persons}", row => row.GetString(0));
        foreach (var code in codes)
            (await PutAsync(store, code, 1)).ShouldBeTrue();
        var before = await File.ReadAllTextAsync(PersonFile);

        // broken off after the first batch
        using (var stop = new CancellationTokenSource())
            await Should.ThrowAsync<OperationCanceledException>(() =>
                new PersonKeyRotation(database.DataSource, PersonFile).RunAsync(new StopsAtOnce(stop), stop.Token)
            );
        (await GenerationsAsync(database)).ShouldBe([1, 2]);
        (await CountFoundAsync(store)).ShouldBe(Persons);
        // a server that knows the key before only reads the new one, and writes with it
        (await PutAsync(store, codes[^1], 2)).ShouldBeTrue();

        var (generation, rows) = await new PersonKeyRotation(database.DataSource, PersonFile).RunAsync(progress: null, default);

        (generation, rows).ShouldBe((2, Persons - 500 - 1));
        (await GenerationsAsync(database)).ShouldBe([2]);
        PersonKeys.Read(PersonFile).Generations.ShouldBe([2]);
        (await CountFoundAsync(store)).ShouldBe(Persons);
        // what was copied before cannot be read with what is there now
        (await File.ReadAllTextAsync(PersonFile)).ShouldNotContain(before.Split(' ')[1].Trim());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<bool> PutAsync(PersonStore store, string code, int version) =>
        store.PutAsync(
            code,
            new PersonDetails("转键", $"1380000{version:0000}", null),
            Scope.WholeCity,
            AuditEntry.OfConsole("record person", code),
            default
        );

    private static Task<IReadOnlyList<int>> GenerationsAsync(TestDatabase database) =>
        database.ReadRowsAsync("SELECT DISTINCT generation FROM person_detail ORDER BY 1", row => row.GetInt32(0));

    private static async Task<int> CountFoundAsync(PersonStore store) =>
        (await store.SearchAsync(PersonDetails.NameField, "转键", Scope.WholeCity, 10_000, default)).Count(row =>
            row.Details.Name == "转键"
        );

    private sealed class StopsAtOnce(CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value) => stop.Cancel();
    }
}
