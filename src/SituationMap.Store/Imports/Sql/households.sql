-- How the rows of a file of households are compared with the store and written. All in the transaction of the import, whose rows are in
-- import_row (row, code, fields, shape); the statement "target" makes import_target.

-- name: target
-- each row as it would be in the store: row, code, id, change, fault, and the columns
SELECT r.row, r.code, h.id, h.building AS was_building, b.id AS building, b.grid, p.floor, p.unit, p.room, p.doors, p.tenure,
       p.pass_issued_at, r.fields ? 'floor' AS says_floor,
       CASE WHEN h.id IS NULL THEN 'new'
            WHEN (h.building, h.floor, h.unit, h.room, h.doors, h.tenure, h.pass_issued_at)
                 IS NOT DISTINCT FROM (b.id, p.floor, p.unit, p.room, p.doors, p.tenure, p.pass_issued_at) THEN 'same'
            ELSE 'changed' END AS change,
       CASE WHEN b.id IS NULL THEN 'building-unknown'
            WHEN h.grid <> b.grid THEN 'grid-fixed'
            WHEN EXISTS (SELECT FROM household o WHERE (o.building, o.unit, o.floor) = (b.id, p.unit, p.floor)
              AND o.room < p.room + p.doors AND p.room < o.room + o.doors AND o.code <> r.code) THEN 'door-taken'
            WHEN max(p.room + p.doors) OVER (beside ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > p.room
              OR min(p.room) OVER (beside ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) < p.room + p.doors
              THEN 'door-repeated' END AS fault
FROM import_row r
LEFT JOIN household h ON h.code = r.code
LEFT JOIN building b ON b.code = r.fields->>'building'
CROSS JOIN LATERAL (
  SELECT COALESCE((r.fields->>'floor')::smallint, h.floor, 1::smallint) AS floor,
         COALESCE((r.fields->>'unit')::smallint, h.unit, 1::smallint) AS unit,
         (r.fields->>'room')::smallint AS room,
         COALESCE((r.fields->>'doors')::smallint, h.doors, 1) AS doors,
         COALESCE(r.fields->>'tenure', h.tenure, 'owned') AS tenure,
         CASE WHEN r.fields ? 'passIssuedAt' THEN (r.fields->>'passIssuedAt')::timestamptz ELSE h.pass_issued_at END AS pass_issued_at
) p
WINDOW beside AS (PARTITION BY b.id, p.unit, p.floor ORDER BY p.room)

-- name: faults
-- row, code, field, fault, expected of what does not fit
SELECT row, code, CASE WHEN fault IN ('door-taken', 'door-repeated') THEN 'room' ELSE 'building' END, fault,
       CASE fault WHEN 'building-unknown' THEN 'the code of a building that is there; import the buildings first'
         WHEN 'grid-fixed' THEN 'a building in the same grid as before'
         WHEN 'door-taken' THEN 'a door that no other household has'
         ELSE 'a door that no other row has' END
FROM import_target WHERE fault IS NOT NULL

-- name: write
-- adds the rows that are new and updates those that changed
INSERT INTO household (grid, code, building, floor, unit, room, doors, tenure, pass_issued_at)
SELECT grid, code, building, floor, unit, room, doors, tenure, pass_issued_at FROM import_target WHERE change = 'new' ORDER BY row;
UPDATE household h SET building = t.building, floor = t.floor, unit = t.unit, room = t.room, doors = t.doors, tenure = t.tenure,
  pass_issued_at = t.pass_issued_at
FROM import_target t WHERE t.change = 'changed' AND h.id = t.id;

-- name: mark
-- marks the households whose status may follow from it
SELECT mark_dirty(array_agg(h.id), clock_timestamp())
FROM import_target t JOIN household h USING (code) WHERE t.change = 'new' OR t.was_building <> t.building HAVING count(*) > 0

-- name: feed
-- kind, grid, subject, touched: the rows for the feed
SELECT 'building' AS kind, b.grid, b.id AS subject, b.outline AS touched
FROM building b WHERE b.id IN (SELECT building FROM import_target UNION SELECT was_building FROM import_target)

-- name: remarks
-- code, words, details: what is taken and should be known
-- a door such as 15 does not say its floor, and one such as 302 does
SELECT 'floors-assumed', format(
  'Households have no floor and no room such as 302 that says it, and were put on the first: %s (row %s%s). '
    || 'Give the floor in a column of its own where it is another.',
  count(*),
  string_agg(row::text, ', ' ORDER BY row) FILTER (WHERE place <= 5),
  CASE WHEN count(*) > 5 THEN ', …' ELSE '' END),
  string_agg(row::text, ', ' ORDER BY row) FILTER (WHERE place <= 5) || CASE WHEN count(*) > 5 THEN format(', … (%s)', count(*)) ELSE '' END
FROM (SELECT row, row_number() OVER (ORDER BY row) AS place FROM import_target WHERE change = 'new' AND NOT says_floor) t
HAVING count(*) > 0
