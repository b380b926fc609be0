using System.Diagnostics.Metrics;
using NetTopologySuite.Geometries;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Snapshots;

/// <summary>
/// Rows of the store that the picture goes without, since they are nowhere: the store's own checks refuse such, but whoever owns it can
/// take them away. One row's fault must not cost the picture of all others.
/// </summary>
public sealed partial class LeftOut(IMeterFactory meters, ILogger<LeftOut> logger)
{
    private readonly Counter<long> _count = meters
        .CreateSituationMap()
        .CreateCounter<long>(
            "situationmap.snapshot.left_out",
            description: "Rows without a place that can be drawn, left out of the picture."
        );

    /// <summary>Whether a geometry in lon, lat lies on the globe, each of its positions a number.</summary>
    /// <param name="maxDegrees">How wide and high it may be.</param>
    public static bool IsDrawable(Geometry shape, double maxDegrees = 360) =>
        !shape.IsEmpty
        && shape.IsFinite()
        && shape.EnvelopeInternal is { MinX: >= -180, MaxX: <= 180, MinY: >= -90, MaxY: <= 90 } box
        && Math.Max(box.Width, box.Height) <= maxDegrees;

    /// <summary>The geometry, or an empty one where it cannot be drawn: what has a name and a meaning beyond its outline stays, without
    /// one.</summary>
    public static Geometry OrNowhere(Geometry shape) => IsDrawable(shape) ? shape : shape.Factory.CreateMultiPolygon();

    /// <param name="kind">The table.</param>
    public void Tell(string kind, int id)
    {
        _count.Add(1, new KeyValuePair<string, object?>("kind", kind));
        LogLeftOut(logger, kind, id);
    }

    [LoggerMessage(
        302,
        LogLevel.Warning,
        "The {Kind} with the id {Id} has no place that can be drawn, and is left out of the picture; give it one in the store"
    )]
    private static partial void LogLeftOut(ILogger logger, string kind, int id);
}
