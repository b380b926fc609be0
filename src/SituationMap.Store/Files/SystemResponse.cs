using SituationMap.Core;
using SituationMap.Core.Projections;

namespace SituationMap.Store.Files;

/// <summary>A coordinate system that files may be in.</summary>
/// <param name="Area">West, south, east, north in degrees.</param>
public sealed record SystemResponse(string Code, string Name, [property: Schema("Box")] IReadOnlyList<double> Area)
{
    public static IEnumerable<SystemResponse> Of(CoordinateSystems systems) =>
        systems.All.Select(system => new SystemResponse(system.Code, system.Name, system.Area));
}
