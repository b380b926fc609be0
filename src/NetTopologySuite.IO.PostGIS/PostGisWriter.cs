using NetTopologySuite.Geometries;

namespace NetTopologySuite.IO;

/// <summary>
/// Writes a <see cref="Geometry"/> in the binary form that PostGIS takes: little-endian extended WKB with the SRID in
/// its header where the geometry has one.
/// </summary>
public class PostGisWriter
{
    /// <summary>The ordinates to write, of those the geometry has; <see cref="Ordinates.None"/> writes all it has.</summary>
    public Ordinates HandleOrdinates { get; set; }

    /// <summary>Writes one geometry to the stream.</summary>
    public void Write(Geometry geometry, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        var present = OrdinatesOf(geometry);
        if (HandleOrdinates != Ordinates.None)
            present &= HandleOrdinates;
        var writer = new WKBWriter(ByteOrder.LittleEndian, geometry.SRID > 0, Has(present, Ordinates.Z), Has(present, Ordinates.M));
        writer.Write(geometry, stream);
    }

    /// <summary>
    /// The ordinates of which the geometry has at least one value. A sequence may have room for a height that nobody gave
    /// (NaN throughout); PostGIS would take that for a geometry with heights and refuse it where it expects none.
    /// </summary>
    private static Ordinates OrdinatesOf(Geometry geometry)
    {
        var present = new PresentOrdinates();
        geometry.Apply(present);
        return present.Found;
    }

    private static bool Has(Ordinates present, Ordinates ordinate) => (present & ordinate) == ordinate;

    private sealed class PresentOrdinates : IEntireCoordinateSequenceFilter
    {
        public Ordinates Found { get; private set; } = Ordinates.XY;

        public bool Done => Found == Ordinates.XYZM;

        public bool GeometryChanged => false;

        public void Filter(CoordinateSequence seq)
        {
            for (var i = 0; i < seq.Count; i++)
            {
                if (seq.HasZ && !double.IsNaN(seq.GetZ(i)))
                    Found |= Ordinates.Z;
                if (seq.HasM && !double.IsNaN(seq.GetM(i)))
                    Found |= Ordinates.M;
            }
        }
    }
}
