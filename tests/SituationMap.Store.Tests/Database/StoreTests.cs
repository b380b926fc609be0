using System.Text.Json;
using Npgsql;
using Shouldly;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Database;

namespace SituationMap.Store.Tests.Database;

/// <summary>What the store refuses, whoever writes to it: one small community, and one thing wrong with it at a time.</summary>
public sealed class StoreTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const string Square = "ST_Multi(ST_MakeEnvelope(124, 40, 124.001, 40.001, 4326))";

    // the ids are drawn by the store: 1, 2, …
    internal const string SmallCommunity = $$"""
        INSERT INTO grid (path, level, name, outline) VALUES ('210682', 'city', '凤城市', {{Square}}), ('210682.004', 'community', '铁南社区',
          {{Square}});
        INSERT INTO building (grid, code, address, kind, floors, units, outline) VALUES ('210682.004', 'B-1', '铁南街1号', 'slab', 3, 2,
          {{Square}});
        INSERT INTO household (grid, code, building, floor, unit, room) VALUES ('210682.004', 'H-1', 1, 1, 1, 1), ('210682.004', 'H-2',
          1, 1, 1, 2);
        INSERT INTO person (grid, code, household) VALUES ('210682.004', 'P-1', 1);
        INSERT INTO zone (code) VALUES ('Z-1');
        INSERT INTO zone_version (zone, version, name, level, outline, effective_from, author, reason, recorded_at)
        VALUES (1, 1, '东片', 'high', {{Square}}, '2020-02-01', 'a', 'r', '2020-02-01');
        INSERT INTO fact (id, grid, household, person, kind, at, received_at, source, data)
        VALUES ('00000000-0000-0000-0000-000000000001', '210682.004', 1, 1, 'temperature', '2020-02-05', '2020-02-05', 'test:1',
          '{"celsius": 36.5}');
        """;

    private TestDatabase _database = null!;

    public static TheoryData<string, string> Refused =>
        new()
        {
            {
                PostgresErrorCodes.ForeignKeyViolation,
                $"INSERT INTO grid (path, level, name, outline) VALUES ('999.001', 'grid', 'without a parent', {Square})"
            },
            {
                PostgresErrorCodes.CheckViolation,
                $"INSERT INTO grid (path, level, name, outline) VALUES ('210683', 'galaxy', 'x', {Square})"
            },
            {
                PostgresErrorCodes.CheckViolation,
                "INSERT INTO grid (path, level, name, outline) VALUES ('210683', 'city', 'crosses itself', "
                    + "ST_Multi(ST_GeomFromText('POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))', 4326)))"
            },
            {
                PostgresErrorCodes.CheckViolation,
                "INSERT INTO grid (path, level, name, outline) VALUES ('210683', 'city', 'lat, lon', "
                    + "ST_Multi(ST_MakeEnvelope(40, 124, 41, 125, 4326)))"
            },
            {
                PostgresErrorCodes.CheckViolation,
                "INSERT INTO building (grid, code, address, kind, floors, units, outline) VALUES ('210682.004', 'B-2', 'a', "
                    + $"'slab', 0, 1, {Square})"
            },
            {
                PostgresErrorCodes.UniqueViolation,
                "INSERT INTO building (grid, code, address, kind, floors, units, outline) VALUES ('210682.004', 'B-1', 'a', "
                    + $"'slab', 1, 1, {Square})"
            },
            {
                PostgresErrorCodes.UniqueViolation,
                "INSERT INTO household (grid, code, building, floor, unit, room) VALUES ('210682.004', 'H-3', 1, 1, 1, 1)"
            },
            {
                PostgresErrorCodes.ForeignKeyViolation,
                "INSERT INTO household (grid, code, building, floor, unit, room) VALUES ('210682', 'H-3', 1, 2, 1, 1)"
            },
            {
                PostgresErrorCodes.CheckViolation,
                "INSERT INTO zone_version SELECT zone, 2, name, level, outline, effective_from, effective_from, author, "
                    + "reason, recorded_at FROM zone_version"
            },
            { PostgresErrorCodes.UniqueViolation, "INSERT INTO zone_version SELECT * FROM zone_version" },
            {
                PostgresErrorCodes.UniqueViolation,
                "INSERT INTO fact (id, grid, household, kind, at, received_at, source, data) SELECT id, grid, household, kind, "
                    + "at, received_at, source, data FROM fact"
            },
            { PostgresErrorCodes.CheckViolation, Fact("temperature", """{"celsius": "warm"}""") },
            { PostgresErrorCodes.CheckViolation, Fact("temperature", "[36.5]") },
            { PostgresErrorCodes.CheckViolation, Fact("returned", """{"from": "420100"}""") },
            {
                PostgresErrorCodes.CheckViolation,
                Fact("order", """{"measure": "quarantine", "days": 7, "until": "2020-03-01T00:00:00+08:00"}""")
            },
            { PostgresErrorCodes.InvalidTextRepresentation, Fact("rumour", "{}") },
            { PostgresErrorCodes.ForeignKeyViolation, Fact("departed", "{}", household: 9) },
            // the person is not a member of that household
            { PostgresErrorCodes.ForeignKeyViolation, Fact("departed", "{}", household: 2, person: "1") },
            { PostgresErrorCodes.RestrictViolation, "UPDATE fact SET source = 'someone else'" },
            { PostgresErrorCodes.RestrictViolation, "DELETE FROM fact" },
            { PostgresErrorCodes.RestrictViolation, "TRUNCATE fact CASCADE" },
            { PostgresErrorCodes.RestrictViolation, "UPDATE zone_version SET level = 'low'" },
            { PostgresErrorCodes.RestrictViolation, "DELETE FROM zone_version" },
            {
                PostgresErrorCodes.CheckViolation,
                "INSERT INTO household_status (grid, household, status, surveyed, since, until, edition, sequence) VALUES "
                    + "('210682.004', 1, 'observed', true, '2020-02-05', '2020-02-05', 'e', 1)"
            },
            { PostgresErrorCodes.CheckViolation, "INSERT INTO feed (sequence, recorded_at, kind, subject) VALUES (1, now(), 'status', 1)" },
            { PostgresErrorCodes.CheckViolation, "INSERT INTO feed (sequence, recorded_at, kind, subject) VALUES (1, now(), 'grid', 1)" },
            { PostgresErrorCodes.UniqueViolation, "INSERT INTO feed_counter (last) VALUES (5)" },
            { PostgresErrorCodes.CheckViolation, "INSERT INTO feed_counter (singleton, last) VALUES (false, 5)" },
        };

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.CreateDatabaseAsync();
        await _database.ExecuteAsync(SmallCommunity);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refuses(string sqlState, string statement) =>
        (await Should.ThrowAsync<PostgresException>(_database.ExecuteAsync(statement))).SqlState.ShouldBe(sqlState);

    [Fact]
    public async Task Takes_what_only_looks_odd()
    {
        await _database.ExecuteAsync(Fact("departed", "{}", household: 1, person: "1"));
        await _database.ExecuteAsync(Fact("order", """{"measure": "observation", "until": "2020-03-01T00:00:00+08:00"}"""));
        await _database.ExecuteAsync(Fact("survey", """{"members": 0, "more": "than asked for"}"""));

        (await _database.ReadAsync<long>("SELECT count(*) FROM fact")).ShouldBe(4);
    }

    [Fact]
    public async Task Derives_code_and_parent_of_a_grid_from_its_path()
    {
        (await _database.ReadAsync<string>("SELECT code FROM grid WHERE path = '210682.004'")).ShouldBe("210682-004");
        (await _database.ReadAsync<string>("SELECT parent::text FROM grid WHERE path = '210682.004'")).ShouldBe("210682");
    }

    [Fact]
    public async Task Has_the_labels_of_our_enums_and_their_order()
    {
        foreach (var status in Enum.GetValues<Status>())
            (await _database.ReadAsync<Status>("SELECT $1::text::situation.status", Label(status))).ShouldBe(status);
        foreach (var kind in Enum.GetValues<FactKind>())
            (await _database.ReadAsync<FactKind>("SELECT $1::text::situation.fact_kind", Label(kind))).ShouldBe(kind);
        foreach (var kind in Enum.GetValues<FeedKind>())
            (await _database.ReadAsync<FeedKind>("SELECT $1::text::situation.feed_kind", Label(kind))).ShouldBe(kind);

        (
            await _database.ReadAsync<Status>(
                "SELECT max(s) FROM unnest($1::situation.status[]) s",
                new[] { Status.Out, Status.Quarantined, Status.Healthy }
            )
        ).ShouldBe(Status.Quarantined);
        (await _database.ReadAsync<bool>("SELECT enum_range(NULL::situation.status) = $1", Enum.GetValues<Status>())).ShouldBeTrue();
    }

    [Fact]
    public async Task Ends_a_zone_version_when_the_next_takes_over()
    {
        await _database.ExecuteAsync(
            $"""
            INSERT INTO zone_version (zone, version, name, level, outline, effective_from, effective_to, author, reason, recorded_at) VALUES
              (1, 2, '东片', 'medium', {Square}, '2020-02-10', '2020-02-20', 'a', 'lowered', '2020-02-10'),
              (1, 3, '东片', NULL, {Square}, '2020-02-15', NULL, 'a', 'ended early', '2020-02-14')
            """
        );

        var periods = await _database.ReadAsync<string>(
            "SELECT string_agg(format('%s %s %s..%s', version, level, starts_at::date, ends_at::date), '; ' ORDER BY version) "
                + "FROM zone_period"
        );

        periods.ShouldBe("1 high 2020-02-01..2020-02-10; 2 medium 2020-02-10..2020-02-15");
    }

    [Fact]
    public async Task Draws_sequences_in_the_order_of_commits_without_a_gap()
    {
        var last = await _database.ReadAsync<long>("SELECT last FROM feed_counter");
        await using var slow = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await using var draw = new NpgsqlCommand("SELECT first FROM draw_sequences(3, now())", slow);
        var first = (long)(await draw.ExecuteScalarAsync())!;

        // whoever draws next waits for the commit or rollback of the first
        var next = _database.ReadAsync<long>("SELECT first FROM draw_sequences(1, now())");
        next.IsCompleted.ShouldBeFalse();
        await transaction.RollbackAsync();

        first.ShouldBe(last + 1);
        (await next).ShouldBe(last + 1, "a rollback gives its sequences back");
    }

    private static string Fact(string kind, string data, int household = 1, string person = "NULL") =>
        $"""
            INSERT INTO fact (id, grid, household, person, kind, at, received_at, source, data)
            VALUES (gen_random_uuid(), '210682.004', {household}, {person}, '{kind}', '2020-02-05', '2020-02-05', 'test:1', '{data}')
            """;

    private static string Label<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
