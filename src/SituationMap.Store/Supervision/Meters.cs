using System.Diagnostics.Metrics;

namespace SituationMap.Store.Supervision;

public static class Meters
{
    /// <summary>The meter of everything that SituationMap measures.</summary>
    public const string Name = "SituationMap";

    public static Meter CreateSituationMap(this IMeterFactory meters) => meters.Create(Name);
}
