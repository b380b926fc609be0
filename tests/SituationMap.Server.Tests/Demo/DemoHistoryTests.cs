using Shouldly;
using SituationMap.Core.Statuses;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Demo;

/// <summary>What the thirty days left behind: the statuses of now and the feed that led to them.</summary>
public sealed class DemoHistoryTests(DemoStore demo) : IClassFixture<DemoStore>
{
    [Fact]
    public async Task Every_stored_status_is_the_one_worked_out_from_scratch()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var connection = await demo.Database.DataSource.OpenConnectionAsync(cancellation);
        var households = await demo.Database.ReadAsync<int[]>("SELECT array_agg(id ORDER BY id) FROM household");

        foreach (var input in await StatusBatch.LoadAsync(connection, DemoStore.Plan, households, DemoStore.Now, cancellation))
        {
            var found = StoredStatus.Of(StatusRules.Evaluate(input.Facts, input.Zones, DemoStore.Plan, DemoStore.Now));
            if (input.Stored is null)
                found.IsInitial.ShouldBeTrue($"household {input.Household} is {found}");
            else
                input.Stored.ShouldBe(found, $"household {input.Household}");
        }
    }

    [Theory]
    [InlineData("quarantined", 20, 60)]
    [InlineData("observed", 90, 180)]
    [InlineData("out", 80, 110)]
    [InlineData("healthy", 1340, 1500)]
    public async Task All_four_statuses_are_there_in_proportion(string status, int least, int most) =>
        (
            await demo.Database.ReadAsync<long>(
                "SELECT count(*) FROM household h LEFT JOIN household_status s ON s.household = h.id WHERE COALESCE(s.status, "
                    + "'healthy')::text = $1",
                status
            )
        ).ShouldBeInRange(least, most);

    [Fact]
    public async Task Every_grid_has_some_of_each() =>
        (
            await demo.Database.ReadAsync<long>(
                "SELECT min(households) FROM (SELECT count(*) AS households FROM household_status GROUP BY grid, status) s"
            )
        ).ShouldBeGreaterThanOrEqualTo(5);

    [Fact]
    public async Task Only_doors_that_nobody_has_opened_are_not_surveyed() =>
        (
            await demo.Database.ReadAsync<long>(
                "SELECT count(*) FROM household h LEFT JOIN household_status s ON s.household = h.id WHERE s.surveyed IS NOT TRUE"
            )
        ).ShouldBe(37);

    [Fact]
    public async Task Something_changed_in_the_last_24_hours() =>
        (
            await demo.Database.ReadAsync<long>(
                "SELECT count(DISTINCT status) FROM feed WHERE kind = 'status' AND recorded_at > $1",
                DemoStore.Now.AddHours(-24).UtcDateTime
            )
        ).ShouldBe(4);

    [Fact]
    public async Task The_feed_is_without_gaps_and_in_order_of_time()
    {
        (
            await demo.Database.ReadAsync<bool>(
                "SELECT min(sequence) = 1 AND max(sequence) = count(*) AND max(sequence) = (SELECT last FROM feed_counter) FROM feed"
            )
        ).ShouldBeTrue();
        (
            await demo.Database.ReadAsync<bool>(
                "SELECT bool_and(recorded_at >= before) FROM (SELECT recorded_at, lag(recorded_at) OVER (ORDER BY sequence) AS "
                    + "before FROM feed) f"
            )
        ).ShouldBeTrue();
        (
            await demo.Database.ReadAsync<bool>(
                "SELECT min(recorded_at) > $1 - interval '31 days' AND max(recorded_at) <= $1 FROM feed",
                DemoStore.Now.UtcDateTime
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task The_last_feed_row_of_each_household_is_its_status() =>
        (
            await demo.Database.ReadAsync<long>(
                """
                SELECT count(*) FROM household_status s
                LEFT JOIN LATERAL (SELECT * FROM feed WHERE kind = 'status' AND subject = s.household
                  ORDER BY sequence DESC LIMIT 1) f ON true
                WHERE (s.status, s.surveyed, s.since, s.until, s.edition, s.sequence) IS DISTINCT
                  FROM (f.status, f.surveyed, f.since, f.until, f.edition, f.sequence)
                """
            )
        ).ShouldBe(0);

    [Fact]
    public async Task The_zone_opened_was_redrawn_larger_and_was_lowered() =>
        (
            await demo.Database.ReadAsync<string>(
                """
                SELECT string_agg(v.level || ' ' || (SELECT count(*) FROM building b WHERE b.units > 0
                  AND ST_Covers(v.outline, b.point)) || CASE WHEN f.version = v.version THEN ' in force' ELSE '' END, ', '
                    ORDER BY v.version)
                FROM zone_version v JOIN zone_in_force f USING (zone) JOIN feed e ON e.kind = 'zone'
                  AND e.subject = v.zone AND e.version = v.version AND e.recorded_at = v.recorded_at
                """
            )
        ).ShouldMatch("^high (1|2)[0-9], high [4-6][0-9], medium [4-6][0-9] in force$");

    [Theory]
    [InlineData(
        "a reading taken back",
        "SELECT count(*) FROM fact r JOIN fact f ON f.id = r.refers_to WHERE r.kind = 'retraction' AND f.household = r.household"
    )]
    [InlineData(
        "an order ended early",
        "SELECT count(*) FROM fact r JOIN fact f ON f.id = r.refers_to WHERE r.kind = 'release' AND f.kind = 'order'"
    )]
    [InlineData(
        "an override confirmed from another source",
        "SELECT count(*) FROM fact r JOIN fact f ON f.id = r.refers_to WHERE r.kind = 'override' AND r.source <> f.source"
    )]
    [InlineData("a confirmed case", "SELECT count(*) FROM fact WHERE kind = 'case'")]
    public async Task There_is_one(string what, string sql) => (await demo.Database.ReadAsync<long>(sql)).ShouldBe(1, what);

    [Theory]
    [InlineData("contacts of the first degree", "SELECT count(*) FROM fact WHERE kind = 'contact' AND data->>'degree' = '1'", 20)]
    [InlineData("contacts of the second degree", "SELECT count(*) FROM fact WHERE kind = 'contact' AND data->>'degree' = '2'", 5)]
    [InlineData("fevers", "SELECT count(*) FROM fact WHERE (data->>'celsius')::numeric > 37.3", 4)]
    [InlineData("passages", "SELECT count(*) FROM fact WHERE kind = 'passage'", 300)]
    [InlineData("orders", "SELECT count(*) FROM fact WHERE kind = 'order'", 5)]
    public async Task There_are_several(string what, string sql, int least) =>
        (await demo.Database.ReadAsync<long>(sql)).ShouldBeGreaterThanOrEqualTo(least, what);
}
