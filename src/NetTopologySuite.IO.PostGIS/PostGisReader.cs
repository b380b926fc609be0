using NetTopologySuite.Geometries;

namespace NetTopologySuite.IO;

/// <summary>
/// Reads the binary form in which PostGIS sends a geometry (extended WKB, the SRID in its header) into a
/// <see cref="Geometry"/> with that SRID.
/// </summary>
/// <param name="coordinateSequenceFactory">Makes the coordinate sequences of what is read.</param>
/// <param name="precisionModel">The precision of what is read.</param>
/// <param name="handleOrdinates">The ordinates to keep; <see cref="Ordinates.None"/> keeps all that are sent.</param>
public class PostGisReader(CoordinateSequenceFactory coordinateSequenceFactory, PrecisionModel precisionModel, Ordinates handleOrdinates)
{
    private readonly WKBReader _reader = new(new NtsGeometryServices(coordinateSequenceFactory, precisionModel, srid: -1))
    {
        HandleOrdinates = handleOrdinates == Ordinates.None ? Ordinates.XYZM : handleOrdinates,
    };

    /// <summary>Reads one geometry from the stream.</summary>
    /// <exception cref="ParseException">The bytes are not WKB.</exception>
    public Geometry Read(Stream stream) => _reader.Read(stream);
}
