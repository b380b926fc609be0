using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>Households that went away: some are still out, others came back and are observed, or quarantined where they came from a risk
/// area.</summary>
internal sealed class Departures(Journal journal, DemoClock clock)
{
    private readonly DemoRandom _random = new("departures");
    private readonly Dictionary<DemoHousehold, (DateTimeOffset From, DateTimeOffset To)> _out = [];

    public bool IsOut(DemoHousehold household, DateTimeOffset at) =>
        _out.TryGetValue(household, out var away) && away.From <= at && at < away.To;

    public void Run(Deck deck)
    {
        // some left on every day, a few of them in the last hours
        for (var i = 0; i < 95; i++)
            Leave(deck.Draw(), day: i < 4 ? 0 : _random.Whole(1, 28), back: null);
        for (var i = 0; i < 64; i++)
        {
            // back on every day from the last to the twentieth before, the high-risk ones within the last twelve
            var high = i < 9;
            var day = high ? i + 1 : (i - 9) % 20;
            Leave(deck.Draw(), day: _random.Whole(day + 2, 29), back: (day, high));
        }
        for (var i = 0; i < 22; i++)
        {
            // one member away, the others at home: the household is not out
            var household = deck.Draw(least: 2);
            Depart(household, household.Members[0], clock.Before(_random.Whole(0, 26), _random.Between(7, 19)));
        }
    }

    private void Leave(DemoHousehold household, int day, (int Day, bool High)? back)
    {
        var left = clock.Before(day, _random.Between(6.5, 19.5));
        if (household.Members.Count > 1 && _random.Chance(0.2))
        {
            // reported one by one
            foreach (var member in household.Members)
                Depart(household, member, left);
        }
        else
        {
            Depart(household, null, left);
        }
        if (back is not { } trip)
        {
            _out[household] = (left, DateTimeOffset.MaxValue);
            return;
        }
        var returned = clock.Before(trip.Day, _random.Between(7, 20));
        _out[household] = (left, returned);
        object data = trip.High
            ? new
            {
                from = _random.Pick(Destination.RiskAreas).Code,
                risk = "high",
                leftRiskAreaAt = returned.AddHours(-_random.Whole(6, 20)),
            }
            : new { from = _random.Pick(Destination.Ordinary).Code, risk = "low" };
        journal.Report(household, null, FactKind.Returned, returned, $"checkpoint:C-{_random.Whole(1, 3)}", data);
        journal.Observe(household, null, returned, DemoClock.EndOfDay(returned, 14));
    }

    private void Depart(DemoHousehold household, DemoPerson? person, DateTimeOffset at) =>
        journal.Report(
            household,
            person,
            FactKind.Departed,
            at,
            Journal.Grid(household),
            new { to = _random.Pick(Destination.Ordinary).Code }
        );
}
