using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>
/// The confirmed case and those who met it: a fever at a checkpoint, a positive test, close contacts among the neighbours and
/// elsewhere, their contacts, and everyone's tests. Later, passengers of a train with a case from elsewhere.
/// </summary>
internal sealed class ConfirmedCase(Journal journal, IReadOnlyList<DemoHousehold> households)
{
    private const string Hospital = "system:hospital",
        DiseaseControl = "system:cdc";
    private readonly DemoRandom _random = new("case");

    public void Run(IReadOnlyList<DemoZoneVersion> zone, Deck deck)
    {
        var clock = journal.Clock;
        var middle = zone[0].Outline.Centroid;
        var neighbours = households
            .Where(household => household.Members.Count > 1 && household.Building.Kind == "house")
            .OrderBy(household => household.Building.Outline.Distance(middle))
            .Take(6)
            .ToArray();
        var home = neighbours[0];
        var patient = home.Members[0];
        journal.Report(
            home,
            patient,
            FactKind.Passage,
            clock.Before(19, 16.3),
            "checkpoint:C-1",
            new
            {
                checkpoint = "C-1",
                direction = "in",
                celsius = 38.2m,
            }
        );
        journal.Report(home, patient, FactKind.Test, clock.Before(18, 10.5), Hospital, new { result = "positive" });
        journal.Report(home, patient, FactKind.Case, clock.Before(18, 14), Hospital, new { confirmed = true });
        foreach (var member in home.Members.Skip(1))
            Test(home, member, 17, 9, 5);

        var exposed = clock.Before(19, 18);
        foreach (var household in neighbours.Skip(1).Concat(Enumerable.Range(0, 4).Select(_ => deck.Draw())))
            Contact(household, degree: 1, exposed, reported: clock.Before(18, _random.Between(15, 20)), 16, 8);
        for (var i = 0; i < 7; i++)
            Contact(deck.Draw(), degree: 2, exposed, reported: clock.Before(17, _random.Between(9, 18)), 14);

        // two trains: the passengers' quarantine still runs
        foreach (var (ride, reported, homes) in new[] { (11, 9, 8), (6, 4, 10) })
        {
            for (var i = 0; i < homes; i++)
                Contact(
                    deck.Draw(),
                    degree: 1,
                    clock.Before(ride, 15.7),
                    reported: clock.Before(reported, _random.Between(9, 18)),
                    reported - 2
                );
        }
    }

    private void Contact(DemoHousehold household, int degree, DateTimeOffset lastExposure, DateTimeOffset reported, params int[] testDays)
    {
        var person = _random.Pick(household.Members);
        journal.Report(household, person, FactKind.Contact, reported, DiseaseControl, new { degree, lastExposure });
        Test(household, person, testDays);
        if (degree == 1)
            journal.Observe(household, person, reported, DemoClock.EndOfDay(lastExposure, 14));
    }

    private void Test(DemoHousehold household, DemoPerson person, params int[] days)
    {
        foreach (var day in days)
            journal.Report(
                household,
                person,
                FactKind.Test,
                journal.Clock.Before(day, _random.Between(9, 16)),
                Hospital,
                new { result = "negative" }
            );
    }
}
