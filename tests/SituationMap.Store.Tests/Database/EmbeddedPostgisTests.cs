using System.Diagnostics;
using Npgsql;
using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Store.Tests.Database;

/// <summary>The embedded PostGIS over its whole life, each test in a data folder of its own.</summary>
public sealed class EmbeddedPostgisTests(PostgisCluster cluster) : IAsyncDisposable
{
    // readable by the user PostgreSQL runs as, unlike Directory.CreateTempSubdirectory's
    private readonly string _folder = Path.Combine(
        Path.GetTempPath(),
        $"situationmap-tests-{Environment.ProcessId}-{Guid.NewGuid():N}"[..44]
    );
    private string _deeper = "";

    [Fact]
    public async Task Keeps_its_data_from_one_start_to_the_next()
    {
        await using (var first = await StartAsync())
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");

        await using var second = await StartAsync();

        (await ReadAsync<int>(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Is_stopped_with_the_server()
    {
        PostmasterFile running;
        await using (var postgis = await StartAsync())
        {
            running = PostmasterFile.Read(postgis.Folder.Cluster)!;
            (await running.IsAliveAsync(postgis.Folder.Cluster, CancellationToken.None)).ShouldBeTrue();
        }

        (await running.IsAliveAsync(Cluster, CancellationToken.None)).ShouldBeFalse();
        File.Exists(PostmasterFile.In(Cluster)).ShouldBeFalse();
    }

    [Fact]
    public async Task Recovers_what_was_committed_when_PostgreSQL_is_killed()
    {
        await using (var first = await StartAsync(isThrowAway: false))
        {
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            Kill(PostmasterFile.Read(Cluster)!.ProcessId);
        }

        File.Exists(PostmasterFile.In(Cluster)).ShouldBeTrue("a killed PostgreSQL leaves its file behind");
        await using var second = await StartAsync(isThrowAway: false);

        (await ReadAsync<int>(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Is_not_misled_by_stale_files_whose_process_number_another_program_has()
    {
        await (await StartAsync()).DisposeAsync();
        await using var database = await cluster.CreateDatabaseAsync();
        await using var other = await database.DataSource.OpenConnectionAsync();
        // a process of the same user is what PostgreSQL itself would take for a PostgreSQL still running
        await File.WriteAllTextAsync(PostmasterFile.In(Cluster), $"{other.ProcessID}\n{Cluster}\n1\n5432\n{Cluster}\n");
        await File.WriteAllTextAsync(
            Path.Combine(Cluster, PostgresSocket.LockFileName),
            $"{other.ProcessID}\n{Cluster}\n1\n5432\n{Cluster}\n"
        );

        await using var second = await StartAsync();

        (await ReadAsync<int>(second, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Is_not_misled_by_a_file_cut_short()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(PostmasterFile.In(Cluster), "");

        await using var second = await StartAsync();

        (await ReadAsync<int>(second, "SELECT 1")).ShouldBe(1);
    }

    /// <param name="missing">Below the data folder.</param>
    [Theory]
    [InlineData("postgres")]
    [InlineData("postgres/PG_VERSION")]
    [InlineData("postgres/global/pg_control")]
    [InlineData("postgres/pg_wal")]
    [InlineData("postgres/postgresql.conf")]
    [InlineData("postgres/base")]
    public async Task Says_in_a_sentence_what_to_do_where_files_are_missing_and_makes_nothing_in_their_place(string missing)
    {
        await (await StartAsync()).DisposeAsync();
        if (File.Exists(Path.Combine(Folder, missing)))
            File.Delete(Path.Combine(Folder, missing));
        else
            Directory.Delete(Path.Combine(Folder, missing), recursive: true);

        ShouldBeForPeople((await Should.ThrowAsync<StartupException>(StartAsync())).Message);
    }

    [Fact]
    public async Task Says_in_a_sentence_what_to_do_where_its_folder_goes_while_it_runs_and_goes_on_when_it_is_back()
    {
        await using var postgis = await StartAsync(isThrowAway: false);
        await ExecuteAsync(postgis, "CREATE TABLE kept AS SELECT 42 AS answer");
        NpgsqlConnection.ClearAllPools();
        var running = PostmasterFile.Read(Cluster)!.ProcessId;
        Directory.Move(Cluster, Cluster + ".away");
        Kill(running);

        postgis.IsGone.ShouldBeTrue();
        ShouldBeForPeople(
            (await Should.ThrowAsync<StartupException>(() => postgis.RestartAsync(LineProgress.Unseen, CancellationToken.None))).Message
        );

        Directory.Move(Cluster + ".away", Cluster);
        await postgis.RestartAsync(LineProgress.Unseen, CancellationToken.None);
        (await ReadAsync<int>(postgis, "SELECT answer FROM kept")).ShouldBe(42);
    }

    private void ShouldBeForPeople(string message)
    {
        message.ShouldContain(Folder);
        message.ShouldContain("backup");
        foreach (var raw in (string[])["initdb", "FATAL", "HINT", "pg_ctl", "\n"])
            message.ShouldNotContain(raw);
    }

    [Fact]
    public async Task Is_made_anew_where_making_it_was_broken_off()
    {
        Directory.CreateDirectory(Cluster + ".new");
        await File.WriteAllTextAsync(Path.Combine(Cluster + ".new", "PG_VERSION"), "15");

        await using var postgis = await StartAsync();

        (await ReadAsync<int>(postgis, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_a_second_server_on_the_same_folder()
    {
        await using var first = await StartAsync();

        var failure = await Should.ThrowAsync<StartupException>(StartAsync());

        failure.Message.ShouldContain(Folder);
        (await ReadAsync<int>(first, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Lets_nobody_in_without_its_password()
    {
        await using var postgis = await StartAsync();
        var stranger = new NpgsqlConnectionStringBuilder(postgis.ConnectionString) { Password = "guessed", Pooling = false };

        await using var connection = new NpgsqlConnection(stranger.ConnectionString);
        (await Should.ThrowAsync<PostgresException>(connection.OpenAsync())).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(postgis.Folder.PasswordFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Cluster).ShouldBe(owner);
        }
    }

    [Theory]
    [InlineData("a folder whose name is far too long for the path of a socket, which has 107 bytes and no more, alas")]
    [InlineData("it's, oddly: named")]
    [InlineData("铁南社区")]
    public async Task Works_in_a_folder_of_any_name(string name)
    {
        _deeper = name;

        await using var postgis = await StartAsync();

        (await ReadAsync<string>(postgis, "SELECT '铁南'")).ShouldBe("铁南");
    }

    [Fast]
    [Fact]
    public void Goes_elsewhere_always_to_the_same_place()
    {
        var folder = new DataFolder("/root/maps/.situationmap");

        folder.Elsewhere().Path.ShouldStartWith("/var/lib/situationmap/maps-");
        folder.Elsewhere().ShouldBe(folder.Elsewhere());
        folder.Elsewhere().ShouldNotBe(new DataFolder("/root/maps2/.situationmap").Elsewhere());
    }

    [Fast]
    [Fact]
    public void Takes_a_modest_part_of_the_memory_and_gives_up_no_durability()
    {
        const long gigaByte = 1024L * 1024 * 1024;

        PostgresSettings.Text("/s", 2 * gigaByte, isThrowAway: false).ShouldContain("shared_buffers = 256MB");
        PostgresSettings.Text("/s", 256 * gigaByte, isThrowAway: false).ShouldContain("shared_buffers = 1024MB");
        PostgresSettings.Text("/s", 2 * gigaByte, isThrowAway: false).ShouldContain("fsync = on");
        PostgresSettings.Text("/s", 2 * gigaByte, isThrowAway: false).ShouldContain("synchronous_commit = on");
    }

    public async ValueTask DisposeAsync()
    {
        await EmbeddedPostgis.StopLeftoverAsync(Folder);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private string Folder => Path.Combine(_folder, _deeper);

    private string Cluster => new DataFolder(Folder).Cluster;

    private Task<EmbeddedPostgis> StartAsync(bool isThrowAway = true) =>
        EmbeddedPostgis.StartAsync(
            new EmbeddedPostgisSettings(Folder, IsThrowAway: isThrowAway),
            LineProgress.Unseen,
            CancellationToken.None
        );

    private static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
        process.WaitForExit(TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    private static async Task ExecuteAsync(EmbeddedPostgis postgis, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(postgis.ConnectionString);
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> ReadAsync<T>(EmbeddedPostgis postgis, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(postgis.ConnectionString);
        await using var command = dataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
