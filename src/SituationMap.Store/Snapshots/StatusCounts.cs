using SituationMap.Core;

namespace SituationMap.Store.Snapshots;

/// <summary>How many households are in each status; the four add up to all of them.</summary>
/// <param name="Unsurveyed">How many of them nobody has met at the door yet.</param>
/// <param name="HealthyUnsurveyed">How many of these are counted as healthy: of their health nothing is known.</param>
public readonly record struct StatusCounts(int Quarantined, int Observed, int Out, int Healthy, int Unsurveyed, int HealthyUnsurveyed)
{
    public int Households => Quarantined + Observed + Out + Healthy;

    public int Surveyed => Households - Unsurveyed;

    /// <summary>The most severe status present; null where nobody lives.</summary>
    public Status? Worst =>
        Quarantined > 0 ? Status.Quarantined
        : Observed > 0 ? Status.Observed
        : Out > 0 ? Status.Out
        : Healthy > 0 ? Status.Healthy
        : null;

    public int this[Status status] =>
        status switch
        {
            Status.Quarantined => Quarantined,
            Status.Observed => Observed,
            Status.Out => Out,
            _ => Healthy,
        };

    /// <summary>These counts with <paramref name="households"/> more (or fewer) of one state.</summary>
    public StatusCounts With(HouseholdState state, int households) =>
        new(
            Quarantined + (state.Status == Status.Quarantined ? households : 0),
            Observed + (state.Status == Status.Observed ? households : 0),
            Out + (state.Status == Status.Out ? households : 0),
            Healthy + (state.Status == Status.Healthy ? households : 0),
            Unsurveyed + (state.Surveyed ? 0 : households),
            HealthyUnsurveyed + (state is { Status: Status.Healthy, Surveyed: false } ? households : 0)
        );

    public static StatusCounts operator +(StatusCounts a, StatusCounts b) =>
        new(
            a.Quarantined + b.Quarantined,
            a.Observed + b.Observed,
            a.Out + b.Out,
            a.Healthy + b.Healthy,
            a.Unsurveyed + b.Unsurveyed,
            a.HealthyUnsurveyed + b.HealthyUnsurveyed
        );
}

/// <summary>What the map shows of one household, in one byte.</summary>
public readonly record struct HouseholdState
{
    private readonly byte _bits;

    public HouseholdState(Status status, bool surveyed) => _bits = (byte)((byte)status | (surveyed ? 4 : 0));

    public Status Status => (Status)(_bits & 3);

    public bool Surveyed => (_bits & 4) != 0;
}
