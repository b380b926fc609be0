using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Imports;

/// <summary>Around all grids of the store, a rectangle in degrees (WGS 84) with room beside it.</summary>
public sealed class CoveredArea
{
    /// <summary>A checkpoint on the road to a city, and a part of the city that lies apart, are near it; some 50 km.</summary>
    private const double Room = 0.5;

    private readonly double[]? _box;

    private CoveredArea(double[]? box) => _box = box;

    /// <summary>Of a store without grids all is near.</summary>
    public static async Task<CoveredArea> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            """
            SELECT ARRAY[ST_XMin(e.box), ST_YMin(e.box), ST_XMax(e.box), ST_YMax(e.box)] FROM (SELECT ST_Extent(outline) FROM grid) e (box)
            WHERE e.box IS NOT NULL
            """
        );
        return new CoveredArea(await command.ExecuteScalarAsync(cancellation) as double[]);
    }

    public bool IsFar((double Longitude, double Latitude) position) =>
        _box is [var west, var south, var east, var north]
        && !(
            position.Longitude >= west - Room
            && position.Longitude <= east + Room
            && position.Latitude >= south - Room
            && position.Latitude <= north + Room
        );
}
