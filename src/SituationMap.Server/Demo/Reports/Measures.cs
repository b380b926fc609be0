using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>What people decided: orders and a release, an override and its confirmation, fevers, and a reading that was mistyped and taken
/// back.</summary>
internal sealed class Measures(Journal journal)
{
    private const string CommandPost = "system:command-post";
    private readonly DemoClock _clock = journal.Clock;

    public void Run(Deck deck)
    {
        Orders(deck);
        Override(deck);
        Fevers(deck);
        Retraction(deck);
    }

    private void Orders(Deck deck)
    {
        foreach (
            var (measure, day, days) in new[]
            {
                ("quarantine", 11, 14),
                ("quarantine", 8, 14),
                ("quarantine", 5, 7),
                ("quarantine", 0, 14),
                ("observation", 6, 14),
                ("observation", 3, 7),
            }
        )
            Order(deck.Draw(), measure, day, days);
        // ended early: came by car, not by the train of the list
        var household = deck.Draw();
        var order = Order(household, "quarantine", day: 5, days: 14);
        journal.Report(household, null, FactKind.Release, _clock.Before(1, 15.2), CommandPost, new { order = order.Id });
    }

    private Fact Order(DemoHousehold household, string measure, int day, int days)
    {
        var at = _clock.Before(day, 11.4);
        journal.Observe(household, null, at, DemoClock.EndOfDay(at, days));
        return journal.Report(household, null, FactKind.Order, at, CommandPost, new { measure, days });
    }

    /// <summary>An override counts once a second person, from another source, has confirmed it.</summary>
    private void Override(Deck deck)
    {
        var household = deck.Draw();
        var at = _clock.Before(4, 9.5);
        var until = _clock.Before(0, 0).AddDays(5);
        journal.Observe(household, null, at, until);
        const string reason = "独居老人，由社区医生每日上门观察。";
        var decided = journal.Report(
            household,
            null,
            FactKind.Override,
            at,
            Journal.Grid(household),
            new
            {
                status = "observed",
                reason,
                until,
            }
        );
        journal.Report(
            household,
            null,
            FactKind.Override,
            at.AddHours(1.3),
            CommandPost,
            new
            {
                status = "observed",
                reason,
                until,
                confirms = decided.Id,
            }
        );
    }

    private void Fevers(Deck deck)
    {
        // at a checkpoint in the last hours; at home the day before, of someone already observed; and one with a negative test since
        var household = deck.Draw();
        journal.Report(
            household,
            household.Members[0],
            FactKind.Passage,
            _clock.Before(0, 10.6),
            "checkpoint:C-2",
            new
            {
                checkpoint = "C-2",
                direction = "in",
                celsius = 37.8m,
            }
        );
        var watched = journal.Watches.First(watch => watch.From < _clock.Before(3, 8) && watch.Until > _clock.Now.AddDays(1));
        journal.Report(
            watched.Household,
            watched.Persons[0],
            FactKind.Temperature,
            _clock.Before(1, 21.2),
            Journal.Grid(watched.Household),
            new { celsius = 37.5m }
        );
        var recovered = deck.Draw();
        journal.Report(
            recovered,
            recovered.Members[0],
            FactKind.Temperature,
            _clock.Before(3, 8.2),
            Journal.Grid(recovered),
            new { celsius = 38.1m }
        );
        journal.Report(
            recovered,
            recovered.Members[0],
            FactKind.Test,
            _clock.Before(1, 14.3),
            "system:hospital",
            new { result = "negative" }
        );
    }

    private void Retraction(Deck deck)
    {
        var household = deck.Draw();
        var at = _clock.Before(6, 17.6);
        var mistyped = journal.Report(
            household,
            household.Members[0],
            FactKind.Temperature,
            at,
            Journal.Grid(household),
            new { celsius = 38.6m }
        );
        journal.Report(
            household,
            null,
            FactKind.Retraction,
            at.AddHours(1.8),
            Journal.Grid(household),
            new { fact = mistyped.Id, reason = "录入错误：36.8 误录为 38.6。" }
        );
    }
}
