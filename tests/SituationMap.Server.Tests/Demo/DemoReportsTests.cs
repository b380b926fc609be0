using System.Text.Json;
using Shouldly;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Server.Demo;
using SituationMap.Server.Demo.Community;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Tests.Demo;

/// <summary>The reports come out whole whatever the hour at which the server is first started.</summary>
[Fast]
public sealed class DemoReportsTests
{
    public static TheoryData<string> Starts =>
        [
            "2026-03-04T10:30:00+08:00",
            "2026-03-04T00:00:00+08:00",
            "2026-03-04T00:05:00+08:00",
            "2026-03-04T08:00:00+08:00",
            "2026-03-04T23:59:59+08:00",
            "2026-01-02T03:17:09Z",
            "2028-02-29T16:00:00Z",
            "2031-12-31T17:45:30.1234567-05:00",
        ];

    [Theory]
    [MemberData(nameof(Starts))]
    public void At_any_start_all_is_reported_by_then_and_the_map_has_all_its_colours(string start)
    {
        var now = DateTimeOffset.Parse(start);
        var clock = new DemoClock(now);
        var town = new DemoTown();
        var households = DemoPeople.Settle(town, clock);
        var reports = new DemoReports(town, households, clock);
        var history = new DemoHistory(town.Checkpoints, households, reports, DemoStore.Plan, now);

        reports.Facts.ShouldAllBe(entry =>
            entry.Fact.At <= entry.Fact.ReceivedAt && entry.Fact.ReceivedAt <= now && entry.Fact.At > now.AddDays(-32)
        );
        reports.Zone.ShouldAllBe(version => version.From <= now);
        int Count(Status status) => history.Statuses.Count(entry => entry.Status.Status == status);
        Count(Status.Quarantined).ShouldBeInRange(20, 60);
        Count(Status.Observed).ShouldBeInRange(90, 180);
        Count(Status.Out).ShouldBeInRange(80, 110);
        history
            .Feed.Where(change => change.Household is not null && change.At > now.AddHours(-24))
            .Select(change => change.Status!.Status)
            .Distinct()
            .Count()
            .ShouldBe(4);
    }

    [Fact]
    public void Every_report_is_one_that_the_server_would_take()
    {
        var clock = new DemoClock(DemoStore.Now);
        var town = new DemoTown();
        var households = DemoPeople.Settle(town, clock);
        var codes = households.SelectMany(household => household.Members).ToDictionary(member => member.Id, member => member.Code);

        foreach (var (household, fact) in new DemoReports(town, households, clock).Facts)
        {
            var sent = JsonSerializer.SerializeToElement(
                new
                {
                    id = fact.Id,
                    kind = FactReader.Name(fact.Kind),
                    household = household.Code,
                    person = fact.Person is { } person ? codes[person] : null,
                    at = fact.At,
                    source = fact.Source,
                    data = fact.Data,
                }
            );
            FactReader.Read(sent, 0, fact.ReceivedAt).Fault.ShouldBeNull(sent.ToString());
        }
    }
}
