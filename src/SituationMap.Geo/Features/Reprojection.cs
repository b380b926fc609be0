using System.Globalization;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;

namespace SituationMap.Geo.Features;

/// <summary>Shapes and boxes that somebody sent in any coordinate system, in longitude and latitude (WGS 84).</summary>
public static class Reprojection
{
    /// <summary>Beyond any system's degrees and metres: a number that is larger is none of a place.</summary>
    public const double MaxCoordinate = 1e9;

    /// <summary>A shape in the axis order of its system; null with what was expected where it does not lie in it.</summary>
    public static (Geometry? Shape, string? Expected) ToLonLat(Geometry shape, CoordinateSystem crs)
    {
        var (copy, moving) = (shape.Copy(), new Moving(crs));
        copy.Apply(moving);
        copy.GeometryChanged();
        return moving.Expected is null ? (copy, null) : (null, moving.Expected);
    }

    /// <summary>A box in lon, lat around one in any system; two boxes where it crosses the 180th meridian; null: it is none.</summary>
    public static Envelope[]? Box(string text, CoordinateSystem crs)
    {
        var parts = text.Split(',');
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (
                !double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                || !(Math.Abs(numbers[i]) <= MaxCoordinate)
            )
                return null;
        }
        // with heights, which nothing here has
        if (numbers.Length == 6)
            numbers = [numbers[0], numbers[1], numbers[3], numbers[4]];
        if (numbers.Length != 4)
            return null;
        var (west, south, east, north) =
            crs.Axes == AxisOrder.NorthEast
                ? (numbers[1], numbers[0], numbers[3], numbers[2])
                : (numbers[0], numbers[1], numbers[2], numbers[3]);
        if (south > north)
            return null;
        if (west > east)
            return crs.IsGeographic ? [new Envelope(west, 180, south, north), new Envelope(-180, east, south, north)] : null;
        if (crs.Code is "CRS84" or "EPSG:4326" or "EPSG:4490")
            return [new Envelope(west, east, south, north)];
        // edges bend: what lies around points along them
        const int Steps = 8;
        var around = new Envelope();
        for (var i = 0; i <= Steps; i++)
        {
            var (x, y) = (west + ((east - west) * i / Steps), south + ((north - south) * i / Steps));
            foreach (var (atX, atY) in ((double, double)[])[(x, south), (x, north), (west, y), (east, y)])
            {
                var (longitude, latitude) = crs.ToLonLat(atX, atY);
                if (double.IsFinite(longitude) && double.IsFinite(latitude))
                    around.ExpandToInclude(longitude, latitude);
            }
        }
        return [around];
    }

    private sealed class Moving(CoordinateSystem crs) : ICoordinateSequenceFilter
    {
        /// <summary>What is wrong; null: nothing so far.</summary>
        public string? Expected { get; private set; }

        public bool Done => Expected is not null;

        public bool GeometryChanged => true;

        public void Filter(CoordinateSequence points, int i)
        {
            var (x, y) = (points.GetX(i), points.GetY(i));
            // not so for what is no number
            if (!(Math.Abs(x) <= MaxCoordinate && Math.Abs(y) <= MaxCoordinate))
            {
                Expected = $"numbers of at most {MaxCoordinate:0} as coordinates";
                return;
            }
            var (longitude, latitude) = crs.Axes == AxisOrder.NorthEast ? crs.ToLonLat(y, x) : crs.ToLonLat(x, y);
            if (!double.IsFinite(longitude) || !double.IsFinite(latitude))
            {
                Expected = $"coordinates within {crs.Code}";
                return;
            }
            points.SetX(i, longitude);
            points.SetY(i, latitude);
        }
    }
}
