using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>
/// The two sweeps from door to door, each grid by its own people along its lanes. The source of a sweep's facts tells them from all
/// others and names which of the 67 people of the grids stood at the door: <c>grid:210682-004-01/sweep-1/W-07</c>.
/// </summary>
internal sealed class Sweeps(Journal journal, IReadOnlyList<DemoHousehold> households, Departures departures)
{
    private const int FirstHomes = 1071,
        FirstPeople = 2417,
        FirstReturnees = 47,
        SecondReturnees = 4;
    private static readonly int[] WorkersOfGrid = [23, 22, 22];
    private readonly DemoRandom _random = new("sweeps");

    public void Run(IReadOnlySet<DemoHousehold> elsewhere)
    {
        var known = households.Where(household => household.Members.Count > 0).ToArray();
        var first = Visit(1, ChooseFirst(known), firstDay: 17, days: 6);
        var second = Visit(2, known, firstDay: 8, days: 6);

        var candidates = first.Where(visit => !elsewhere.Contains(visit.Household)).ToList();
        _random.Shuffle(candidates);
        // the one from Wuhan among the last to be found, so that the quarantine still runs
        var wuhan = candidates.First(visit => visit.Day <= 12);
        candidates.Remove(wuhan);
        Found(wuhan, "420100", "high");
        for (var i = 0; i < FirstReturnees - 1; i++)
        {
            var (from, risk) = i switch
            {
                0 => ("330100", "medium"),
                1 => ("330300", "medium"),
                _ => (_random.Pick(Destination.Ordinary).Code, "low"),
            };
            Found(candidates[i], from, risk);
        }
        var taken = candidates.Take(FirstReturnees - 1).Select(visit => visit.Household).Append(wuhan.Household).ToHashSet();
        var late = second.Where(visit => !elsewhere.Contains(visit.Household) && !taken.Contains(visit.Household)).ToList();
        _random.Shuffle(late);
        foreach (var visit in late.Take(SecondReturnees))
            Found(visit, _random.Pick(Destination.Ordinary).Code, "low");
    }

    /// <summary>1,071 homes in which exactly 2,417 people live.</summary>
    private DemoHousehold[] ChooseFirst(DemoHousehold[] known)
    {
        var deck = known.ToArray();
        _random.Shuffle(deck);
        var sum = deck.Take(FirstHomes).Sum(household => household.Members.Count);
        while (sum != FirstPeople)
        {
            // swap one in for one out wherever that comes closer
            var (inside, outside) = (_random.Whole(0, FirstHomes - 1), _random.Whole(FirstHomes, deck.Length - 1));
            var swapped = sum + deck[outside].Members.Count - deck[inside].Members.Count;
            if (Math.Abs(swapped - FirstPeople) >= Math.Abs(sum - FirstPeople))
                continue;
            (deck[inside], deck[outside], sum) = (deck[outside], deck[inside], swapped);
        }
        return [.. deck.Take(FirstHomes).OrderBy(household => household.Id)];
    }

    private List<(DemoHousehold Household, int Day, Fact Fact)> Visit(int sweep, IReadOnlyList<DemoHousehold> homes, int firstDay, int days)
    {
        var visits = new List<(DemoHousehold, int, Fact)>();
        foreach (var grid in homes.GroupBy(household => household.Building.Grid).OrderBy(grid => grid.Key.Id))
        {
            var route = grid.OrderBy(household => household.Id).ToArray();
            var workers = WorkersOfGrid[int.Parse(grid.Key.Path[^2..]) - 1];
            for (var i = 0; i < route.Length; i++)
            {
                var progress = (double)i / route.Length * days;
                var day = firstDay - (int)progress;
                var at = journal.Clock.Before(day, 8.5 + 9.5 * (progress % 1));
                var members = route[i].Members.Count;
                var present =
                    departures.IsOut(route[i], at) ? 0
                    : _random.Chance(0.75) ? members
                    : Math.Max(1, members - 1);
                var source = $"{Journal.Grid(route[i])}/sweep-{sweep}/W-{i % workers + 1:00}";
                visits.Add((route[i], day, journal.Report(route[i], null, FactKind.Survey, at, source, new { members, present })));
            }
        }
        return visits;
    }

    /// <summary>Someone at the door says that a member came back in the days before.</summary>
    private void Found((DemoHousehold Household, int Day, Fact Fact) visit, string from, string risk)
    {
        var back = visit.Fact.At.AddHours(-_random.Between(2, 44));
        var person = _random.Pick(visit.Household.Members);
        object data =
            risk == "high"
                ? new
                {
                    from,
                    risk,
                    leftRiskAreaAt = back.AddHours(-11),
                }
                : new { from, risk };
        journal.Report(visit.Household, person, FactKind.Returned, back, visit.Fact.Source, data, reported: visit.Fact.At);
        journal.Observe(visit.Household, person, visit.Fact.At, DemoClock.EndOfDay(back, 14));
    }
}
