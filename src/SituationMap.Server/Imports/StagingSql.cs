namespace SituationMap.Server.Imports;

/// <summary>The statements by which one collection's rows are compared with the store and written.</summary>
/// <param name="Target">Selects each row as it would be in the store: row, code, id, change, fault, and the columns.</param>
/// <param name="Faults">Selects row, code, field, fault, expected of what does not fit.</param>
/// <param name="Write">Adds the rows that are new and updates those that changed.</param>
/// <param name="Mark">Marks the households dirty whose status may follow from it.</param>
/// <param name="Told">Selects kind, grid, subject, touched: the rows for the feed.</param>
internal sealed record StagingSql(string Target, string Faults, string Write, string Mark, string Told)
{
    public static StagingSql Of(string collection) => collection switch
    {
        "grids" => Grids,
        "buildings" => Buildings,
        "households" => Households,
        "persons" => Persons,
        "checkpoints" => Checkpoints,
        "zones" => Zones,
        _ => throw new ArgumentOutOfRangeException(nameof(collection), collection, null),
    };

    private const string Unmappable = "WHEN 'unmappable' THEN 'an outline that PostGIS takes for valid' ";

    private static readonly StagingSql Grids = new(
        """
        SELECT r.row, r.code, g.id, text2ltree(r.fields->>'path') AS path, r.fields->>'level' AS level, r.fields->>'name' AS name, r.shape AS outline, g.outline AS was,
               CASE WHEN g.id IS NULL THEN 'new'
                    WHEN (g.level, g.name, g.outline) IS NOT DISTINCT FROM (r.fields->>'level', r.fields->>'name', r.shape) THEN 'same' ELSE 'changed' END AS change,
               CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable'
                    WHEN nlevel(text2ltree(r.fields->>'path')) > 1
                     AND NOT EXISTS (SELECT FROM grid p WHERE p.path = subpath(text2ltree(r.fields->>'path'), 0, -1))
                     AND NOT EXISTS (SELECT FROM import_row p WHERE p.fields->>'path' = ltree2text(subpath(text2ltree(r.fields->>'path'), 0, -1)))
                    THEN 'parent-unknown'
                    WHEN g.id IS NULL AND EXISTS (SELECT FROM building b WHERE b.grid = subpath(text2ltree(r.fields->>'path'), 0, GREATEST(nlevel(text2ltree(r.fields->>'path')) - 1, 1))
                                                   AND nlevel(text2ltree(r.fields->>'path')) > 1)
                    THEN 'parent-full' END AS fault
        FROM import_row r LEFT JOIN grid g ON g.path = text2ltree(r.fields->>'path')
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
        """);

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
          SELECT COALESCE(named.path, CASE WHEN r.fields ? 'grid' THEN NULL WHEN b.lived THEN b.grid ELSE under.path END) AS grid,
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
        """);

    private static readonly StagingSql Households = new(
        """
        SELECT r.row, r.code, h.id, h.building AS was_building, b.id AS building, b.grid, p.floor, p.unit, p.room, p.doors, p.tenure, p.pass_issued_at,
               CASE WHEN h.id IS NULL THEN 'new'
                    WHEN (h.building, h.floor, h.unit, h.room, h.doors, h.tenure, h.pass_issued_at) IS NOT DISTINCT FROM (b.id, p.floor, p.unit, p.room, p.doors, p.tenure, p.pass_issued_at) THEN 'same'
                    ELSE 'changed' END AS change,
               CASE WHEN b.id IS NULL THEN 'building-unknown'
                    WHEN h.grid <> b.grid THEN 'grid-fixed'
                    WHEN EXISTS (SELECT FROM household o WHERE (o.building, o.unit, o.floor) = (b.id, p.unit, p.floor)
                      AND o.room < p.room + p.doors AND p.room < o.room + o.doors AND o.code <> r.code) THEN 'door-taken'
                    WHEN max(p.room + p.doors) OVER (beside ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > p.room
                      OR min(p.room) OVER (beside ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) < p.room + p.doors THEN 'door-repeated' END AS fault
        FROM import_row r
        LEFT JOIN household h ON h.code = r.code
        LEFT JOIN building b ON b.code = r.fields->>'building'
        CROSS JOIN LATERAL (
          SELECT (r.fields->>'floor')::smallint AS floor, (r.fields->>'unit')::smallint AS unit, (r.fields->>'room')::smallint AS room,
                 COALESCE((r.fields->>'doors')::smallint, h.doors, 1) AS doors,
                 COALESCE(r.fields->>'tenure', h.tenure, 'owned') AS tenure, COALESCE((r.fields->>'passIssuedAt')::timestamptz, h.pass_issued_at) AS pass_issued_at
        ) p
        WINDOW beside AS (PARTITION BY b.id, p.unit, p.floor ORDER BY p.room)
        """,
        """
        SELECT row, code, CASE WHEN fault IN ('door-taken', 'door-repeated') THEN 'room' ELSE 'building' END, fault,
               CASE fault WHEN 'building-unknown' THEN 'the code of a building that is there; import the buildings first'
                 WHEN 'grid-fixed' THEN 'a building in the same grid as before'
                 WHEN 'door-taken' THEN 'a door that no other household has'
                 ELSE 'a door that no other row has' END
        FROM import_target WHERE fault IS NOT NULL
        """,
        """
        INSERT INTO household (grid, code, building, floor, unit, room, doors, tenure, pass_issued_at)
        SELECT grid, code, building, floor, unit, room, doors, tenure, pass_issued_at FROM import_target WHERE change = 'new' ORDER BY row;
        UPDATE household h SET building = t.building, floor = t.floor, unit = t.unit, room = t.room, doors = t.doors, tenure = t.tenure, pass_issued_at = t.pass_issued_at
        FROM import_target t WHERE t.change = 'changed' AND h.id = t.id;
        """,
        """
        SELECT mark_dirty(array_agg(h.id), clock_timestamp())
        FROM import_target t JOIN household h USING (code) WHERE t.change = 'new' OR t.was_building <> t.building HAVING count(*) > 0
        """,
        """
        SELECT 'building' AS kind, b.grid, b.id AS subject, b.outline AS touched
        FROM building b WHERE b.id IN (SELECT building FROM import_target UNION SELECT was_building FROM import_target)
        """);

    private static readonly StagingSql Persons = new(
        """
        SELECT r.row, r.code, p.id, p.household AS was_household, h.id AS household, h.grid, n.born, n.sex, r.fields->'details' AS details,
               CASE WHEN p.id IS NULL THEN 'new'
                    WHEN (p.household, p.born, p.sex) IS NOT DISTINCT FROM (h.id, n.born, n.sex)
                     AND (NOT r.fields ? 'details' OR (d.name_index, d.phone_index, d.number_index) IS NOT DISTINCT FROM
                       (decode(r.fields#>>'{details,name,index}', 'base64'), decode(r.fields#>>'{details,phone,index}', 'base64'), decode(r.fields#>>'{details,number,index}', 'base64')))
                    THEN 'same' ELSE 'changed' END AS change,
               CASE WHEN h.id IS NULL THEN 'household-unknown'
                    WHEN p.household <> h.id AND (p.grid <> h.grid OR EXISTS (SELECT FROM fact f WHERE f.household = p.household AND f.person = p.id)) THEN 'household-fixed' END AS fault
        FROM import_row r
        LEFT JOIN person p ON p.code = r.code
        LEFT JOIN person_detail d ON d.person = p.id
        LEFT JOIN household h ON h.code = r.fields->>'household'
        CROSS JOIN LATERAL (SELECT COALESCE((r.fields->>'born')::smallint, p.born) AS born, COALESCE(r.fields->>'sex', p.sex) AS sex) n
        """,
        """
        SELECT row, code, 'household', fault,
               CASE fault WHEN 'household-unknown' THEN 'the code of a household that is there; import the households first'
                 ELSE 'the household that the person is in, since reports say so' END
        FROM import_target WHERE fault IS NOT NULL
        """,
        """
        INSERT INTO person (grid, code, household, born, sex) SELECT grid, code, household, born, sex FROM import_target WHERE change = 'new' ORDER BY row;
        UPDATE person p SET household = t.household, born = t.born, sex = t.sex FROM import_target t WHERE t.change = 'changed' AND p.id = t.id;
        INSERT INTO person_detail (person, generation, name, name_index, phone, phone_index, number, number_index, changed_at)
        SELECT p.id, (t.details->>'generation')::int,
               decode(t.details#>>'{name,box}', 'base64'), decode(t.details#>>'{name,index}', 'base64'),
               decode(t.details#>>'{phone,box}', 'base64'), decode(t.details#>>'{phone,index}', 'base64'),
               decode(t.details#>>'{number,box}', 'base64'), decode(t.details#>>'{number,index}', 'base64'), clock_timestamp()
        FROM import_target t JOIN person p USING (code) WHERE t.details IS NOT NULL
        ON CONFLICT (person) DO UPDATE SET generation = EXCLUDED.generation, name = EXCLUDED.name, name_index = EXCLUDED.name_index, phone = EXCLUDED.phone,
          phone_index = EXCLUDED.phone_index, number = EXCLUDED.number, number_index = EXCLUDED.number_index, changed_at = EXCLUDED.changed_at;
        """,
        """
        -- who is known to live there decides whether all are away
        SELECT mark_dirty(array_agg(DISTINCT household), clock_timestamp())
        FROM (SELECT household FROM import_target UNION SELECT was_household FROM import_target WHERE was_household IS NOT NULL) t HAVING count(*) > 0
        """,
        """
        SELECT 'building' AS kind, b.grid, b.id AS subject, b.outline AS touched
        FROM building b WHERE b.id IN (
          SELECT h.building FROM household h WHERE h.id IN (SELECT household FROM import_target UNION SELECT was_household FROM import_target))
        """);

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
          SELECT CASE WHEN r.fields ? 'grid' THEN named.path ELSE beside.path END AS grid,
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
        """);

    /// <summary>Only compared here: versions of zones are added by <see cref="ZoneImport"/>.</summary>
    private static readonly StagingSql Zones = new(
        """
        SELECT r.row, r.code,
               CASE WHEN v.zone IS NULL THEN 'new'
                    WHEN (v.name, v.level, v.outline) IS NOT DISTINCT FROM (r.fields->>'name', r.fields->>'level', r.shape) THEN 'same' ELSE 'changed' END AS change,
               CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable' END AS fault
        FROM import_row r LEFT JOIN LATERAL (
          SELECT v.* FROM zone z JOIN zone_version v ON v.zone = z.id WHERE z.code = r.code ORDER BY v.version DESC LIMIT 1
        ) v ON true
        """,
        $"SELECT row, code, 'wkt', fault, CASE fault {Unmappable} END FROM import_target WHERE fault IS NOT NULL",
        "", "", "");
}
