using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

public sealed class PoisonedHouseholdTests(PostgisCluster cluster)
{
    private const string Other = "H-01-0001";

    /// <summary>One whose facts cannot be read, and one whose status cannot be written.</summary>
    [Theory]
    [InlineData(
        """
            INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
            SELECT gen_random_uuid(), grid, id, 'order', '0044-03-15T12:00:00Z BC', now(), 'a poison',
              '{"measure":"quarantine","days":14}' FROM household WHERE code = 'H-01-0002'
            """,
        "ALTER TABLE fact DISABLE TRIGGER USER; DELETE FROM fact WHERE source = 'a poison'"
    )]
    [InlineData(
        """
            CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a poison'; END $$;
            DO $$ BEGIN
              DELETE FROM household_status WHERE household = (SELECT id FROM household WHERE code = 'H-01-0002');
              EXECUTE format('CREATE TRIGGER poison BEFORE INSERT OR UPDATE ON household_status
                FOR EACH ROW WHEN (NEW.household = %s) EXECUTE FUNCTION poison()',
                             (SELECT id FROM household WHERE code = 'H-01-0002'));
              INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
              SELECT gen_random_uuid(), grid, id, 'order', now(), now(), 'a poison', '{"measure":"quarantine","days":14}'
                FROM household WHERE code = 'H-01-0002';
            END $$
            """,
        "DROP TRIGGER poison ON household_status"
    )]
    public async Task One_that_cannot_be_worked_out_is_set_aside_while_the_others_go_on_and_tried_again(string poison, string cure)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        // it would be its time in any case
        await demo.Database.ExecuteAsync(
            "UPDATE household_status SET next_due = now() WHERE household = (SELECT id FROM household WHERE code = 'H-01-0002')"
        );
        await demo.Database.ExecuteAsync(poison);
        await demo.Database.ExecuteAsync("SELECT mark_dirty(ARRAY(SELECT id FROM household), now())");

        var fact = DemoServer.Returned(Other);
        (fact["kind"], fact["data"]) = ("order", JsonNode.Parse("""{"measure":"quarantine","days":20}"""));
        (await demo.PostFactsAsync(fact.ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();

        // the poisoned one alone is left
        await DemoServer.WaitAsync(async () => await DirtyAsync() == 1);
        (await demo.GetJsonAsync($"api/households/{Other}/status")).GetProperty("status").GetString().ShouldBe("quarantined");
        demo.Server.Logs.Count(line => line.Contains("could not be worked out", StringComparison.Ordinal))
            .ShouldBeInRange(1, 10, "it is tried again with pauses");
        (await demo.Client.GetAsync(new Uri("healthz/ready", UriKind.Relative))).IsSuccessStatusCode.ShouldBeTrue();

        await demo.Database.ExecuteAsync(cure);
        await DemoServer.WaitAsync(async () => await DirtyAsync() == 0);

        Task<long> DirtyAsync() => demo.Database.ReadAsync<long>("SELECT count(DISTINCT household) FROM dirty_household");
    }
}
