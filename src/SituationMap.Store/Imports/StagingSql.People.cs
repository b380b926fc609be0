namespace SituationMap.Store.Imports;

public sealed partial record StagingSql
{
    private static readonly StagingSql Households = new(
        """
        SELECT r.row, r.code, h.id, h.building AS was_building, b.id AS building, b.grid, p.floor, p.unit, p.room, p.doors, p.tenure, p.pass_issued_at, r.fields ? 'floor' AS says_floor,
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
          SELECT COALESCE((r.fields->>'floor')::smallint, h.floor, 1::smallint) AS floor, COALESCE((r.fields->>'unit')::smallint, h.unit, 1::smallint) AS unit, (r.fields->>'room')::smallint AS room,
                 COALESCE((r.fields->>'doors')::smallint, h.doors, 1) AS doors,
                 COALESCE(r.fields->>'tenure', h.tenure, 'owned') AS tenure, CASE WHEN r.fields ? 'passIssuedAt' THEN (r.fields->>'passIssuedAt')::timestamptz ELSE h.pass_issued_at END AS pass_issued_at
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
        """,
        """
        -- a door such as 15 does not say its floor, and one such as 302 does
        SELECT 'floors-assumed', format('Households have no floor and no room such as 302 that says it, and were put on the first: %s (row %s%s). Give the floor in a column of its own where it is another.',
                                        count(*), string_agg(row::text, ', ' ORDER BY row) FILTER (WHERE place <= 5), CASE WHEN count(*) > 5 THEN ', …' ELSE '' END)
        FROM (SELECT row, row_number() OVER (ORDER BY row) AS place FROM import_target WHERE change = 'new' AND NOT says_floor) t HAVING count(*) > 0
        """
    );

    private static readonly StagingSql Persons = new(
        """
        SELECT r.row, r.code, p.id, p.household AS was_household, h.id AS household, h.grid, n.born, n.sex, r.fields->'details' AS details,
               CASE WHEN p.id IS NULL THEN 'new'
                    WHEN (p.household, p.born, p.sex) IS NOT DISTINCT FROM (h.id, n.born, n.sex)
                     AND NOT EXISTS (SELECT FROM (VALUES ('name', d.name_index), ('phone', d.phone_index), ('number', d.number_index)) AS known (field, index)
                                     WHERE r.fields->'details' ? field AND index IS DISTINCT FROM decode(r.fields#>>ARRAY['details', field, 'index'], 'base64'))
                    THEN 'same' ELSE 'changed' END AS change,
               CASE WHEN h.id IS NULL THEN 'household-unknown'
                    WHEN p.household <> h.id AND (p.grid <> h.grid OR EXISTS (SELECT FROM fact f WHERE f.household = p.household AND f.person = p.id)) THEN 'household-fixed'
                    -- what is kept of a person stays sealed with the key it was sealed with, and there is one key for all of it
                    WHEN d.generation <> (r.fields#>>'{details,generation}')::int
                     AND ((d.name IS NOT NULL AND NOT r.fields->'details' ? 'name') OR (d.phone IS NOT NULL AND NOT r.fields->'details' ? 'phone') OR (d.number IS NOT NULL AND NOT r.fields->'details' ? 'number'))
                    THEN 'keys-turning' END AS fault
        FROM import_row r
        LEFT JOIN person p ON p.code = r.code
        LEFT JOIN person_detail d ON d.person = p.id
        LEFT JOIN household h ON h.code = r.fields->>'household'
        CROSS JOIN LATERAL (
          -- there and null: to be emptied; not there: as it is
          SELECT CASE WHEN r.fields ? 'born' THEN (r.fields->>'born')::smallint ELSE p.born END AS born, CASE WHEN r.fields ? 'sex' THEN r.fields->>'sex' ELSE p.sex END AS sex) n
        """,
        """
        SELECT row, code, 'household', fault,
               CASE fault WHEN 'keys-turning' THEN 'another try once the keys have been turned, or every field that is known of the person'
                 WHEN 'household-unknown' THEN 'the code of a household that is there; import the households first'
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
        ON CONFLICT (person) DO NOTHING;
        UPDATE person_detail d SET generation = (t.details->>'generation')::int, changed_at = clock_timestamp(),
          name = CASE WHEN t.details ? 'name' THEN decode(t.details#>>'{name,box}', 'base64') ELSE d.name END,
          name_index = CASE WHEN t.details ? 'name' THEN decode(t.details#>>'{name,index}', 'base64') ELSE d.name_index END,
          phone = CASE WHEN t.details ? 'phone' THEN decode(t.details#>>'{phone,box}', 'base64') ELSE d.phone END,
          phone_index = CASE WHEN t.details ? 'phone' THEN decode(t.details#>>'{phone,index}', 'base64') ELSE d.phone_index END,
          number = CASE WHEN t.details ? 'number' THEN decode(t.details#>>'{number,box}', 'base64') ELSE d.number END,
          number_index = CASE WHEN t.details ? 'number' THEN decode(t.details#>>'{number,index}', 'base64') ELSE d.number_index END
        FROM import_target t WHERE t.change = 'changed' AND t.details IS NOT NULL AND d.person = t.id;
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
        """,
        """
        -- no number is told: the codes say which persons to compare
        SELECT 'person-twice', 'The same identity number is under several codes: ' || string_agg(DISTINCT code, ', ' ORDER BY code) || '. Is that one person?'
        FROM (
          SELECT t.details#>>'{number,index}' AS number, t.code FROM import_target t WHERE t.details#>>'{number,index}' IS NOT NULL
          UNION ALL
          SELECT t.details#>>'{number,index}', p.code
          FROM import_target t JOIN person_detail d ON d.number_index = decode(t.details#>>'{number,index}', 'base64') JOIN person p ON p.id = d.person
          -- where the file gives that one another number it is not under it any more
          WHERE NOT EXISTS (SELECT FROM import_target o WHERE o.code = p.code AND o.details ? 'number')
        ) same GROUP BY number HAVING count(DISTINCT code) > 1 ORDER BY min(code) LIMIT 20
        """
    );
}
