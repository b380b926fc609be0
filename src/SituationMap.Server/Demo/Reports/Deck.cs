namespace SituationMap.Server.Demo.Reports;

/// <summary>Deals households to the stories of the thirty days, each to one, from all over the community.</summary>
internal sealed class Deck
{
    private readonly List<DemoHousehold> _cards;
    private readonly HashSet<DemoHousehold> _drawn = [];

    public Deck(IEnumerable<DemoHousehold> households)
    {
        _cards = [.. households];
        new DemoRandom("deck").Shuffle(_cards);
    }

    /// <summary>The households that have a story.</summary>
    public IReadOnlySet<DemoHousehold> Drawn => _drawn;

    /// <summary>The households that have none.</summary>
    public IReadOnlyList<DemoHousehold> Left => _cards;

    /// <summary>The next household with at least so many members.</summary>
    public DemoHousehold Draw(int least = 1)
    {
        var i = _cards.FindIndex(household => household.Members.Count >= least);
        var household = _cards[i];
        _cards.RemoveAt(i);
        _drawn.Add(household);
        return household;
    }
}
