-- How the rows of a file of checkpoints are compared with the store and written. All in the transaction of the import, whose rows are in
-- import_row (row, code, fields, shape); the statement "target" makes import_target.

-- name: target
-- each row as it would be in the store: row, code, id, change, fault, and the columns
SELECT r.row, r.code, c.id, c.location AS was, p.grid, p.name, p.manned, r.shape AS location,
       CASE WHEN c.id IS NULL THEN 'new'
            WHEN (c.grid, c.name, c.manned, c.location) IS NOT DISTINCT FROM (p.grid, p.name, p.manned, r.shape) THEN 'same'
            ELSE 'changed' END AS change,
       CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable' WHEN p.grid IS NULL AND r.fields ? 'grid' THEN 'grid-unknown' WHEN p.grid IS NULL THEN 'grid-none' END AS fault
FROM import_row r
LEFT JOIN checkpoint c ON c.code = r.code
LEFT JOIN grid named ON named.code = r.fields->>'grid'
-- a checkpoint stands at the edge as often as not
LEFT JOIN LATERAL (
  SELECT path FROM import_leaf l
  WHERE NOT r.fields ? 'grid' AND ST_DWithin(l.outline, r.shape, 0.01)
    AND ST_DWithin(l.outline::geography, r.shape::geography, 100)
  ORDER BY ST_Distance(l.outline, r.shape), path LIMIT 1
) beside ON true
CROSS JOIN LATERAL (
  SELECT CASE WHEN r.fields ? 'grid' THEN named.path WHEN ST_Equals(c.location, r.shape) THEN c.grid ELSE beside.path END AS grid,
         COALESCE(r.fields->>'name', c.name, r.code) AS name, COALESCE((r.fields->>'manned')::boolean, c.manned, true) AS manned
) p

-- name: faults
-- row, code, field, fault, expected of what does not fit
SELECT row, code, CASE fault WHEN 'unmappable' THEN 'wkt' ELSE 'grid' END, fault,
       CASE fault WHEN 'unmappable' THEN 'a place between 85° south and 85° north'
         WHEN 'grid-unknown' THEN 'the code of a grid that is there; import the grids first'
         ELSE 'a place within 100 m of one of the lowest grids; import the grids first, or name its grid' END
FROM import_target WHERE fault IS NOT NULL

-- name: write
-- adds the rows that are new and updates those that changed
INSERT INTO checkpoint (grid, code, name, manned, location)
SELECT grid, code, name, manned, location FROM import_target WHERE change = 'new' ORDER BY row;
UPDATE checkpoint c SET grid = t.grid, name = t.name, manned = t.manned, location = t.location
FROM import_target t WHERE t.change = 'changed' AND c.id = t.id;

-- name: feed
-- kind, grid, subject, touched: the rows for the feed
SELECT 'checkpoint' AS kind, c.grid, c.id AS subject,
       ST_Collect(ARRAY(SELECT o FROM unnest(ARRAY[t.was, t.location]) AS o WHERE o IS NOT NULL)) AS touched
FROM import_target t JOIN checkpoint c USING (code)
