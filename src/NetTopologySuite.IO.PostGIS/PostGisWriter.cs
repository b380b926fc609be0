using NetTopologySuite.Geometries;

namespace NetTopologySuite.IO;

/// <summary>
/// Writes a <see cref="Geometry"/> in the binary form that PostGIS takes: little-endian extended WKB with the SRID in
/// its header where the geometry has one.
/// </summary>
public class PostGisWriter
{
    /// <summary>The ordinates to write; <see cref="Ordinates.None"/> writes those the geometry has.</summary>
    public Ordinates HandleOrdinates { get; set; }

    /// <summary>Writes one geometry to the stream.</summary>
    public void Write(Geometry geometry, Stream stream)
    {
        var hasSrid = geometry.SRID > 0;
        var writer = new WKBWriter(ByteOrder.LittleEndian, hasSrid, Wants(Ordinates.Z), Wants(Ordinates.M));
        writer.Write(geometry, stream);
    }

    private bool Wants(Ordinates ordinate) => (HandleOrdinates & ordinate) == ordinate;
}
