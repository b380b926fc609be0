namespace SituationMap.Store.Imports;

public sealed partial record StagingSql
{
    private static readonly StagingSql Grids = new(
        """
        SELECT r.row, r.code, g.id, text2ltree(r.fields->>'path') AS path, p.level, r.fields->>'name' AS name, r.shape AS outline, g.outline AS was,
               CASE WHEN g.id IS NULL THEN 'new'
                    WHEN (g.level, g.name, g.outline) IS NOT DISTINCT FROM (p.level, r.fields->>'name', r.shape) THEN 'same' ELSE 'changed' END AS change,
               CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable'
                    WHEN nlevel(text2ltree(r.fields->>'path')) > 1
                     AND NOT EXISTS (SELECT FROM grid above WHERE above.path = subpath(text2ltree(r.fields->>'path'), 0, -1))
                     AND NOT EXISTS (SELECT FROM import_row above WHERE above.fields->>'path' = ltree2text(subpath(text2ltree(r.fields->>'path'), 0, -1)))
                    THEN 'parent-unknown'
                    WHEN g.id IS NULL AND EXISTS (SELECT FROM building b WHERE b.grid = subpath(text2ltree(r.fields->>'path'), 0, GREATEST(nlevel(text2ltree(r.fields->>'path')) - 1, 1))
                                                   AND nlevel(text2ltree(r.fields->>'path')) > 1)
                    THEN 'parent-full' END AS fault
        FROM import_row r LEFT JOIN grid g ON g.path = text2ltree(r.fields->>'path')
        CROSS JOIN LATERAL (SELECT COALESCE(r.fields->>'level', g.level, r.fields->>'levelOfCode') AS level) p
        """,
        $"""
        SELECT row, code, CASE fault WHEN 'unmappable' THEN 'wkt' ELSE 'parent' END, fault,
               CASE fault {Unmappable}
                 WHEN 'parent-full' THEN 'a grid above that has no buildings of its own; ' || replace(ltree2text(subpath(path, 0, -1)), '.', '-') || ' has some'
                 ELSE 'a grid that is there, or in the same file: ' || replace(ltree2text(subpath(path, 0, -1)), '.', '-') || ' is not; import it first' END
        FROM import_target WHERE fault IS NOT NULL
        """,
        """
        INSERT INTO grid (path, level, name, outline) SELECT path, level, name, outline FROM import_target WHERE change = 'new' ORDER BY path;
        UPDATE grid g SET level = t.level, name = t.name, outline = t.outline FROM import_target t WHERE t.change = 'changed' AND g.path = t.path;
        """,
        "",
        """
        SELECT 'grid' AS kind, g.path AS grid, g.id AS subject, ST_Collect(ARRAY(SELECT o FROM unnest(ARRAY[t.was, t.outline]) AS o WHERE o IS NOT NULL)) AS touched
        FROM import_target t JOIN grid g USING (path)
        """
    );

    private static readonly StagingSql Buildings = new(
        """
        SELECT r.row, r.code, b.id, b.grid AS was_grid, b.outline AS was, p.grid, p.address, p.kind, p.floors, p.units, r.shape AS outline,
               CASE WHEN b.id IS NULL THEN 'new'
                    WHEN (b.grid, b.address, b.kind, b.floors, b.units, b.outline) IS NOT DISTINCT FROM (p.grid, p.address, p.kind, p.floors, p.units, r.shape) THEN 'same'
                    ELSE 'changed' END AS change,
               CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable'
                    WHEN p.grid IS NULL AND r.fields ? 'grid' THEN 'grid-unknown'
                    WHEN p.grid IS NULL THEN 'grid-none'
                    WHEN EXISTS (SELECT FROM grid below WHERE below.parent = p.grid) THEN 'grid-not-lowest'
                    WHEN p.grid <> b.grid AND b.lived THEN 'grid-fixed' END AS fault
        FROM import_row r
        LEFT JOIN LATERAL (SELECT b.*, EXISTS (SELECT FROM household h WHERE h.building = b.id) AS lived FROM building b WHERE b.code = r.code) b ON true
        LEFT JOIN grid named ON named.code = r.fields->>'grid'
        LEFT JOIN LATERAL (
          SELECT path FROM import_leaf l WHERE ST_Covers(l.outline, ST_PointOnSurface(r.shape)) ORDER BY path LIMIT 1
        ) under ON NOT r.fields ? 'grid'
        CROSS JOIN LATERAL (
          -- where it has not moved and the file names no grid it stays in the one that it is in
          SELECT COALESCE(named.path, CASE WHEN r.fields ? 'grid' THEN NULL WHEN b.lived OR ST_Equals(b.outline, r.shape) THEN b.grid ELSE under.path END) AS grid,
                 COALESCE(r.fields->>'address', b.address, r.code) AS address,
                 COALESCE(r.fields->>'kind', b.kind, 'other') AS kind,
                 COALESCE((r.fields->>'floors')::smallint, b.floors, 1::smallint) AS floors,
                 COALESCE((r.fields->>'units')::smallint, b.units, CASE WHEN r.fields->>'kind' IN ('house', 'slab', 'tower') THEN 1 ELSE 0 END::smallint) AS units
        ) p
        """,
        $"""
        SELECT row, code, CASE fault WHEN 'unmappable' THEN 'wkt' ELSE 'grid' END, fault,
               CASE fault {Unmappable}
                 WHEN 'grid-unknown' THEN 'the code of a grid that is there; import the grids first'
                 WHEN 'grid-none' THEN 'a place in one of the grids; none of the lowest grids covers it, so import the grids first, or name its grid'
                 WHEN 'grid-not-lowest' THEN 'a grid that has none below it'
                 ELSE 'the grid that it is in, since households live there' END
        FROM import_target WHERE fault IS NOT NULL
        """,
        """
        INSERT INTO building (grid, code, address, kind, floors, units, outline)
        SELECT grid, code, address, kind, floors, units, outline FROM import_target WHERE change = 'new' ORDER BY row;
        UPDATE building b SET grid = t.grid, address = t.address, kind = t.kind, floors = t.floors, units = t.units, outline = t.outline
        FROM import_target t WHERE t.change = 'changed' AND b.id = t.id;
        """,
        """
        SELECT mark_dirty(array_agg(h.id), clock_timestamp())
        FROM import_target t JOIN household h ON h.building = t.id
        WHERE t.change = 'changed' AND t.was IS DISTINCT FROM t.outline HAVING count(*) > 0
        """,
        """
        SELECT 'building' AS kind, b.grid, b.id AS subject, ST_Collect(ARRAY(SELECT o FROM unnest(ARRAY[t.was, t.outline]) AS o WHERE o IS NOT NULL)) AS touched
        FROM import_target t JOIN building b USING (code)
        """
    );

    private static readonly StagingSql Checkpoints = new(
        """
        SELECT r.row, r.code, c.id, c.location AS was, p.grid, p.name, p.manned, r.shape AS location,
               CASE WHEN c.id IS NULL THEN 'new'
                    WHEN (c.grid, c.name, c.manned, c.location) IS NOT DISTINCT FROM (p.grid, p.name, p.manned, r.shape) THEN 'same' ELSE 'changed' END AS change,
               CASE WHEN p.grid IS NULL AND r.fields ? 'grid' THEN 'grid-unknown' WHEN p.grid IS NULL THEN 'grid-none' END AS fault
        FROM import_row r
        LEFT JOIN checkpoint c ON c.code = r.code
        LEFT JOIN grid named ON named.code = r.fields->>'grid'
        -- a checkpoint stands at the edge as often as not
        LEFT JOIN LATERAL (
          SELECT path FROM import_leaf l WHERE NOT r.fields ? 'grid' AND ST_DWithin(l.outline, r.shape, 0.01) AND ST_DWithin(l.outline::geography, r.shape::geography, 100)
          ORDER BY ST_Distance(l.outline, r.shape), path LIMIT 1
        ) beside ON true
        CROSS JOIN LATERAL (
          SELECT CASE WHEN r.fields ? 'grid' THEN named.path WHEN ST_Equals(c.location, r.shape) THEN c.grid ELSE beside.path END AS grid,
                 COALESCE(r.fields->>'name', c.name, r.code) AS name, COALESCE((r.fields->>'manned')::boolean, c.manned, true) AS manned
        ) p
        """,
        """
        SELECT row, code, 'grid', fault,
               CASE fault WHEN 'grid-unknown' THEN 'the code of a grid that is there; import the grids first'
                 ELSE 'a place within 100 m of one of the lowest grids; import the grids first, or name its grid' END
        FROM import_target WHERE fault IS NOT NULL
        """,
        """
        INSERT INTO checkpoint (grid, code, name, manned, location) SELECT grid, code, name, manned, location FROM import_target WHERE change = 'new' ORDER BY row;
        UPDATE checkpoint c SET grid = t.grid, name = t.name, manned = t.manned, location = t.location FROM import_target t WHERE t.change = 'changed' AND c.id = t.id;
        """,
        "",
        """
        SELECT 'checkpoint' AS kind, c.grid, c.id AS subject, ST_Collect(ARRAY(SELECT o FROM unnest(ARRAY[t.was, t.location]) AS o WHERE o IS NOT NULL)) AS touched
        FROM import_target t JOIN checkpoint c USING (code)
        """
    );

    /// <summary>Only compared here: versions of zones are added by <see cref="ZoneImport"/>.</summary>
    private static readonly StagingSql Zones = new(
        """
        SELECT r.row, r.code, v.effective_from, v.effective_to, v.reason, c.change,
               CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable'
                    WHEN c.change = 'changed' AND NOT r.fields ? 'to'
                     AND v.effective_to <= COALESCE((r.fields->>'from')::timestamptz, GREATEST(v.effective_from, clock_timestamp())) THEN 'zone-ended' END AS fault
        FROM import_row r LEFT JOIN LATERAL (
          SELECT v.* FROM zone z JOIN zone_version v ON v.zone = z.id WHERE z.code = r.code ORDER BY v.version DESC LIMIT 1
        ) v ON true
        CROSS JOIN LATERAL (
          -- what the file does not say is not compared
          SELECT CASE WHEN v.zone IS NULL THEN 'new'
                      WHEN (v.name, v.level, v.outline) IS NOT DISTINCT FROM (r.fields->>'name', r.fields->>'level', r.shape)
                       AND (NOT r.fields ? 'from' OR v.effective_from = (r.fields->>'from')::timestamptz)
                       AND (NOT r.fields ? 'to' OR v.effective_to IS NOT DISTINCT FROM (r.fields->>'to')::timestamptz)
                       AND (NOT r.fields ? 'reason' OR v.reason = r.fields->>'reason') THEN 'same' ELSE 'changed' END AS change
        ) c
        """,
        $"""
        SELECT row, code, CASE fault WHEN 'zone-ended' THEN 'to' ELSE 'wkt' END, fault,
               CASE fault {Unmappable} ELSE 'a new end, since the zone''s own is over by then, or the word (clear) for none' END
        FROM import_target WHERE fault IS NOT NULL
        """,
        "",
        "",
        ""
    );
}
