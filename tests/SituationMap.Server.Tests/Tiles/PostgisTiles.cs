using SituationMap.Geo.VectorTiles;

namespace SituationMap.Server.Tests.Tiles;

/// <summary>The same tiles made by PostGIS's own ST_AsMVT.</summary>
internal sealed class PostgisTiles(TestDatabase database)
{
    /// <summary>How the same layers are made by hand in PostGIS; $1 to $3 are z, x, y.</summary>
    public static readonly Dictionary<string, string> ByHand = new()
    {
        ["buildings"] = """
            SELECT b.id, b.code, CASE WHEN $1 >= 16 THEN b.address END AS address, b.kind, b.floors, s.status,
                   s.quarantined, s.observed, s.out, s.healthy, s.unsurveyed, cut(b.outline, $1, $2, $3) AS geom
            FROM building b CROSS JOIN LATERAL (
              SELECT max(COALESCE(hs.status, 'healthy'))::text AS status,
                     count(*) FILTER (WHERE hs.status = 'quarantined') AS quarantined,
                       count(*) FILTER (WHERE hs.status = 'observed') AS observed,
                     count(*) FILTER (WHERE hs.status = 'out') AS out, count(*) FILTER (WHERE COALESCE(hs.status,
                       'healthy') = 'healthy') AS healthy,
                     count(*) FILTER (WHERE hs.surveyed IS NOT TRUE) AS unsurveyed
              FROM household h LEFT JOIN household_status hs ON hs.household = h.id WHERE h.building = b.id) s
            """,
        ["roads"] = "SELECT id, class, NULLIF(name, '') AS name, cut(line, $1, $2, $3) AS geom FROM road",
        ["checkpoints"] =
            "SELECT id, code, name, manned, direction AS passage, cut(location, $1, $2, $3) AS geom FROM checkpoint LEFT JOIN "
            + "last_passage ON checkpoint = id",
        ["zones"] = """
            SELECT z.id, z.code, v.name, v.level, CASE v.level WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END AS rank, v.version,
              cut(v.outline, $1, $2, $3) AS geom
            FROM zone_in_force f JOIN zone z ON z.id = f.zone JOIN zone_version v ON v.zone = f.zone AND v.version = f.version
            """,
        ["grid-labels"] =
            "SELECT id, code, name, level, cut(ST_PointOnSurface(outline), $1, $2, $3) AS geom FROM grid WHERE level = 'grid'",
        ["grids"] = "SELECT id, code, name, level, cut(outline, $1, $2, $3) AS geom FROM grid WHERE level = 'grid'",
    };

    public static async Task<PostgisTiles> OfAsync(TestDatabase database)
    {
        await database.ExecuteAsync(
            """
            CREATE OR REPLACE FUNCTION cut(shape geometry, z int, x int, y int) RETURNS geometry LANGUAGE sql
            RETURN (
              SELECT CASE
                -- a surface that is small beside the tile is not cut
                WHEN cut IS NOT NULL AND ST_Dimension(flat) = 2
                  AND greatest(ST_XMax(flat) - ST_XMin(flat), ST_YMax(flat) - ST_YMin(flat)) <= (ST_XMax(tile) - ST_XMin(tile)) * 15 / 16
                THEN ST_AsMVTGeom(flat, tile, 4096, 64, false)
                ELSE cut END
              FROM (SELECT flat, tile, ST_AsMVTGeom(flat, tile, 4096, 64, true) AS cut
                    FROM (SELECT ST_Transform(shape, 3857) AS flat, ST_TileEnvelope(z, x, y) AS tile) measured) made)
            """
        );
        return new PostgisTiles(database);
    }

    /// <param name="layer">A statement that gives the layer's features; $1 to $3 are z, x, y.</param>
    /// <param name="further">From $4 on.</param>
    public async Task<IReadOnlyList<VectorTileFeature>> AskAsync(string name, string layer, TileId tile, params object[] further)
    {
        // name and statement are constants of the tests
        var bytes = await database.ReadAsync<byte[]>(
            $"SELECT ST_AsMVT(tile, '{name}', 4096, 'geom', 'id') FROM ({layer}) tile WHERE geom IS NOT NULL",
            [tile.Z, tile.X, tile.Y, .. further]
        );
        return bytes.Length == 0 ? [] : VectorTile.Decode(bytes).Single().Features;
    }
}
