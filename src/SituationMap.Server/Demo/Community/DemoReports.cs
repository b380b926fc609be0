using NetTopologySuite.Geometries;
using SituationMap.Server.Demo.Reports;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.Community;

/// <summary>Thirty days of reports that end at the clock's now, and the versions of the risk zone in them.</summary>
internal sealed class DemoReports
{
    public DemoReports(DemoTown town, IReadOnlyList<DemoHousehold> households, DemoClock clock)
    {
        Zone = RiskZone.Versions(town.Layout, clock);
        var largest = Zone[^1].Outline;
        var inZone = households.Where(household => Covers(largest, household.Building)).ToHashSet();
        var journal = new Journal(clock);
        // a slab block shows the most severe of its homes: with as many stories as elsewhere no block would be without one
        var deck = new Deck(
            households.Where(household =>
                household.Members.Count > 0 && !inZone.Contains(household) && (household.Building.Kind == "house" || household.Id % 3 == 0)
            )
        );

        var departures = new Departures(journal, clock);
        departures.Run(deck);
        new ConfirmedCase(journal, households).Run(Zone, deck);
        new Measures(journal).Run(deck);
        foreach (var household in inZone.Where(household => household.Members.Count > 0).OrderBy(household => household.Id))
        {
            var from = Zone.First(version => Covers(version.Outline, household.Building)).From;
            journal.Observe(household, null, from, clock.Now);
        }
        new Sweeps(journal, households, departures).Run(elsewhere: deck.Drawn.Union(inZone).ToHashSet());
        Passages.Run(journal, deck);
        Readings.Run(journal);
        new Care(journal).Run(deck);
        Facts = journal.Facts;
    }

    public IReadOnlyList<DemoZoneVersion> Zone { get; }

    /// <summary>In the order in which they came in.</summary>
    public IReadOnlyList<DemoFact> Facts { get; }

    /// <summary>Whether a zone holds for a building; its borders cut none, so any point inside the building decides.</summary>
    public static bool Covers(Polygon zone, DemoBuilding building) => zone.Covers(building.Outline.InteriorPoint);
}
