using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Server.Lookups;
using SituationMap.Store.Snapshots;

namespace SituationMap.Testing;

/// <param name="Descriptions">The differences, the first hundred of them in words.</param>
/// <param name="Count">How many there are.</param>
/// <param name="OnBorders">Points that two or more grids of one level cover, or two buildings.</param>
internal sealed record LookupDifferences(List<string> Descriptions, int Count, int InBuildings, int InZones, int OnBorders);

/// <summary>Compares what a lookup finds with what PostGIS finds: ST_Covers, and the distance between geographies.</summary>
internal static class LookupComparison
{
    private const int Batch = 5_000;

    /// <summary>Half of them anywhere around, a quarter within buildings, and the rest on corners and edges of grids, zones and buildings,
    /// as exactly as doubles go.</summary>
    public static IEnumerable<(double X, double Y)> Points(Snapshot snapshot, int count, int seed)
    {
        var random = new Random(seed);
        var city = snapshot.City;
        var around = new Envelope();
        foreach (var building in city.Buildings)
            around.ExpandToInclude(building.Outline.EnvelopeInternal);
        around.ExpandBy(around.Width * 0.05, around.Height * 0.05);
        for (var i = 0; i < count; i++)
        {
            var kind = random.Next(8);
            if (kind < 4)
            {
                yield return (around.MinX + (random.NextDouble() * around.Width), around.MinY + (random.NextDouble() * around.Height));
                continue;
            }
            if (kind < 6)
            {
                var inner = city.LookupIndex.Points[random.Next(city.Buildings.Length)];
                yield return (
                    inner.Longitude + ((random.NextDouble() - 0.5) * 1e-4),
                    inner.Latitude + ((random.NextDouble() - 0.5) * 1e-4)
                );
                continue;
            }
            var outline = random.Next(snapshot.Zones.Count > 0 ? 4 : 3) switch
            {
                0 => city.Buildings[random.Next(city.Buildings.Length)].Outline,
                3 => snapshot.Zones[random.Next(snapshot.Zones.Count)].Outline,
                _ => city.Grids[random.Next(city.Grids.Length)].Outline,
            };
            var corners = outline.Coordinates;
            var at = random.Next(corners.Length - 1);
            var share = kind == 6 ? 0 : random.Next(1, 8) / 8.0;
            yield return (
                corners[at].X + ((corners[at + 1].X - corners[at].X) * share),
                corners[at].Y + ((corners[at + 1].Y - corners[at].Y) * share)
            );
        }
    }

    /// <summary>Every field of every answer. Distances may differ by what rounding them to the centimetre makes.</summary>
    public static async Task<LookupDifferences> RunAsync(
        NpgsqlDataSource database,
        LookupView view,
        IEnumerable<(double X, double Y)> points,
        CancellationToken cancellation
    )
    {
        var result = new LookupDifferences([], 0, 0, 0, 0);
        var found = new Found();
        foreach (var batch in points.Chunk(Batch))
        {
            await using var command = database.CreateCommand(
                """
                SELECT (SELECT id FROM grid WHERE ST_Covers(outline, p) ORDER BY nlevel(path) DESC, path LIMIT 1),
                       (SELECT id FROM building WHERE ST_Covers(outline, p) ORDER BY code COLLATE "C" LIMIT 1),
                       (SELECT COALESCE(array_agg(f.zone ORDER BY f.zone), '{}') FROM zone_in_force f
                         JOIN zone_version v USING (zone, version) WHERE ST_Covers(v.outline, p)),
                       n.ids, n.metres,
                       (SELECT count(*) FROM grid g WHERE ST_Covers(outline, p) AND NOT EXISTS (SELECT FROM grid c WHERE c.parent = g.path))
                         + (SELECT count(*) FROM building WHERE ST_Covers(outline, p))
                FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS q (x, y, ordinal)
                CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(x, y), 4326) AS p OFFSET 0) made
                -- by ST_Distance: the operator <-> measures in degrees, so many more are taken by it; equally near ones by id
                CROSS JOIN LATERAL (
                  SELECT array_agg(id ORDER BY d, id) AS ids, array_agg(d ORDER BY d, id) AS metres
                  FROM (SELECT id, ST_Distance(location::geography, p::geography) AS d FROM checkpoint
                    ORDER BY location <-> p LIMIT 60) near) n
                ORDER BY ordinal
                """
            );
            command.CommandTimeout = 0;
            command.Parameters.Add(new() { Value = Array.ConvertAll(batch, point => point.X) });
            command.Parameters.Add(new() { Value = Array.ConvertAll(batch, point => point.Y) });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            foreach (var (x, y) in batch)
            {
                await reader.ReadAsync(cancellation);
                view.At(x, y, found);
                var city = view.Snapshot.City;
                int[] zones = [.. found.Zones.Select(zone => view.Zones.Zones[zone].Id).Order()];
                int[] near = [.. found.Checkpoints.Select(checkpoint => city.Checkpoints[checkpoint.Index].Id)];
                double[] metres = [.. found.Checkpoints.Select(checkpoint => checkpoint.Metres)];
                int? theirGrid = reader.IsDBNull(0) ? null : reader.GetInt32(0),
                    theirBuilding = reader.IsDBNull(1) ? null : reader.GetInt32(1);
                int? grid = found.Grid < 0 ? null : city.Grids[found.Grid].Id,
                    building = found.Building < 0 ? null : city.Buildings[found.Building].Id;
                Compare("grid", grid == theirGrid, grid, theirGrid);
                Compare("building", building == theirBuilding, building, theirBuilding);
                var theirZones = reader.GetFieldValue<int[]>(2);
                Compare("zones", zones.SequenceEqual(theirZones), string.Join(' ', zones), string.Join(' ', theirZones));
                int[] theirNear = reader.IsDBNull(3) ? [] : reader.GetFieldValue<int[]>(3);
                double[] theirMetres = reader.IsDBNull(4) ? [] : reader.GetFieldValue<double[]>(4);
                Compare(
                    "checkpoints",
                    near.SequenceEqual(theirNear.Take(near.Length)),
                    string.Join(' ', near),
                    string.Join(' ', theirNear)
                );
                Compare(
                    "metres",
                    metres.Zip(theirMetres).All(pair => Math.Abs(pair.First - pair.Second) < 0.0001),
                    string.Join(' ', metres),
                    string.Join(' ', theirMetres)
                );
                result = result with
                {
                    InBuildings = result.InBuildings + (building is null ? 0 : 1),
                    InZones = result.InZones + (zones.Length > 0 ? 1 : 0),
                    OnBorders = result.OnBorders + (reader.GetInt64(5) > (building is null ? 1 : 2) ? 1 : 0),
                };

                void Compare(string what, bool same, object? ours, object? theirs)
                {
                    if (same)
                        return;
                    result = result with { Count = result.Count + 1 };
                    if (result.Descriptions.Count < 100)
                        result.Descriptions.Add($"{x:R} {y:R}: {what}: ours {ours}, PostGIS's {theirs}");
                }
            }
        }
        return result;
    }
}
