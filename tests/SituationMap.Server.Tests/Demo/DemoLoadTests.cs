using Shouldly;

namespace SituationMap.Server.Tests.Demo;

public sealed class DemoLoadTests(PostgisCluster cluster)
{
    private static readonly string[] Tables =
    [
        "grid",
        "building",
        "household",
        "person",
        "checkpoint",
        "road",
        "zone",
        "zone_version",
        "zone_in_force",
        "fact",
        "dirty_household",
        "household_status",
        "feed",
        "feed_counter",
    ];

    [Fact]
    public async Task The_same_now_gives_the_same_rows_to_the_byte()
    {
        await using var one = await DemoStore.LoadAsync(cluster);
        await using var other = await DemoStore.LoadAsync(cluster);

        foreach (var table in Tables)
            (await HashAsync(other, table)).ShouldBe(await HashAsync(one, table), table);
    }

    [Fact]
    public async Task What_is_added_afterwards_gets_the_next_id()
    {
        await using var database = await DemoStore.LoadAsync(cluster);

        (
            await database.ReadAsync<int>(
                """
                INSERT INTO household (grid, code, building, floor, unit, room)
                SELECT grid, 'H-01-9999', id, 2, 1, 1 FROM building WHERE kind = 'house' LIMIT 1 RETURNING id
                """
            )
        ).ShouldBe(1693);
        (await database.ReadAsync<int>("INSERT INTO zone (code) VALUES ('Z-2') RETURNING id")).ShouldBe(2);
    }

    private static Task<string> HashAsync(TestDatabase database, string table) =>
        database.ReadAsync<string>(
            $"SELECT md5(COALESCE(string_agg(r::text, E'\\n' ORDER BY r::text), '')) || ' ' || count(*) FROM {table} r"
        );
}
