using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core.Projections;
using SituationMap.Store.Database;
using SituationMap.Store.Files;

namespace SituationMap.Store.Imports;

/// <summary>
/// Checks the coordinate system that a file declares against its numbers and against what the store already has. Nothing is corrected
/// in silence: what is recognised is named, with what to say to import the file as it really is.
/// </summary>
public sealed class PositionCheck(
    NpgsqlConnection connection,
    CoordinateSystems systems,
    CoveredArea covered,
    DrawingUnit? unit,
    CancellationToken cancellation
)
{
    /// <summary>As many positions as are looked at.</summary>
    public const int SampleSize = 500;

    private const double Near = 20;
    private const double Far = 60;

    /// <param name="system">As which the file is about to be read.</param>
    /// <param name="sample">Middles of shapes as the file has them, with their codes.</param>
    /// <param name="isTrusted">Whether the sender has said that the declared system is right, whatever it looks like.</param>
    public async Task<Finding?> CheckAsync(
        ImportCollection collection,
        CoordinateSystem system,
        bool swapAxes,
        IReadOnlyList<(string Code, Coordinate At)> sample,
        bool isTrusted
    )
    {
        if (sample.Count == 0)
            return null;
        var positions = sample.Select(one => swapAxes ? (X: one.At.Y, Y: one.At.X) : (one.At.X, one.At.Y)).ToList();
        var wrong = positions.Count(position => system.Fault(position.X, position.Y) is not null);
        if (wrong * 2 > positions.Count)
            return InUnits(system, positions) ?? Elsewhere(system, positions);
        // the whole world's metres begin at a point in the sea, within 200 m of which nothing is
        if (system.Code == "EPSG:3857" && AreDegrees(positions))
            return Degrees(system);
        if (isTrusted || !system.IsGeographic)
            return null;
        return InOtherOrder(system, positions)
            ?? (system.Code is "GCJ02" or "BD09" ? null : await ShiftedAsync(collection, system, sample, positions));
    }

    /// <summary>Most positions are not where the system is used: are they, in another unit than metres?</summary>
    private Finding? InUnits(CoordinateSystem system, List<(double X, double Y)> positions)
    {
        if (unit is not null)
        {
            return new Finding(
                "drawing-units",
                FormattableString.Invariant($"The drawing is in {unit.Name} ($INSUNITS), and metres are wanted. ")
                    + FormattableString.Invariant(
                        $"Scale it by {unit.Metres}, save it in metres, and import it with the system that it is in, such as crs EPSG:4547."
                    ),
                true,
                Details: FormattableString.Invariant($"× {unit.Metres}")
            );
        }
        DrawingUnit[] units = [new("millimetres", 0.001), new("centimetres", 0.01), new("kilometres", 1000), new("feet", 0.3048)];
        return
            !system.IsGeographic
            && Array.Find(units, other =>
                positions.Count(position => system.Fault(position.X * other.Metres, position.Y * other.Metres) is null) * 2
                > positions.Count
            )
                is { } found
            ? new Finding(
                "drawing-units",
                FormattableString.Invariant(
                    $"Its numbers look like {found.Name}, and metres are wanted ({system.Code}). Scale it by {found.Metres} first."
                ),
                true,
                Details: FormattableString.Invariant($"× {found.Metres}")
            )
            : null;
    }

    private static bool AreDegrees(List<(double X, double Y)> positions) =>
        positions.TrueForAll(position => Math.Abs(position.X) <= 180 && Math.Abs(position.Y) <= 90);

    private static Finding Degrees(CoordinateSystem system) =>
        new(
            "crs-degrees",
            $"The file is said to be {system.Code}, but its numbers are degrees. Import it with crs EPSG:4490, or what they are.",
            true,
            "EPSG:4490"
        );

    /// <summary>Most positions are not where the system is used: what do they look like?</summary>
    private static Finding Elsewhere(CoordinateSystem system, List<(double X, double Y)> positions)
    {
        var middle = positions[positions.Count / 2];
        if (positions.TrueForAll(position => position.X is >= 25e6 and < 46e6 && (int)(position.X / 1e6) == (int)(middle.X / 1e6)))
        {
            var zone = (int)(middle.X / 1e6);
            var right = $"EPSG:{4513 + zone - 25}";
            return new Finding(
                "crs-zone-prefixed",
                $"The file is said to be {system.Code}, but its eastings begin with the zone {zone}, so it is {right}. Import "
                    + $"it with crs {right}.",
                true,
                right
            );
        }
        if (positions.TrueForAll(position => position.X is >= 13e6 and < 24e6))
        {
            var zone = (int)(middle.X / 1e6);
            return new Finding(
                "crs-six-degrees",
                $"Its eastings begin with the zone {zone} of six degrees (EPSG:{4491 + zone - 13}), which is not taken. Convert "
                    + "it to EPSG:4490 first.",
                true
            );
        }
        if (positions.Count(position => system.Fault(position.Y, position.X) is null) * 2 > positions.Count)
            return Swapped(system);
        if (system.IsGeographic && Math.Abs(middle.X) > 180)
        {
            return new Finding(
                "crs-metres",
                $"Its numbers are metres, not degrees ({system.Code}). Say which system they are in, such as crs EPSG:4547.",
                true
            );
        }
        if (!system.IsGeographic && AreDegrees(positions))
            return Degrees(system);
        return new Finding(
            "crs-elsewhere",
            $"Most places lie outside the area of {system.Code}. Import it with the system that it is in.",
            true
        );
    }

    private static Finding Swapped(CoordinateSystem system) =>
        new(
            "axes-swapped",
            system.IsGeographic
                ? $"Its numbers look like lat, lon, and lon, lat is wanted ({system.Code}). Import it with swapped axes."
                : $"Its numbers look like northing, easting, and easting, northing is wanted ({system.Code}). Import it with "
                    + "swapped axes.",
            true
        );

    /// <summary>West of 90° both orders are degrees: which it is, is told by where the map is.</summary>
    private Finding? InOtherOrder(CoordinateSystem system, List<(double X, double Y)> positions)
    {
        bool IsSwapped((double X, double Y) position) =>
            covered.IsFar(system.ToLonLat(position.X, position.Y))
            && system.Fault(position.Y, position.X) is null
            && !covered.IsFar(system.ToLonLat(position.Y, position.X));
        return positions.Count(IsSwapped) * 2 > positions.Count ? Swapped(system) : null;
    }

    /// <summary>
    /// Chinese map services shift everything by some hundred metres. Where what comes is known already, or lies on buildings that are,
    /// it is told by where it lies right: as it is, or with the shift undone.
    /// </summary>
    private async Task<Finding?> ShiftedAsync(
        ImportCollection collection,
        CoordinateSystem system,
        IReadOnlyList<(string Code, Coordinate At)> sample,
        List<(double X, double Y)> positions
    )
    {
        var asIs = await LieAsync(collection, sample, positions.ConvertAll(position => system.ToLonLat(position.X, position.Y)));
        foreach (var name in (string[])["GCJ02", "BD09"])
        {
            var shifted = systems.Find(name)!;
            var undone = await LieAsync(collection, sample, positions.ConvertAll(position => shifted.ToLonLat(position.X, position.Y)));
            var byCode = asIs.Known >= 3 && asIs.Distance > Far && undone.Distance < Near;
            var byBuildings =
                collection.Name == "buildings" && undone.Inside >= Math.Max(5, sample.Count * 3 / 10) && undone.Inside >= 3 * asIs.Inside;
            if (byCode || byBuildings)
            {
                return new Finding(
                    "crs-shifted",
                    $"The file is said to be {system.Code}, but what is known already lies where it should only as {name}. "
                        + $"Import it with crs {name}; if {system.Code} is right, say that the declared system is to be trusted.",
                    true,
                    name
                );
            }
        }
        return null;
    }

    /// <summary>How far positions lie from those of the same code in the store (median, metres), and how many lie in a building of
    /// the store.</summary>
    private async Task<(int Known, double Distance, int Inside)> LieAsync(
        ImportCollection collection,
        IReadOnlyList<(string Code, Coordinate At)> sample,
        List<(double Longitude, double Latitude)> positions
    )
    {
        await using var command = connection.Command(
            """
            WITH sample AS (
              SELECT s.code, ST_SetSRID(ST_MakePoint(s.x, s.y), 4326) AS point
                FROM unnest($1::text[], $2::float8[], $3::float8[]) AS s (code, x, y)
            ), known AS (
              SELECT ST_Distance(s.point::geography, k.point::geography) AS distance
              FROM sample s JOIN (
                SELECT code, ST_Centroid(ST_Envelope(outline)) AS point FROM building WHERE $4 = 'buildings'
                UNION ALL SELECT code, location FROM checkpoint WHERE $4 = 'checkpoints'
                UNION ALL SELECT code, ST_Centroid(ST_Envelope(outline)) FROM grid WHERE $4 = 'grids'
              ) k USING (code)
            )
            SELECT (SELECT count(*)::int FROM known),
              COALESCE((SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY distance) FROM known), 'Infinity'),
                   (SELECT count(*)::int FROM sample s WHERE EXISTS (SELECT FROM building b WHERE ST_Covers(b.outline, s.point)))
            """,
            sample.Select(one => one.Code).ToArray(),
            positions.Select(position => position.Longitude).ToArray(),
            positions.Select(position => position.Latitude).ToArray(),
            collection.Name
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt32(0), reader.GetDouble(1), reader.GetInt32(2));
    }
}
