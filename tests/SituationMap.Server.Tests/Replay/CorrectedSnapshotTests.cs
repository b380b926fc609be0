using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Statuses;
using SituationMap.Server.Tests.Zones;
using SituationMap.Store.Protocols;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Replay;

/// <summary>The picture of an instant as it is known by another is what the rules say of every household, taken one by one.</summary>
public sealed class CorrectedSnapshotTests(PostgisCluster cluster) : PastTests(cluster)
{
    [Fact]
    public async Task The_corrected_picture_is_what_the_rules_say_of_every_household()
    {
        await CorrectAsync(new Random(17));
        var (first, last) = await SpanAsync();
        var random = new Random(23);
        var differing = 0;
        for (var i = 0; i < 40; i++)
        {
            var at = first + ((last - first) * random.NextDouble());
            var known = i % 4 == 0 ? DateTimeOffset.UtcNow : first + ((last - first) * random.NextDouble());

            var picture = (await Corrected.WholeAsync(at, known, CancellationToken.None))[0];

            var found = Words(picture);
            found.ShouldBe(await ByTheRulesAsync(at, known), $"at {at:O}, known by {known:O}");
            var shown = Words(await Past.AtAsync(at, CancellationToken.None));
            if (!found.SequenceEqual(shown))
                differing++;
        }
        // the property would hold of pictures that need no correction as well
        differing.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task What_was_shown_by_other_rules_is_worked_out_whole()
    {
        await Demo.Database.ExecuteAsync("UPDATE recompute_run SET rules = 'others'");
        // as if the others had shown everybody so
        await Demo.Database.ExecuteAsync("ALTER TABLE feed DISABLE TRIGGER USER");
        await Demo.Database.ExecuteAsync("UPDATE feed SET status = 'quarantined' WHERE kind = 'status'");
        var (first, last) = await SpanAsync();
        var at = first + ((last - first) / 2);

        var picture = (await Corrected.WholeAsync(at, last, CancellationToken.None))[0];

        Words(picture).ShouldBe(await ByTheRulesAsync(at, last));
    }

    private CorrectedSnapshots Corrected => Demo.Server.Services.GetRequiredService<CorrectedSnapshots>();

    private PastSnapshots Past => Demo.Server.Services.GetRequiredService<PastSnapshots>();

    /// <summary>Late reports, retractions, retractions of retractions, and zones, all arriving now.</summary>
    private async Task CorrectAsync(Random random)
    {
        var (first, last) = await SpanAsync();
        var facts = await Demo.Database.ReadRowsAsync(
            "SELECT f.id, h.code FROM fact f JOIN household h ON h.id = f.household WHERE f.kind IN ('returned', 'survey', 'contact') "
                + "ORDER BY md5(f.id::text) LIMIT 30",
            row => (Id: row.GetGuid(0), Household: row.GetString(1))
        );
        foreach (var (id, household) in facts)
        {
            var retraction = Retraction(household, id);
            await ReportAsync(retraction);
            if (random.Next(3) == 0)
                await ReportAsync(Retraction(household, retraction["id"]!.GetValue<Guid>()));
            var late = DemoServer.Returned(household);
            late["at"] = first + ((last - first) * random.NextDouble());
            await ReportAsync(late);
        }
        var box = await Demo.Database.ReadAsync<double[]>(
            "SELECT ARRAY[ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b)] FROM (SELECT ST_Extent(outline) AS b FROM building) e"
        );
        await new Planner(Demo.Server).PublishAsync(
            Planner.Feature(box[0], box[1], (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, "high", "Z-9")
        );
        await Demo.WaitUntilSettledAsync();
    }

    private async Task ReportAsync(JsonObject fact) => (await Demo.PostFactsAsync(fact.ToJsonString())).EnsureSuccessStatusCode();

    private static JsonObject Retraction(string household, Guid fact)
    {
        var retraction = DemoServer.Returned(household);
        retraction["kind"] = "retraction";
        retraction["data"] = new JsonObject { ["fact"] = fact, ["reason"] = "another door" };
        return retraction;
    }

    private static string[] Words(Snapshot picture) =>
        [
            .. picture
                .City.Households.Select((household, index) => (household.Id, State: picture.States[index]))
                .OrderBy(household => household.Id)
                .Select(household => $"{household.Id} {household.State.Status} {household.State.Surveyed}"),
        ];

    private async Task<string[]> ByTheRulesAsync(DateTimeOffset at, DateTimeOffset known)
    {
        var plan = Demo.Server.Services.GetRequiredService<ProtocolCatalog>().Plan;
        await using var connection = await Demo.Database.DataSource.OpenConnectionAsync();
        var households = await Demo.Database.ReadAsync<int[]>("SELECT array_agg(id ORDER BY id) FROM household");
        return
        [
            .. (await StatusBatch.LoadAsync(connection, plan, households, known, CancellationToken.None)).Select(input =>
            {
                var found = StatusRules.Evaluate(input.Facts, input.Zones, plan.ForGrid(input.Grid), at);
                return $"{input.Household} {found.Status} {found.Surveyed}";
            }),
        ];
    }
}
