using NetTopologySuite.Geometries;
using Npgsql;
using NpgsqlTypes;

namespace SituationMap.Server.Demo.City;

/// <summary>
/// Streams the city's rows into the store by binary COPY, ids included, in the caller's transaction. Rows are made while they are
/// sent; none is kept.
/// </summary>
internal sealed class CityCopy(NpgsqlConnection connection, IProgress<string>? progress, CancellationToken cancellation)
{
    private const int Wgs84 = 4326;
    private const int TellEvery = 250_000;

    public async Task TownAsync(CityGrids grids, IReadOnlyList<CityBuilding> buildings, CityStreets streets)
    {
        await CopyAsync("grid (path, id, level, name, outline)", "grids", grids.All, (row, grid) =>
        {
            row.Write(grid.Path, NpgsqlDbType.LTree);
            row.Write(grid.Id);
            row.Write(grid.Level);
            row.Write(grid.Name);
            row.Write(Surface(grid.Outline));
        });
        await CopyAsync("building (grid, id, code, address, kind, floors, units, outline)", "buildings", buildings.Index(), (row, item) =>
        {
            var (index, building) = item;
            row.Write(building.Mesh.Grid.Path, NpgsqlDbType.LTree);
            row.Write(index + 1);
            row.Write($"B-{index + 1:00000}");
            row.Write(building.Address);
            row.Write(building.Kind);
            row.Write((short)building.Floors);
            row.Write((short)building.Units);
            row.Write(Surface(building.Outline));
        });
        await CopyAsync("checkpoint (grid, id, code, name, manned, location)", "checkpoints", streets.Checkpoints(), (row, checkpoint) =>
        {
            row.Write(checkpoint.Grid.Path, NpgsqlDbType.LTree);
            row.Write(checkpoint.Id);
            row.Write(checkpoint.Code);
            row.Write(checkpoint.Name);
            row.Write(checkpoint.Manned);
            row.Write(OnGlobe(checkpoint.Location));
        });
        await CopyAsync("road (id, name, class, line)", "roads", streets.Roads(), (row, road) =>
        {
            row.Write(road.Id);
            row.Write(road.Name);
            row.Write(road.Class);
            row.Write(OnGlobe(new MultiLineString([road.Line])));
        });
    }

    public async Task PeopleAsync(CityHouseholds households)
    {
        await CopyAsync(
            "household (grid, id, code, building, floor, unit, room, tenure)",
            "households",
            households.All(),
            (row, household) =>
            {
                row.Write(households.BuildingOf(household.Id).Mesh.Grid.Path, NpgsqlDbType.LTree);
                row.Write(household.Id);
                row.Write($"H-{household.Id:0000000}");
                row.Write(household.Building);
                row.Write(household.Floor);
                row.Write(household.Unit);
                row.Write(household.Room);
                row.Write(household.Let ? "let" : "owned");
            }
        );
        await CopyAsync("person (grid, id, code, household, born, sex)", "persons", households.Persons(), (row, person) =>
        {
            row.Write(households.BuildingOf(person.Household.Id).Mesh.Grid.Path, NpgsqlDbType.LTree);
            row.Write(person.Id);
            row.Write($"P-{person.Id:0000000}");
            row.Write(person.Household.Id);
            row.Write(person.Born);
            row.Write(person.Female ? "female" : "male");
        });
    }

    public async Task ReportsAsync(IReadOnlyList<CityZone> zones, IReadOnlyList<CityFact> facts, CityHouseholds households)
    {
        await CopyAsync("zone (id, code)", "zones", zones.Where(zone => zone.Version.Version == 1), (row, zone) =>
        {
            row.Write(zone.Zone);
            row.Write(zone.Code);
        });
        await CopyAsync(
            "zone_version (zone, version, name, level, outline, effective_from, effective_to, author, reason, recorded_at)",
            "versions of zones",
            zones,
            (row, zone) =>
            {
                row.Write(zone.Zone);
                row.Write(zone.Version.Version);
                row.Write(zone.Version.Name);
                row.Write(zone.Version.Level);
                row.Write(Surface(zone.Version.Outline));
                row.Write(zone.Version.From.UtcDateTime, NpgsqlDbType.TimestampTz);
                row.Write(zone.To?.UtcDateTime, NpgsqlDbType.TimestampTz);
                row.Write(zone.Version.Author);
                row.Write(zone.Version.Reason);
                row.Write(zone.Version.From.UtcDateTime, NpgsqlDbType.TimestampTz);
            }
        );
        await CopyAsync("fact (id, grid, household, person, kind, at, received_at, source, data)", "facts", facts, (row, fact) =>
        {
            row.Write(fact.Id);
            row.Write(households.BuildingOf(fact.Household).Mesh.Grid.Path, NpgsqlDbType.LTree);
            row.Write(fact.Household);
            row.Write(fact.Person);
            row.Write(fact.Kind);
            row.Write(fact.At, NpgsqlDbType.TimestampTz);
            row.Write(fact.ReceivedAt, NpgsqlDbType.TimestampTz);
            row.Write(fact.Source);
            row.Write(fact.Data, NpgsqlDbType.Jsonb);
        });
    }

    private static MultiPolygon Surface(Polygon outline) => OnGlobe(new MultiPolygon([outline]));

    private static T OnGlobe<T>(T geometry)
        where T : Geometry
    {
        geometry.SRID = Wgs84;
        return geometry;
    }

    private async Task CopyAsync<T>(string target, string what, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write)
    {
        // target is one of the literals above
        await using var importer = await connection.BeginBinaryImportAsync($"COPY {target} FROM STDIN (FORMAT BINARY)", cancellation);
        // what comes after the last row is checked and indexed takes minutes, not seconds
        importer.Timeout = TimeSpan.FromHours(1);
        var count = 0;
        foreach (var row in rows)
        {
            await importer.StartRowAsync(cancellation);
            write(importer, row);
            if (++count % TellEvery == 0)
                progress?.Report($"  {count:N0} {what} …");
        }
        await importer.CompleteAsync(cancellation);
        progress?.Report($"Loaded {count:N0} {what}");
    }
}
