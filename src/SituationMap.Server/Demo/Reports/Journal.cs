using System.Text.Json;
using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>Everything reported in the thirty days, as it is written down; and who is being watched, so that readings follow.</summary>
internal sealed class Journal(DemoClock clock)
{
    private readonly DemoRandom _ids = new("journal");
    private readonly List<DemoFact> _facts = [];
    private readonly List<Watch> _watches = [];

    public DemoClock Clock { get; } = clock;

    /// <summary>The facts in the order in which they came in.</summary>
    public IReadOnlyList<DemoFact> Facts => [.. _facts.OrderBy(entry => entry.Fact.ReceivedAt)];

    public IReadOnlyList<Watch> Watches => _watches;

    public static string Grid(DemoHousehold household) => $"grid:{household.Building.Grid.Code}";

    /// <summary>Writes a fact down. It comes in a few minutes after it was so, unless it is told later.</summary>
    public Fact Report(
        DemoHousehold household,
        DemoPerson? person,
        FactKind kind,
        DateTimeOffset at,
        string source,
        object data,
        DateTimeOffset? reported = null
    )
    {
        // whole seconds: the store does not keep what is finer than a microsecond
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
        var received = (reported ?? at).AddSeconds(_ids.Whole(90, (int)DemoClock.LongestWay.TotalSeconds));
        var fact = new Fact(_ids.NextGuid(), kind, person?.Id, at, received, source, JsonSerializer.SerializeToElement(data));
        _facts.Add(new DemoFact(household, fact));
        return fact;
    }

    /// <summary>From then on the person, or without one everyone in the household, is asked for the temperature twice a day.</summary>
    public void Observe(DemoHousehold household, DemoPerson? person, DateTimeOffset from, DateTimeOffset until) =>
        _watches.Add(new Watch(household, person is null ? household.Members : [person], from, until));
}

/// <summary>A time during which people's temperature is taken.</summary>
internal sealed record Watch(DemoHousehold Household, IReadOnlyList<DemoPerson> Persons, DateTimeOffset From, DateTimeOffset Until);
