using System.Diagnostics.Metrics;

namespace SituationMap.Store.Supervision;

public static class Meters
{
    /// <summary>The meter of everything of ours.</summary>
    public const string Name = "SituationMap";

    public static Meter CreateOurs(this IMeterFactory meters) => meters.Create(Name);
}
