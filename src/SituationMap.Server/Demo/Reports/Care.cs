using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>
/// What grid workers do beside the readings: whoever is alone is visited every day, needs are taken down and served, doors stay closed,
/// and somebody objects to an order.
/// </summary>
internal sealed class Care(Journal journal)
{
    private static readonly (string What, string Urgency, double Hour)[] Needs =
    [
        ("medicine", "today", 8.3),
        ("food", "today", 9.1),
        ("doctor", "now", 9.6),
        ("food", "days", 14.2),
        ("child", "today", 15.4),
        ("medicine", "days", 16.5),
    ];

    private readonly DemoClock _clock = journal.Clock;
    private readonly DemoRandom _random = new("care");

    public void Run(Deck deck)
    {
        // a child whose parents are at the hospital, visited today as well; an old person, whom nobody has been at since the day before
        Alone(deck.Draw(), "childAlone", since: 6, last: 0);
        Alone(deck.Draw(), "livesAlone", since: 9, last: 1);
        for (var i = 0; i < 5; i++)
            Old(deck.Draw());
        foreach (var (need, i) in Needs.Select((need, i) => (need, i)))
            Need(deck.Draw(), need.What, need.Urgency, need.Hour, isServed: i % 2 == 1);
        foreach (var hour in (double[])[9.4, 10.2, 15.7, 17.1])
            Visit(deck.Draw(), _clock.Before(0, hour), "nobody");
        Objection();
    }

    private void Alone(DemoHousehold household, string what, int since, int last)
    {
        Circumstance(household, what, _clock.Before(since, 9.2));
        for (var day = since - 1; day >= last; day--)
            Visit(household, _clock.Before(day, _random.Between(8.5, 11.5)), "met");
    }

    private void Old(DemoHousehold household)
    {
        Circumstance(household, _random.Chance(0.3) ? "dependent" : "over80", _clock.Before(20, _random.Between(9, 17)));
        for (var day = 17 + _random.Whole(0, 2); day >= 1; day -= 3)
            Visit(household, _clock.Before(day, _random.Between(9, 17)), "met");
    }

    private void Need(DemoHousehold household, string what, string urgency, double hour, bool isServed)
    {
        var at = _clock.Before(1, hour);
        var need = journal.Report(household, null, FactKind.Need, at, Journal.Grid(household), new { what, urgency });
        if (isServed)
            journal.Report(
                household,
                null,
                FactKind.Served,
                at.AddHours(_random.Between(2, 5)),
                Journal.Grid(household),
                new { need = need.Id, outcome = "done" }
            );
    }

    /// <summary>To the first order, by whom it is about; nobody has answered yet.</summary>
    private void Objection()
    {
        var (household, order) = journal.Facts.First(entry => entry.Fact.Kind == FactKind.Order);
        journal.Report(
            household,
            null,
            FactKind.Objection,
            _clock.Before(1, 10.1),
            Journal.Grid(household),
            new { about = order.Id, note = "名单有误：当天乘坐的是汽车，不是该次列车。" }
        );
    }

    private void Circumstance(DemoHousehold household, string what, DateTimeOffset at) =>
        journal.Report(household, household.Members[0], FactKind.Circumstance, at, Journal.Grid(household), new { what });

    private void Visit(DemoHousehold household, DateTimeOffset at, string outcome) =>
        journal.Report(household, null, FactKind.Visit, at, Journal.Grid(household), new { outcome, by = "door" });
}
