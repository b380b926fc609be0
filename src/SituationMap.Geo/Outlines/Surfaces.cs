using NetTopologySuite.Geometries;

namespace SituationMap.Geo.Outlines;

/// <summary>The surfaces in geometries of any kind.</summary>
public static class Surfaces
{
    /// <summary>Makes geometries in lon, lat (EPSG:4326).</summary>
    public static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    /// <summary>The polygons in a geometry; lines and points in it are left out.</summary>
    public static IEnumerable<Polygon> Of(Geometry geometry) =>
        geometry is GeometryCollection parts ? parts.Geometries.SelectMany(Of)
        : geometry is Polygon { IsEmpty: false } polygon ? [polygon]
        : [];

    /// <summary>The surfaces in a geometry as one; lines and points in it are left out.</summary>
    public static MultiPolygon AsMulti(Geometry geometry) => Factory.CreateMultiPolygon([.. Of(geometry)]);
}
