using Npgsql;
using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Store.Tests.Database;

public sealed class MigratorTests(PostgisCluster cluster)
{
    private static readonly Migration Further = new(
        Migration.Newest + 1,
        "9999_further",
        "CREATE TABLE further (id int); CREATE TABLE more (id int);"
    );

    [Fact]
    public async Task Takes_an_empty_database_to_the_newest_schema()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();

        (await MigrateAsync(database, Migration.Embedded)).ShouldBe(Migration.Embedded.Count + 1, "the functions are one more");

        (await database.ReadAsync<bool>("SELECT to_regclass('situation.household_status') IS NOT NULL")).ShouldBeTrue();
        (await database.ReadAsync<string>("SELECT checksum FROM schema_version WHERE version = 1")).ShouldBe(
            Migration.Embedded[0].Checksum
        );
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
        var windows = Migration
            .Embedded.Select(step => new Migration(step.Version, step.Name, step.Sql.ReplaceLineEndings("\r\n")))
            .ToList();

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
    public async Task Facts_that_are_there_already_get_their_references_and_checkpoints_the_direction_that_follows()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();
        await Migrator.MigrateAsync(
            database.ConnectionString,
            [.. Migration.Embedded.TakeWhile(step => step.Name != "0018_references")],
            LineProgress.Unseen,
            CancellationToken.None,
            new StoreFunctions([])
        );
        await database.ExecuteAsync(StoreTests.SmallCommunity);
        await database.ExecuteAsync(
            """
            INSERT INTO checkpoint (grid, code, name, manned, location) VALUES ('210682.004', 'C-1', 'gate', true,
              ST_SetSRID(ST_MakePoint(124, 40), 4326));
            INSERT INTO fact (id, grid, household, kind, at, received_at, source, data) VALUES
              ('00000000-0000-0000-0000-00000000000a', '210682.004', 1, 'passage', '2020-02-05', '2020-02-05', 'test:1',
                '{"checkpoint": "C-1", "direction": "out"}'),
              ('00000000-0000-0000-0000-00000000000b', '210682.004', 1, 'passage', '2020-02-06', '2020-02-06', 'test:1',
                '{"checkpoint": "C-1", "direction": "in"}'),
              (gen_random_uuid(), '210682.004', 1, 'retraction', '2020-02-06', '2020-02-06', 'test:1',
               '{"fact": "00000000-0000-0000-0000-00000000000B", "reason": "r"}');
            SELECT settle_passages(ARRAY[1], '2020-02-06');
            """
        );
        (await database.ReadAsync<string>("SELECT direction FROM last_passage")).ShouldBe("in", "the rule as it was");

        await MigrateAsync(database, Migration.Embedded);

        (await database.ReadAsync<Guid>("SELECT refers_to FROM fact WHERE kind = 'retraction'")).ShouldBe(
            new Guid("00000000-0000-0000-0000-00000000000b")
        );
        (await database.ReadAsync<string>("SELECT direction FROM last_passage")).ShouldBe("out");
        (await database.ReadAsync<string>("SELECT direction FROM feed WHERE kind = 'passage' ORDER BY sequence DESC LIMIT 1")).ShouldBe(
            "out"
        );
    }

    [Fact]
    public async Task Changes_that_are_there_already_get_the_status_before()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();
        await Migrator.MigrateAsync(
            database.ConnectionString,
            [.. Migration.Embedded.TakeWhile(step => step.Name != "0031_status_before")],
            LineProgress.Unseen,
            CancellationToken.None,
            new StoreFunctions([])
        );
        await database.ExecuteAsync(
            """
            INSERT INTO feed (sequence, recorded_at, kind, subject, status, surveyed) VALUES
              (1, '2020-02-05', 'status', 7, 'observed', true), (2, '2020-02-05', 'status', 8, 'healthy', true),
              (3, '2020-02-05', 'status', 7, 'observed', true), (4, '2020-02-05', 'status', 7, 'healthy', true)
            """
        );

        await MigrateAsync(database, Migration.Embedded);

        (await database.ReadAsync<string>("SELECT string_agg(was::text, ' ' ORDER BY sequence) FROM feed")).ShouldBe(
            "healthy healthy observed observed"
        );
        var refused = await Should.ThrowAsync<PostgresException>(() => database.ExecuteAsync("UPDATE feed SET was = 'out'"));
        refused.SqlState.ShouldBe(PostgresErrorCodes.RestrictViolation);
    }

    [Fact]
    public async Task Which_roles_take_a_second_factor_already_is_taken_up_into_the_record()
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();
        await Migrator.MigrateAsync(
            database.ConnectionString,
            [.. Migration.Embedded.TakeWhile(step => step.Name != "0027_required_second_factors")],
            LineProgress.Unseen,
            CancellationToken.None,
            new StoreFunctions([])
        );
        await database.ExecuteAsync("INSERT INTO second_factor_role (role) VALUES ('administrator'), ('viewer')");

        await MigrateAsync(database, Migration.Embedded);

        (await database.ReadAsync<bool>("SELECT holds = access_held('*') FROM audit WHERE holder = '*'")).ShouldBeTrue();
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
            Migrator.MigrateAsync(connection.ConnectionString, Migration.Embedded, LineProgress.Unseen, CancellationToken.None)
        );

        failure.Message.ShouldContain("CREATE EXTENSION IF NOT EXISTS postgis");
        await database.ExecuteAsync($"DROP ROLE {user}");
    }

    [Fact]
    public async Task Says_where_no_server_answers()
    {
        var failure = await Should.ThrowAsync<StartupException>(
            Migrator.MigrateAsync("Host=/nowhere;Username=a;Password=b", Migration.Embedded, LineProgress.Unseen, CancellationToken.None)
        );

        failure.Message.ShouldContain("/nowhere");
    }

    [Fast]
    [Fact]
    public void Steps_are_numbered_without_a_gap() =>
        Migration.Embedded.Select(step => step.Version).ShouldBe(Enumerable.Range(1, Migration.Embedded.Count));

    private static Task<int> MigrateAsync(TestDatabase database, IReadOnlyList<Migration> migrations) =>
        Migrator.MigrateAsync(database.ConnectionString, migrations, LineProgress.Unseen, CancellationToken.None);
}
