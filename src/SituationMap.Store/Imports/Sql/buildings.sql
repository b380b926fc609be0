-- How the rows of a file of buildings are compared with the store and written. All in the transaction of the import, whose rows are in
-- import_row (row, code, fields, shape); the statement "target" makes import_target.

-- name: target
-- each row as it would be in the store: row, code, id, change, fault, and the columns
SELECT r.row, r.code, b.id, b.grid AS was_grid, b.outline AS was, p.grid, p.address, p.kind, p.floors, p.units, r.shape AS outline,
       CASE WHEN b.id IS NULL THEN 'new'
            WHEN (b.grid, b.address, b.kind, b.floors, b.units, b.outline) 
                 IS NOT DISTINCT FROM (p.grid, p.address, p.kind, p.floors, p.units, r.shape) THEN 'same'
            ELSE 'changed' END AS change,
       CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable'
            WHEN p.grid IS NULL AND r.fields ? 'grid' THEN 'grid-unknown'
            WHEN p.grid IS NULL THEN 'grid-none'
            WHEN EXISTS (SELECT FROM grid below WHERE below.parent = p.grid) THEN 'grid-not-lowest'
            WHEN p.grid <> b.grid AND b.lived THEN 'grid-fixed' END AS fault
FROM import_row r
LEFT JOIN LATERAL (
  SELECT b.*, EXISTS (SELECT FROM household h WHERE h.building = b.id) AS lived FROM building b WHERE b.code = r.code
) b ON true
LEFT JOIN grid named ON named.code = r.fields->>'grid'
LEFT JOIN LATERAL (
  SELECT path FROM import_leaf l WHERE ST_Covers(l.outline, ST_PointOnSurface(r.shape)) ORDER BY path LIMIT 1
) under ON NOT r.fields ? 'grid'
CROSS JOIN LATERAL (
  -- where it has not moved and the file names no grid it stays in the one that it is in
  SELECT COALESCE(named.path, CASE WHEN r.fields ? 'grid' THEN NULL
                                   WHEN b.lived OR ST_Equals(b.outline, r.shape) THEN b.grid
                                   ELSE under.path END) AS grid,
         COALESCE(r.fields->>'address', b.address, r.code) AS address,
         COALESCE(r.fields->>'kind', b.kind, 'other') AS kind,
         COALESCE((r.fields->>'floors')::smallint, b.floors, 1::smallint) AS floors,
         COALESCE((r.fields->>'units')::smallint, b.units,
                  CASE WHEN r.fields->>'kind' IN ('house', 'slab', 'tower') THEN 1 ELSE 0 END::smallint) AS units
) p

-- name: faults
-- row, code, field, fault, expected of what does not fit
SELECT row, code, CASE fault WHEN 'unmappable' THEN 'wkt' ELSE 'grid' END, fault,
       CASE fault WHEN 'unmappable' THEN 'an outline that PostGIS takes for valid'
         WHEN 'grid-unknown' THEN 'the code of a grid that is there; import the grids first'
         WHEN 'grid-none' THEN 'a place in one of the grids; none of the lowest grids covers it, '
           || 'so import the grids first, or name its grid'
         WHEN 'grid-not-lowest' THEN 'a grid that has none below it'
         ELSE 'the grid that it is in, since households live there' END
FROM import_target WHERE fault IS NOT NULL

-- name: write
-- adds the rows that are new and updates those that changed
INSERT INTO building (grid, code, address, kind, floors, units, outline)
SELECT grid, code, address, kind, floors, units, outline FROM import_target WHERE change = 'new' ORDER BY row;
UPDATE building b SET grid = t.grid, address = t.address, kind = t.kind, floors = t.floors, units = t.units, outline = t.outline
FROM import_target t WHERE t.change = 'changed' AND b.id = t.id;

-- name: mark
-- marks the households whose status may follow from it
SELECT mark_dirty(array_agg(h.id), clock_timestamp())
FROM import_target t JOIN household h ON h.building = t.id
WHERE t.change = 'changed' AND t.was IS DISTINCT FROM t.outline HAVING count(*) > 0

-- name: feed
-- kind, grid, subject, touched: the rows for the feed
SELECT 'building' AS kind, b.grid, b.id AS subject,
       ST_Collect(ARRAY(SELECT o FROM unnest(ARRAY[t.was, t.outline]) AS o WHERE o IS NOT NULL)) AS touched
FROM import_target t JOIN building b USING (code)
