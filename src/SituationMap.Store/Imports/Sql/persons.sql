-- How the rows of a file of persons are compared with the store and written. All in the transaction of the import, whose rows are in
-- import_row (row, code, fields, shape); the statement "target" makes import_target.

-- name: target
-- each row as it would be in the store: row, code, id, change, fault, and the columns
SELECT r.row, r.code, p.id, p.household AS was_household, h.id AS household, h.grid, n.born, n.sex, r.fields->'details' AS details,
       CASE WHEN p.id IS NULL THEN 'new'
            WHEN (p.household, p.born, p.sex) IS NOT DISTINCT FROM (h.id, n.born, n.sex)
             AND NOT EXISTS (
               SELECT FROM (VALUES ('name', d.name_index), ('phone', d.phone_index), ('number', d.number_index)) AS known (field, index)
               WHERE r.fields->'details' ? field
                 AND index IS DISTINCT FROM decode(r.fields#>>ARRAY['details', field, 'index'], 'base64'))
            THEN 'same' ELSE 'changed' END AS change,
       CASE WHEN h.id IS NULL THEN 'household-unknown'
            WHEN p.household <> h.id AND (p.grid <> h.grid
              OR EXISTS (SELECT FROM fact f WHERE f.household = p.household AND f.person = p.id)) THEN 'household-fixed'
            -- what is kept of a person stays sealed with the key it was sealed with, and there is one key for all of it
            WHEN d.generation <> (r.fields#>>'{details,generation}')::int
             AND ((d.name IS NOT NULL AND NOT r.fields->'details' ? 'name')
               OR (d.phone IS NOT NULL AND NOT r.fields->'details' ? 'phone')
               OR (d.number IS NOT NULL AND NOT r.fields->'details' ? 'number'))
            THEN 'keys-turning' END AS fault
FROM import_row r
LEFT JOIN person p ON p.code = r.code
LEFT JOIN person_detail d ON d.person = p.id
LEFT JOIN household h ON h.code = r.fields->>'household'
CROSS JOIN LATERAL (
  -- there and null: to be emptied; not there: as it is
  SELECT CASE WHEN r.fields ? 'born' THEN (r.fields->>'born')::smallint ELSE p.born END AS born,
         CASE WHEN r.fields ? 'sex' THEN r.fields->>'sex' ELSE p.sex END AS sex
) n

-- name: faults
-- row, code, field, fault, expected of what does not fit
SELECT row, code, 'household', fault,
       CASE fault WHEN 'keys-turning' THEN 'another try once the keys have been turned, or every field that is known of the person'
         WHEN 'household-unknown' THEN 'the code of a household that is there; import the households first'
         ELSE 'the household that the person is in, since reports say so' END
FROM import_target WHERE fault IS NOT NULL

-- name: write
-- adds the rows that are new and updates those that changed
INSERT INTO person (grid, code, household, born, sex)
SELECT grid, code, household, born, sex FROM import_target WHERE change = 'new' ORDER BY row;
UPDATE person p SET household = t.household, born = t.born, sex = t.sex FROM import_target t WHERE t.change = 'changed' AND p.id = t.id;
INSERT INTO person_detail (person, generation, name, name_index, phone, phone_index, number, number_index, changed_at)
SELECT p.id, (t.details->>'generation')::int,
       decode(t.details#>>'{name,box}', 'base64'), decode(t.details#>>'{name,index}', 'base64'),
       decode(t.details#>>'{phone,box}', 'base64'), decode(t.details#>>'{phone,index}', 'base64'),
       decode(t.details#>>'{number,box}', 'base64'), decode(t.details#>>'{number,index}', 'base64'), clock_timestamp()
FROM import_target t JOIN person p USING (code) WHERE t.details IS NOT NULL
ON CONFLICT (person) DO NOTHING;
UPDATE person_detail d SET generation = (t.details->>'generation')::int, changed_at = clock_timestamp(),
  name = CASE WHEN t.details ? 'name' THEN decode(t.details#>>'{name,box}', 'base64') ELSE d.name END,
  name_index = CASE WHEN t.details ? 'name' THEN decode(t.details#>>'{name,index}', 'base64') ELSE d.name_index END,
  phone = CASE WHEN t.details ? 'phone' THEN decode(t.details#>>'{phone,box}', 'base64') ELSE d.phone END,
  phone_index = CASE WHEN t.details ? 'phone' THEN decode(t.details#>>'{phone,index}', 'base64') ELSE d.phone_index END,
  number = CASE WHEN t.details ? 'number' THEN decode(t.details#>>'{number,box}', 'base64') ELSE d.number END,
  number_index = CASE WHEN t.details ? 'number' THEN decode(t.details#>>'{number,index}', 'base64') ELSE d.number_index END
FROM import_target t WHERE t.change = 'changed' AND t.details IS NOT NULL AND d.person = t.id;

-- name: mark
-- marks the households whose status may follow from it
-- who is known to live there decides whether all are away
SELECT mark_dirty(array_agg(DISTINCT household), clock_timestamp())
FROM (
  SELECT household FROM import_target UNION SELECT was_household FROM import_target WHERE was_household IS NOT NULL
) t HAVING count(*) > 0

-- name: feed
-- kind, grid, subject, touched: the rows for the feed
SELECT 'building' AS kind, b.grid, b.id AS subject, b.outline AS touched
FROM building b WHERE b.id IN (
  SELECT h.building FROM household h WHERE h.id IN (SELECT household FROM import_target UNION SELECT was_household FROM import_target))

-- name: remarks
-- code, words, details: what is taken and should be known
-- no number is told: the codes say which persons to compare
SELECT 'person-twice',
       'The same identity number is under several codes: ' || string_agg(DISTINCT code, ', ' ORDER BY code) || '. Is that one person?',
       string_agg(DISTINCT code, ', ' ORDER BY code)
FROM (
  SELECT t.details#>>'{number,index}' AS number, t.code FROM import_target t WHERE t.details#>>'{number,index}' IS NOT NULL
  UNION ALL
  SELECT t.details#>>'{number,index}', p.code
  FROM import_target t JOIN person_detail d ON d.number_index = decode(t.details#>>'{number,index}', 'base64')
    JOIN person p ON p.id = d.person
  -- where the file gives that one another number it is not under it any more
  WHERE NOT EXISTS (SELECT FROM import_target o WHERE o.code = p.code AND o.details ? 'number')
) same GROUP BY number HAVING count(DISTINCT code) > 1 ORDER BY min(code) LIMIT 20
