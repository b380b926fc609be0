using Npgsql;
using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Server.Tests.Database;

/// <summary>What somebody could do who had made a server run any statement he likes.</summary>
public sealed class ApiRoleTests(PostgisCluster cluster) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _api = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.CreateDemoDatabaseAsync();
        _api = Databases.Open(_database.ApiConnectionString);
        await _database.ExecuteAsync("INSERT INTO audit (at, account, action, subject, origin) VALUES (now(), 'a', 'b', 'c', 'd')");
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Its_password_never_reaches_the_log_of_PostgreSQL()
    {
        var owner = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Options = "-c log_statement=all", Pooling = false };
        try
        {
            // made, then changed, which fails to make it first
            foreach (var password in (string[])["never seen", "nie gesehen: \u00e4\ufb01"])
            {
                var api = new NpgsqlConnectionStringBuilder(_database.ConnectionString)
                {
                    Username = "test_silent",
                    Password = password,
                    Pooling = false,
                };
                await ApiRole.PrepareAsync(owner.ConnectionString, api, default);

                await using var entered = new NpgsqlConnection(api.ConnectionString);
                await entered.OpenAsync();
                var log = (await _database.ReadRowsAsync("SELECT pg_read_file('server.log')", row => row.GetString(0)))[0];
                log.ShouldContain("test_silent");
                log.ShouldNotContain(password);
            }
        }
        finally
        {
            await _database.ExecuteAsync("DROP OWNED BY test_silent; DROP ROLE test_silent");
        }
    }

    [Theory]
    [InlineData("UPDATE fact SET source = 'system:forged'")]
    [InlineData("DELETE FROM fact")]
    [InlineData("TRUNCATE fact CASCADE")]
    [InlineData("UPDATE audit SET account = 'nobody'")]
    [InlineData("DELETE FROM counting_fact")]
    [InlineData("DELETE FROM audit")]
    [InlineData("UPDATE audit_seal SET seal = ''")]
    [InlineData("UPDATE feed SET status = 'healthy'")]
    [InlineData("DELETE FROM zone_version")]
    [InlineData("UPDATE zone_step SET actor = 'somebody'")]
    [InlineData("ALTER TABLE fact DISABLE TRIGGER ALL")]
    [InlineData("DROP TRIGGER fact_append_only ON fact")]
    [InlineData("SET session_replication_role = 'replica'")]
    [InlineData("CREATE OR REPLACE FUNCTION situation.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")]
    [InlineData("CREATE TABLE situation.mine (x int)")]
    [InlineData("UPDATE schema_version SET checksum = ''")]
    [InlineData("SELECT grant_api('situationmap_api')")]
    [InlineData("SET ROLE situationmap")]
    [InlineData("CREATE ROLE mine SUPERUSER")]
    [InlineData("COPY fact TO PROGRAM 'cat'")]
    [InlineData("SELECT pg_read_file('/etc/passwd')")]
    public async Task Is_refused(string statement)
    {
        await using var command = _api.CreateCommand(statement);

        var refused = await Should.ThrowAsync<PostgresException>(async () => await command.ExecuteNonQueryAsync());

        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Whatever_is_only_added_to_it_can_only_add_to()
    {
        var tables = await _database.ReadRowsAsync(
            """
            SELECT c.relname::text, has_table_privilege($1, c.oid, 'UPDATE, DELETE, TRUNCATE'), has_table_privilege($1, c.oid, 'INSERT')
            FROM pg_class c WHERE EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid
              AND t.tgfoid = 'situation.refuse_change'::regproc) ORDER BY 1
            """,
            row => (Name: row.GetString(0), MayChange: row.GetBoolean(1), MayAdd: row.GetBoolean(2)),
            ApiRole.Name
        );

        tables
            .Select(table => table.Name)
            .ShouldBe(["audit", "audit_seal", "crossing", "deployment_key", "duty_step", "fact", "feed", "zone_step", "zone_version"]);
        tables.ShouldAllBe(table => table.MayAdd && !table.MayChange);
    }
}
