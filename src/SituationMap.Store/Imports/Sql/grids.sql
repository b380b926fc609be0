-- How the rows of a file of grids are compared with the store and written. All in the transaction of the import, whose rows are in
-- import_row (row, code, fields, shape); the statement "target" makes import_target.

-- name: target
-- each row as it would be in the store: row, code, id, change, fault, and the columns
SELECT r.row, r.code, g.id, text2ltree(r.fields->>'path') AS path, p.level, r.fields->>'name' AS name, r.shape AS outline,
       g.outline AS was,
       CASE WHEN g.id IS NULL THEN 'new'
            WHEN (g.level, g.name, g.outline) IS NOT DISTINCT FROM (p.level, r.fields->>'name', r.shape) THEN 'same'
            ELSE 'changed' END AS change,
       CASE WHEN NOT is_mappable(r.shape) THEN 'unmappable'
            WHEN nlevel(text2ltree(r.fields->>'path')) > 1
             AND NOT EXISTS (SELECT FROM grid above WHERE above.path = subpath(text2ltree(r.fields->>'path'), 0, -1))
             AND NOT EXISTS (SELECT FROM import_row above
                             WHERE above.fields->>'path' = ltree2text(subpath(text2ltree(r.fields->>'path'), 0, -1)))
            THEN 'parent-unknown'
            WHEN g.id IS NULL AND EXISTS (
              SELECT FROM building b
              WHERE b.grid = subpath(text2ltree(r.fields->>'path'), 0, GREATEST(nlevel(text2ltree(r.fields->>'path')) - 1, 1))
                AND nlevel(text2ltree(r.fields->>'path')) > 1)
            THEN 'parent-full' END AS fault
FROM import_row r LEFT JOIN grid g ON g.path = text2ltree(r.fields->>'path')
CROSS JOIN LATERAL (SELECT COALESCE(r.fields->>'level', g.level, r.fields->>'levelOfCode') AS level) p

-- name: faults
-- row, code, field, fault, expected of what does not fit
SELECT row, code, CASE fault WHEN 'unmappable' THEN 'wkt' ELSE 'parent' END, fault,
       CASE fault WHEN 'unmappable' THEN 'an outline that PostGIS takes for valid'
         WHEN 'parent-full' THEN 'a grid above that has no buildings of its own; '
           || replace(ltree2text(subpath(path, 0, -1)), '.', '-') || ' has some'
         ELSE 'a grid that is there, or in the same file: '
           || replace(ltree2text(subpath(path, 0, -1)), '.', '-') || ' is not; import it first' END
FROM import_target WHERE fault IS NOT NULL

-- name: write
-- adds the rows that are new and updates those that changed
INSERT INTO grid (path, level, name, outline) SELECT path, level, name, outline FROM import_target WHERE change = 'new' ORDER BY path;
UPDATE grid g SET level = t.level, name = t.name, outline = t.outline
FROM import_target t WHERE t.change = 'changed' AND g.path = t.path;

-- name: feed
-- kind, grid, subject, touched: the rows for the feed
SELECT 'grid' AS kind, g.path AS grid, g.id AS subject,
       ST_Collect(ARRAY(SELECT o FROM unnest(ARRAY[t.was, t.outline]) AS o WHERE o IS NOT NULL)) AS touched
FROM import_target t JOIN grid g USING (path)
