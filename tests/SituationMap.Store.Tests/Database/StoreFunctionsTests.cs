using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Store.Tests.Database;

/// <summary>
/// A database has the functions, triggers and views of the program that started last, whatever happened to them in between.
/// </summary>
public sealed class StoreFunctionsTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const string Definitions = """
        SELECT md5(string_agg(definition, ' ' ORDER BY definition)) FROM (
          SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE pronamespace = 'situation'::regnamespace
          UNION ALL SELECT tgenabled::text || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
          UNION ALL SELECT pg_get_viewdef('situation.zone_period'::regclass)) d
        """;

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await cluster.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("DROP TRIGGER moved ON building")]
    [InlineData("ALTER TABLE household DISABLE TRIGGER moved")]
    [InlineData("DROP TRIGGER followed ON road")]
    [InlineData("DROP FUNCTION settle_passages(int[], timestamptz)")]
    [InlineData("CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")]
    [InlineData("CREATE OR REPLACE FUNCTION is_filling() RETURNS boolean STABLE LANGUAGE sql RETURN true")]
    [InlineData("CREATE OR REPLACE VIEW zone_period AS SELECT * FROM zone_periods_known('-infinity')")]
    public async Task What_is_missing_changed_or_switched_off_is_put_back_at_the_next_start(string damage)
    {
        var before = await _database.ReadAsync<string>(Definitions);
        await _database.ExecuteAsync(damage);
        (await _database.ReadAsync<string>(Definitions)).ShouldNotBe(before);

        (await MigrateAsync(_database.ConnectionString)).ShouldBe(1);

        (await _database.ReadAsync<string>(Definitions)).ShouldBe(before);
        (await MigrateAsync(_database.ConnectionString)).ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_may_not_put_them_back_is_told_what_is_missing_and_who_may()
    {
        await _database.ExecuteAsync("DROP TRIGGER moved ON building");

        var failure = await Should.ThrowAsync<StartupException>(MigrateAsync(_database.ApiConnectionString));

        failure.Message.ShouldContain("TRIGGER moved ON situation.building");
        failure.Message.ShouldContain("ConnectionStrings:SituationMapOwner");
    }

    [Fact]
    public async Task A_new_text_replaces_the_old_one_and_removes_what_it_has_no_more()
    {
        var first = new StoreFunctions([
            .. StoreFunctions.Embedded.Texts,
            "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql RETURN 1",
            """
            CREATE OR REPLACE FUNCTION told() RETURNS trigger LANGUAGE plpgsql
              SET search_path = situation, public AS 'BEGIN RETURN NULL; END';
            CREATE OR REPLACE TRIGGER told AFTER INSERT ON road FOR EACH ROW EXECUTE FUNCTION told();
            """,
        ]);
        var second = new StoreFunctions([
            .. StoreFunctions.Embedded.Texts,
            "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql RETURN 2",
        ]);

        (await MigrateAsync(_database.ConnectionString, first)).ShouldBe(1);
        (await _database.ReadAsync<int>("SELECT answer()")).ShouldBe(1);
        (await _database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'told')")).ShouldBeTrue();

        (await MigrateAsync(_database.ConnectionString, second)).ShouldBe(1);
        (await _database.ReadAsync<int>("SELECT answer()")).ShouldBe(2);
        (await _database.ReadAsync<bool>("SELECT to_regproc('situation.told') IS NULL")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_others_added_to_the_schema_is_left_alone()
    {
        await _database.ExecuteAsync("CREATE FUNCTION theirs() RETURNS int LANGUAGE sql RETURN 7; DROP TRIGGER moved ON building");

        await MigrateAsync(_database.ConnectionString);

        (await _database.ReadAsync<int>("SELECT theirs()")).ShouldBe(7);
    }

    [Fact]
    public async Task A_text_that_fails_leaves_everything_as_it_was()
    {
        var before = await _database.ReadAsync<string>(Definitions);
        var broken = new StoreFunctions([
            "CREATE OR REPLACE FUNCTION is_filling() RETURNS boolean STABLE LANGUAGE sql RETURN true",
            "SELECT no_such_function()",
        ]);

        (await Should.ThrowAsync<StartupException>(MigrateAsync(_database.ConnectionString, broken))).Message.ShouldContain(
            "no_such_function"
        );

        (await _database.ReadAsync<string>(Definitions)).ShouldBe(before);
    }

    private static Task<int> MigrateAsync(string connectionString, StoreFunctions? functions = null) =>
        Migrator.MigrateAsync(connectionString, Migration.Embedded, LineProgress.Unseen, CancellationToken.None, functions);
}
