using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Database;

namespace SituationMap.Store.Snapshots;

/// <summary>Reads what there is from PostGIS: all of it, or some by their ids.</summary>
public static class CityReader
{
    /// <summary>The widest and highest that a building is: twice of what an import takes.</summary>
    private const double MaxDegrees = 0.4;

    /// <summary>All grids, by path: a parent comes before its children.</summary>
    /// <param name="leftOut">Told of a grid without a geometry that can be drawn: it stays in the tree, for all below it hangs there, and
    /// has no outline.</param>
    public static async Task<Grid[]> GridsAsync(NpgsqlConnection connection, LeftOut? leftOut, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            "SELECT id, code, ltree2text(path), ltree2text(parent), level, name, outline FROM grid ORDER BY path"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var indexes = new Dictionary<string, int>();
        return await reader.ReadAllAsync(
            row =>
            {
                var (path, outline) = (row.GetString(2), row.GetFieldValue<Geometry>(6));
                if (!LeftOut.IsDrawable(outline))
                {
                    leftOut?.Tell("grid", row.GetInt32(0));
                    outline = LeftOut.OrNowhere(outline);
                }
                var grid = new Grid(
                    row.GetInt32(0),
                    row.GetString(1),
                    path,
                    row.IsDBNull(3) ? -1 : indexes[row.GetString(3)],
                    row.GetString(4),
                    row.GetString(5),
                    outline,
                    Shape.Of(outline),
                    Shape.Of(outline.InteriorPoint)
                );
                indexes.Add(path, indexes.Count);
                return grid;
            },
            cancellation
        );
    }

    /// <summary>Buildings with their households.</summary>
    /// <param name="ids">Null: all.</param>
    /// <param name="grids">The index of each grid, by its path; one that is not among them gets -1.</param>
    /// <param name="leftOut">Told of those without a geometry that can be drawn, which are not among the answer.</param>
    public static async Task<CityBuilder> BuildingsAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<int>? ids,
        IReadOnlyDictionary<string, int> grids,
        LeftOut? leftOut,
        CancellationToken cancellation
    )
    {
        var builder = new CityBuilder();
        await using (
            var command = Command(
                connection,
                """
                SELECT h.building, h.id, h.code, h.floor, h.unit, h.room, h.doors, COALESCE(p.n, 0)::int
                FROM household h
                LEFT JOIN (SELECT household, count(*) AS n FROM person GROUP BY household) p ON p.household = h.id
                ORDER BY h.building, h.unit, h.floor, h.room
                """,
                """
                SELECT h.building, h.id, h.code, h.floor, h.unit, h.room, h.doors,
                  (SELECT count(*) FROM person p WHERE p.household = h.id)::int
                FROM household h WHERE h.building = ANY ($1)
                ORDER BY h.building, h.unit, h.floor, h.room
                """,
                ids
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                builder.Add(
                    reader.GetInt32(0),
                    new Household(
                        reader.GetInt32(1),
                        reader.GetString(2),
                        -1,
                        checked((sbyte)reader.GetInt16(3)),
                        (byte)reader.GetInt16(4),
                        (byte)reader.GetInt16(5),
                        (byte)reader.GetInt16(6),
                        (byte)Math.Min(reader.GetInt32(7), byte.MaxValue)
                    )
                );
            }
        }
        await using (
            var command = Command(
                connection,
                "SELECT id, code, address, kind, floors, units, ltree2text(grid), outline FROM building",
                "SELECT id, code, address, kind, floors, units, ltree2text(grid), outline FROM building WHERE id = ANY ($1)",
                ids
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var outline = reader.GetFieldValue<Geometry>(7);
                if (!LeftOut.IsDrawable(outline, MaxDegrees))
                {
                    leftOut?.Tell("building", reader.GetInt32(0));
                    continue;
                }
                builder.Add(
                    new Building(
                        reader.GetInt32(0),
                        reader.GetString(1),
                        reader.GetString(2),
                        reader.GetString(3),
                        reader.GetInt16(4),
                        reader.GetInt16(5),
                        grids.GetValueOrDefault(reader.GetString(6), -1),
                        outline,
                        Shape.Of(outline),
                        0,
                        0
                    )
                );
            }
        }
        return builder;
    }

    /// <inheritdoc cref="RoadsAsync"/>
    public static Task<Checkpoint[]> CheckpointsAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<int>? ids,
        LeftOut? leftOut,
        CancellationToken cancellation
    ) =>
        LocatedAsync(
            Command(
                connection,
                "SELECT id, location, code, name, manned FROM checkpoint ORDER BY id",
                "SELECT id, location, code, name, manned FROM checkpoint WHERE id = ANY ($1) ORDER BY id",
                ids
            ),
            "checkpoint",
            (row, location) =>
                new Checkpoint(row.GetInt32(0), row.GetString(2), row.GetString(3), row.GetBoolean(4), (Point)location, Shape.Of(location)),
            leftOut,
            cancellation
        );

    /// <param name="ids">Null: all.</param>
    /// <param name="leftOut">Told of those without a geometry that can be drawn, which are not among the answer.</param>
    public static Task<Road[]> RoadsAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<int>? ids,
        LeftOut? leftOut,
        CancellationToken cancellation
    ) =>
        LocatedAsync(
            Command(
                connection,
                "SELECT id, line, name, class FROM road ORDER BY id",
                "SELECT id, line, name, class FROM road WHERE id = ANY ($1) ORDER BY id",
                ids
            ),
            "road",
            (row, line) => new Road(row.GetInt32(0), row.GetString(2), row.GetString(3), Shape.Of(line)),
            leftOut,
            cancellation
        );

    /// <summary>Reads rows that begin with an id and a geometry.</summary>
    private static async Task<T[]> LocatedAsync<T>(
        NpgsqlCommand rows,
        string kind,
        Func<NpgsqlDataReader, Geometry, T> make,
        LeftOut? leftOut,
        CancellationToken cancellation
    )
        where T : class
    {
        await using var command = rows;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var read = await reader.ReadAllAsync(
            row =>
            {
                var geometry = row.GetFieldValue<Geometry>(1);
                if (LeftOut.IsDrawable(geometry))
                    return make(row, geometry);
                leftOut?.Tell(kind, row.GetInt32(0));
                return null;
            },
            cancellation
        );
        return [.. read.OfType<T>()];
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string all, string some, IReadOnlyCollection<int>? ids) =>
        ids is null ? connection.Command(all) : connection.Command(some, ids.ToArray());
}
