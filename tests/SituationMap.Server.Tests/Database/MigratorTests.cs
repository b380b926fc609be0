using Shouldly;
using SituationMap.Server.Database;

namespace SituationMap.Server.Tests.Database;

public sealed class MigratorTests(PostgisCluster cluster)
{
    private static readonly Migration Further = new(Migration.Embedded.Count + 1, "9999_further", "CREATE TABLE further (id int); CREATE TABLE more (id int);");

    [Fact]
    public async Task Takes_an_empty_database_to_the_newest_schema()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();

        (await MigrateAsync(database, Migration.Embedded)).ShouldBe(Migration.Embedded.Count + 1, "the functions are one more");

        (await database.ReadAsync<bool>("SELECT to_regclass('situation.household_status') IS NOT NULL")).ShouldBeTrue();
        (await database.ReadAsync<string>("SELECT checksum FROM schema_version WHERE version = 1")).ShouldBe(Migration.Embedded[0].Checksum);
    }

    [Fact]
    public async Task Does_nothing_the_second_time()
    {
        await using var database = await cluster.CreateDatabaseAsync();

        (await MigrateAsync(database, Migration.Embedded)).ShouldBe(0);
    }

    [Fact]
    public async Task Applies_only_what_is_missing()
    {
        await using var database = await cluster.CreateDatabaseAsync();

        (await MigrateAsync(database, [.. Migration.Embedded, Further])).ShouldBe(1);

        (await database.ReadAsync<bool>("SELECT to_regclass('situation.more') IS NOT NULL")).ShouldBeTrue();
    }

    [Fact]
    public async Task Leaves_nothing_of_a_step_that_fails()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var broken = Further with { Sql = "CREATE TABLE half (id int); SELECT no_such_function();" };

        var failure = await Should.ThrowAsync<StartupException>(MigrateAsync(database, [.. Migration.Embedded, broken]));

        failure.Message.ShouldContain("no_such_function");
        (await database.ReadAsync<bool>("SELECT to_regclass('situation.half') IS NULL")).ShouldBeTrue();
        (await MigrateAsync(database, [.. Migration.Embedded, Further])).ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_an_applied_step_whose_text_changed()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var first = Migration.Embedded[0];
        var changed = new Migration(first.Version, first.Name, first.Sql + "-- a word more");

        var failure = await Should.ThrowAsync<StartupException>(MigrateAsync(database, [changed, .. Migration.Embedded.Skip(1)]));

        failure.Message.ShouldContain(first.Name);
    }

    [Fact]
    public async Task Takes_other_line_ends_for_the_same_text()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var windows = Migration.Embedded.Select(step => new Migration(step.Version, step.Name, step.Sql.ReplaceLineEndings("\r\n"))).ToList();

        (await MigrateAsync(database, windows)).ShouldBe(0);
    }

    [Fact]
    public async Task Refuses_a_database_newer_than_the_program()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        await MigrateAsync(database, [.. Migration.Embedded, Further]);

        var failure = await Should.ThrowAsync<StartupException>(MigrateAsync(database, Migration.Embedded));

        failure.Message.ShouldContain("newer SituationMap");
    }

    [Fact]
    public async Task Lets_programs_that_start_together_apply_each_step_once()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(database, Migration.Embedded)));

        applied.Order().ShouldBe([0, 0, 0, Migration.Embedded.Count + 1]);
    }

    [Fact]
    public async Task Says_what_a_superuser_must_do_where_rights_are_lacking()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();
        var user = $"plain_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"CREATE ROLE {user} LOGIN PASSWORD 'plain'");
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user, Password = "plain" };

        var failure = await Should.ThrowAsync<StartupException>(
            Migrator.MigrateAsync(connection.ConnectionString, Migration.Embedded, Told.Nobody, CancellationToken.None));

        failure.Message.ShouldContain("CREATE EXTENSION IF NOT EXISTS postgis");
        await database.ExecuteAsync($"DROP ROLE {user}");
    }

    [Fact]
    public async Task Says_where_no_server_answers()
    {
        var failure = await Should.ThrowAsync<StartupException>(
            Migrator.MigrateAsync("Host=/nowhere;Username=a;Password=b", Migration.Embedded, Told.Nobody, CancellationToken.None));

        failure.Message.ShouldContain("/nowhere");
    }

    [Fact]
    public void Steps_are_numbered_without_a_gap() =>
        Migration.Embedded.Select(step => step.Version).ShouldBe(Enumerable.Range(1, Migration.Embedded.Count));

    private static Task<int> MigrateAsync(TestDatabase database, IReadOnlyList<Migration> migrations) =>
        Migrator.MigrateAsync(database.ConnectionString, migrations, Told.Nobody, CancellationToken.None);
}
