using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Server.Database;

namespace SituationMap.Server.Snapshots;

/// <summary>Reads what there is from PostGIS: all of it, or some by their ids.</summary>
internal static class CityReader
{
    /// <summary>All grids, by path: a parent comes before its children.</summary>
    public static async Task<Grid[]> GridsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT id, code, ltree2text(path), ltree2text(parent), level, name, outline FROM grid ORDER BY path", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var places = new Dictionary<string, int>();
        return await reader.ReadAllAsync(row =>
        {
            var (path, outline) = (row.GetString(2), row.GetFieldValue<Geometry>(6));
            var grid = new Grid(
                row.GetInt32(0), row.GetString(1), path, row.IsDBNull(3) ? -1 : places[row.GetString(3)], row.GetString(4), row.GetString(5),
                outline, Shape.Of(outline), Shape.Of(outline.InteriorPoint));
            places.Add(path, places.Count);
            return grid;
        }, cancellation);
    }

    /// <summary>Buildings with their households.</summary>
    /// <param name="ids">Null: all.</param>
    /// <param name="grids">The place of each grid, by its path; one that is not among them gets -1.</param>
    public static async Task<CityBuilder> BuildingsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<int>? ids, IReadOnlyDictionary<string, int> grids, CancellationToken cancellation)
    {
        var builder = new CityBuilder();
        await using (var command = Command(
            connection,
            """
            SELECT h.building, h.id, h.code, h.floor, h.unit, h.room, h.doors, COALESCE(p.n, 0)::int
            FROM household h
            LEFT JOIN (SELECT household, count(*) AS n FROM person GROUP BY household) p ON p.household = h.id
            ORDER BY h.building, h.unit, h.floor, h.room
            """,
            """
            SELECT h.building, h.id, h.code, h.floor, h.unit, h.room, h.doors, (SELECT count(*) FROM person p WHERE p.household = h.id)::int
            FROM household h WHERE h.building = ANY ($1)
            ORDER BY h.building, h.unit, h.floor, h.room
            """, ids))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                builder.Add(reader.GetInt32(0), new Household(reader.GetInt32(1), reader.GetString(2), -1,
                    checked((sbyte)reader.GetInt16(3)), (byte)reader.GetInt16(4), (byte)reader.GetInt16(5), (byte)reader.GetInt16(6), (byte)Math.Min(reader.GetInt32(7), byte.MaxValue)));
            }
        }
        await using (var command = Command(
            connection,
            "SELECT id, code, address, kind, floors, units, ltree2text(grid), outline FROM building",
            "SELECT id, code, address, kind, floors, units, ltree2text(grid), outline FROM building WHERE id = ANY ($1)", ids))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var outline = reader.GetFieldValue<Geometry>(7);
                builder.Add(new Building(
                    reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt16(4), reader.GetInt16(5),
                    grids.GetValueOrDefault(reader.GetString(6), -1), outline, Shape.Of(outline), 0, 0));
            }
        }
        return builder;
    }

    /// <inheritdoc cref="RoadsAsync"/>
    public static async Task<Checkpoint[]> CheckpointsAsync(NpgsqlConnection connection, IReadOnlyCollection<int>? ids, CancellationToken cancellation)
    {
        await using var command = Command(
            connection,
            "SELECT id, code, name, manned, location FROM checkpoint ORDER BY id",
            "SELECT id, code, name, manned, location FROM checkpoint WHERE id = ANY ($1) ORDER BY id", ids);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => new Checkpoint(
            row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetFieldValue<Point>(4), Shape.Of(row.GetFieldValue<Point>(4))), cancellation);
    }

    /// <param name="ids">Null: all.</param>
    public static async Task<Road[]> RoadsAsync(NpgsqlConnection connection, IReadOnlyCollection<int>? ids, CancellationToken cancellation)
    {
        await using var command = Command(
            connection,
            "SELECT id, name, class, line FROM road ORDER BY id",
            "SELECT id, name, class, line FROM road WHERE id = ANY ($1) ORDER BY id", ids);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => new Road(row.GetInt32(0), row.GetString(1), row.GetString(2), Shape.Of(row.GetFieldValue<Geometry>(3))), cancellation);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string all, string some, IReadOnlyCollection<int>? ids)
    {
        var command = new NpgsqlCommand(ids is null ? all : some, connection);
        if (ids is not null)
            command.Parameters.Add(new() { Value = ids.ToArray() });
        return command;
    }
}
