using SituationMap.Core.Projections;

namespace SituationMap.Geo.Indexes;

/// <summary>One of the nearest points.</summary>
/// <param name="Index">Its index in the list of points.</param>
/// <param name="Metres">Along the ellipsoid WGS 84.</param>
public readonly record struct Near(int Index, double Metres);

/// <summary>
/// Finds the points nearest to a place on the ellipsoid WGS 84. The points stand in space, in a tree that halves them by one axis
/// after another; a straight line is never longer than the one along the ground, so what is left out by it is out.
/// </summary>
public sealed class NearestIndex
{
    private const double EquatorialRadius = 6_378_137;
    private const double EccentricitySquared = 0.00669437999014131699;

    /// <summary>Up to this length a straight line's is made that along the ground by its curvature; beyond, by iteration.</summary>
    private const double Short = 20_000;

    private readonly (double Longitude, double Latitude)[] _points;

    /// <summary>The order of the tree: of each part the middle one divides it.</summary>
    private readonly int[] _order;
    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double[] _z;
    private readonly Amendments _amended = Amendments.None;

    /// <param name="points">Longitude and latitude in degrees.</param>
    public NearestIndex(IReadOnlyCollection<(double Longitude, double Latitude)> points)
    {
        _points = [.. points];
        _order = [.. Enumerable.Range(0, _points.Length)];
        double[][] axes = [new double[_points.Length], new double[_points.Length], new double[_points.Length]];
        for (var index = 0; index < _points.Length; index++)
        {
            var at = new Standpoint(_points[index].Longitude, _points[index].Latitude);
            (axes[0][index], axes[1][index], axes[2][index]) = (at.X, at.Y, at.Z);
        }
        Divide(0, _order.Length, 0, axes);
        (_x, _y, _z) = (Ordered(axes[0]), Ordered(axes[1]), Ordered(axes[2]));
    }

    private NearestIndex(NearestIndex original, IReadOnlyList<int> items, Func<int, (double Longitude, double Latitude)> point)
    {
        (_order, _x, _y, _z) = (original._order, original._x, original._y, original._z);
        (_points, _amended) = ([.. original._points], original._amended.With(items));
        foreach (var item in items)
            _points[item] = point(item);
    }

    /// <summary>The same with some points elsewhere.</summary>
    public NearestIndex With(IReadOnlyList<int> items, Func<int, (double Longitude, double Latitude)> point) => new(this, items, point);

    /// <summary>Puts the nearest points into the list, nearest first; of points equally near the one that comes first in the list of
    /// points.</summary>
    /// <param name="most">How many.</param>
    /// <param name="within">Not farther than this many metres.</param>
    public void Find(double longitude, double latitude, int most, List<Near> found, double within = double.PositiveInfinity)
    {
        found.Clear();
        if (most == 0)
            return;
        var from = new Standpoint(longitude, latitude);
        Visit(0, _order.Length, 0, from, most, within, found);
        foreach (var item in _amended.Items)
            Add(found, new Near(item, Along(from, _points[item])), most, within);
    }

    /// <summary>Puts all points not farther than this into the list, in no order.</summary>
    public void Within(double longitude, double latitude, double metres, List<int> found)
    {
        found.Clear();
        var from = new Standpoint(longitude, latitude);
        Gather(0, _order.Length, 0, from, metres, found);
        foreach (var item in _amended.Items)
        {
            if (Along(from, _points[item]) <= metres)
                found.Add(item);
        }
    }

    private void Gather(int first, int end, int axis, in Standpoint from, double metres, List<int> found)
    {
        if (first >= end)
            return;
        var middle = (first + end) / 2;
        var (dx, dy, dz) = (_x[middle] - from.X, _y[middle] - from.Y, _z[middle] - from.Z);
        var straight = Math.Sqrt((dx * dx) + (dy * dy) + (dz * dz));
        if (straight <= metres && !_amended.Contain(_order[middle]) && Along(straight, dx, dy, dz, from, _points[_order[middle]]) <= metres)
            found.Add(_order[middle]);
        var beyond = axis switch
        {
            0 => dx,
            1 => dy,
            _ => dz,
        };
        if (beyond >= -metres)
            Gather(first, middle, (axis + 1) % 3, from, metres, found);
        if (beyond <= metres)
            Gather(middle + 1, end, (axis + 1) % 3, from, metres, found);
    }

    private double[] Ordered(double[] axis) => Array.ConvertAll(_order, index => axis[index]);

    private void Divide(int first, int end, int axis, double[][] axes)
    {
        if (end - first < 2)
            return;
        _order.AsSpan(first, end - first).Sort((one, other) => axes[axis][one].CompareTo(axes[axis][other]));
        var middle = (first + end) / 2;
        Divide(first, middle, (axis + 1) % 3, axes);
        Divide(middle + 1, end, (axis + 1) % 3, axes);
    }

    private void Visit(int first, int end, int axis, in Standpoint from, int most, double within, List<Near> found)
    {
        if (first >= end)
            return;
        var middle = (first + end) / 2;
        var (dx, dy, dz) = (_x[middle] - from.X, _y[middle] - from.Y, _z[middle] - from.Z);
        var straight = Math.Sqrt((dx * dx) + (dy * dy) + (dz * dz));
        if (straight <= Farthest(found, most, within) && !_amended.Contain(_order[middle]))
            Add(found, new Near(_order[middle], Along(straight, dx, dy, dz, from, _points[_order[middle]])), most, within);
        var beyond = axis switch
        {
            0 => dx,
            1 => dy,
            _ => dz,
        };
        var next = (axis + 1) % 3;
        if (beyond >= 0)
        {
            Visit(first, middle, next, from, most, within, found);
            if (beyond <= Farthest(found, most, within))
                Visit(middle + 1, end, next, from, most, within, found);
        }
        else
        {
            Visit(middle + 1, end, next, from, most, within, found);
            if (-beyond <= Farthest(found, most, within))
                Visit(first, middle, next, from, most, within, found);
        }
    }

    private static double Farthest(List<Near> found, int most, double within) => found.Count < most ? within : found[^1].Metres;

    private static void Add(List<Near> found, Near near, int most, double within)
    {
        if (near.Metres > within)
            return;
        var at = found.Count;
        while (at > 0 && (near.Metres < found[at - 1].Metres || (near.Metres == found[at - 1].Metres && near.Index < found[at - 1].Index)))
            at--;
        if (at == most)
            return;
        if (found.Count == most)
            found.RemoveAt(most - 1);
        found.Insert(at, near);
    }

    private static double Along(in Standpoint from, (double Longitude, double Latitude) to)
    {
        var at = new Standpoint(to.Longitude, to.Latitude);
        var (dx, dy, dz) = (at.X - from.X, at.Y - from.Y, at.Z - from.Z);
        return Along(Math.Sqrt((dx * dx) + (dy * dy) + (dz * dz)), dx, dy, dz, from, to);
    }

    private static double Along(
        double straight,
        double dx,
        double dy,
        double dz,
        in Standpoint from,
        (double Longitude, double Latitude) to
    )
    {
        if (straight > Short)
            return Math.Max(straight, Geodesic.Distance(from.Longitude, from.Latitude, to.Longitude, to.Latitude));
        if (straight == 0)
            return 0;
        // by Euler, the curvature in the line's direction lies between those along the meridian and across it
        var east = (-from.SinLongitude * dx) + (from.CosLongitude * dy);
        var north = (-from.SinLatitude * ((from.CosLongitude * dx) + (from.SinLongitude * dy))) + (from.CosLatitude * dz);
        var flat = (east * east) + (north * north);
        var curvature = flat == 0 ? 0 : ((north * north / from.MeridianRadius) + (east * east / from.CrossRadius)) / flat;
        var bend = straight * curvature;
        // the arc over a chord, to its second term: off by less than a thousandth of a millimetre
        return straight * (1 + (bend * bend / 24) + (3 * bend * bend * bend * bend / 640));
    }

    /// <summary>A place on the ellipsoid: in space, in metres from the earth's centre, and what is known of the ground there.</summary>
    private readonly struct Standpoint
    {
        public Standpoint(double longitude, double latitude)
        {
            (Longitude, Latitude) = (longitude, latitude);
            (SinLongitude, CosLongitude) = Math.SinCos(longitude * (Math.PI / 180));
            (SinLatitude, CosLatitude) = Math.SinCos(latitude * (Math.PI / 180));
            var flattened = 1 - (EccentricitySquared * SinLatitude * SinLatitude);
            CrossRadius = EquatorialRadius / Math.Sqrt(flattened);
            MeridianRadius = CrossRadius * (1 - EccentricitySquared) / flattened;
            (X, Y, Z) = (
                CrossRadius * CosLatitude * CosLongitude,
                CrossRadius * CosLatitude * SinLongitude,
                CrossRadius * (1 - EccentricitySquared) * SinLatitude
            );
        }

        public double Longitude { get; }

        public double Latitude { get; }

        public double X { get; }

        public double Y { get; }

        public double Z { get; }

        public double SinLongitude { get; }

        public double CosLongitude { get; }

        public double SinLatitude { get; }

        public double CosLatitude { get; }

        public double CrossRadius { get; }

        public double MeridianRadius { get; }
    }
}
