using System.Data;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core.Statuses;

namespace SituationMap.Server.Snapshots;

/// <summary>Reads a snapshot from PostGIS, together with the sequence it stands at, in one repeatable-read transaction.</summary>
internal sealed class SnapshotLoader(NpgsqlDataSource database)
{
    public async Task<Snapshot> LoadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT last, clock_timestamp() FROM feed_counter"),
                new("SELECT id, code, ltree2text(path), ltree2text(parent), level, name, outline FROM grid ORDER BY path"),
                new("SELECT id, code, address, kind, floors, units, ltree2text(grid), outline FROM building ORDER BY grid, id"),
                // a household without a status row is as every household begins: healthy and not surveyed
                new("""
                    SELECT h.building, h.id, h.code, h.floor, h.unit, h.room, COALESCE(p.n, 0)::int, COALESCE(s.status, 'healthy'), COALESCE(s.surveyed, false)
                    FROM household h
                    JOIN building b ON b.id = h.building
                    LEFT JOIN (SELECT household, count(*) AS n FROM person GROUP BY household) p ON p.household = h.id
                    LEFT JOIN household_status s ON s.household = h.id
                    ORDER BY b.grid, b.id, h.unit, h.floor, h.room
                    """),
                new("SELECT id, code, name, manned, location FROM checkpoint ORDER BY id"),
                new("SELECT id, name, class, line FROM road ORDER BY id"),
                new(ZonesInForceSql),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var (sequence, asOf) = (reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero));

        await reader.NextResultAsync(cancellation);
        var grids = await ReadGridsAsync(reader, cancellation);
        var gridPlaces = grids.Select((grid, place) => (grid.Path, place)).ToDictionary(g => g.Path, g => g.place);

        await reader.NextResultAsync(cancellation);
        var buildings = await ReadAllAsync(reader, row => new Building(
            row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt16(4), row.GetInt16(5), gridPlaces[row.GetString(6)],
            row.GetFieldValue<Geometry>(7), Shape.Of(row.GetFieldValue<Geometry>(7)), 0, 0), cancellation);

        await reader.NextResultAsync(cancellation);
        var (households, states) = await ReadHouseholdsAsync(reader, buildings, cancellation);

        await reader.NextResultAsync(cancellation);
        var checkpoints = await ReadAllAsync(reader, row => new Checkpoint(
            row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetFieldValue<Point>(4), Shape.Of(row.GetFieldValue<Point>(4))), cancellation);

        await reader.NextResultAsync(cancellation);
        var roads = await ReadAllAsync(reader, row => new Road(
            row.GetInt32(0), row.GetString(1), row.GetString(2), Shape.Of(row.GetFieldValue<Geometry>(3))), cancellation);

        await reader.NextResultAsync(cancellation);
        var zones = await ReadAllAsync(reader, ReadZone, cancellation);
        return Snapshot.Of(new City(grids, buildings, households, checkpoints, roads), states, zones, sequence, asOf);
    }

    /// <summary>The zones in force as the feed has announced them.</summary>
    private const string ZonesInForceSql =
        """
        SELECT z.id, z.code, v.version, v.name, v.level, v.effective_from, v.outline
        FROM zone_in_force f JOIN zone z ON z.id = f.zone JOIN zone_version v ON v.zone = f.zone AND v.version = f.version
        ORDER BY z.id
        """;

    public static ZoneInForce ReadZone(NpgsqlDataReader row) => new(
        row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4),
        new DateTimeOffset(row.GetDateTime(5), TimeSpan.Zero), row.GetFieldValue<Geometry>(6), Shape.Of(row.GetFieldValue<Geometry>(6)));

    public static async Task<T[]> ReadAllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        var items = new List<T>();
        while (await reader.ReadAsync(cancellation))
            items.Add(read(reader));
        return [.. items];
    }

    private static async Task<Grid[]> ReadGridsAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        // ordered by path, a parent comes before its children
        var places = new Dictionary<string, int>();
        return await ReadAllAsync(reader, row =>
        {
            var path = row.GetString(2);
            var grid = new Grid(
                row.GetInt32(0), row.GetString(1), path, row.IsDBNull(3) ? -1 : places[row.GetString(3)], row.GetString(4), row.GetString(5),
                row.GetFieldValue<Geometry>(6), Shape.Of(row.GetFieldValue<Geometry>(6)), Shape.Of(row.GetFieldValue<Geometry>(6).InteriorPoint));
            places.Add(path, places.Count);
            return grid;
        }, cancellation);
    }

    private static async Task<(Household[], HouseholdState[])> ReadHouseholdsAsync(NpgsqlDataReader reader, Building[] buildings, CancellationToken cancellation)
    {
        var places = new Dictionary<int, int>(buildings.Length);
        for (var place = 0; place < buildings.Length; place++)
            places.Add(buildings[place].Id, place);
        var households = new List<Household>();
        var states = new List<HouseholdState>();
        var counts = new int[buildings.Length];
        while (await reader.ReadAsync(cancellation))
        {
            var building = places[reader.GetInt32(0)];
            counts[building]++;
            households.Add(new Household(reader.GetInt32(1), reader.GetString(2), building,
                checked((sbyte)reader.GetInt16(3)), (byte)reader.GetInt16(4), (byte)reader.GetInt16(5), (byte)Math.Min(reader.GetInt32(6), byte.MaxValue)));
            states.Add(new HouseholdState(reader.GetFieldValue<Status>(7), reader.GetBoolean(8)));
        }
        // households come in the order of the buildings, so each building's stand together
        for (var (building, first) = (0, 0); building < counts.Length; first += counts[building++])
            buildings[building] = buildings[building] with { FirstHousehold = first, HouseholdCount = counts[building] };
        return ([.. households], [.. states]);
    }
}
