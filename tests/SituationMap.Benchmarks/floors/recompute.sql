-- The floor of recomputing: one set-based statement for all households and one for some, with a rule that is simpler than any protocol
-- edition: no calendar days, no "everyone is away", no retractions, no confirmations; no history, no feed, no explanation.
--
--   3 quarantined  of the latest order or release about a member (or about the household), it is an order of quarantine
--   2 observed     the latest contact or order of observation, or the latest journey being a return, is less than 14 days old;
--                  or the building's point lies in a zone in force of level 3 or more
--   1 out          of the latest journey of a member (or of the household), it is a departure
--   0 healthy
--
-- reason: 1 order, 2 contact or return, 3 zone, 4 departure, 0 none. Only rows that changed are written; the number of them is returned.

SET search_path = floor, public;

CREATE OR REPLACE FUNCTION recompute_all(moment timestamptz) RETURNS bigint LANGUAGE plpgsql SET search_path = floor, public AS $$
DECLARE written bigint;
BEGIN
  INSERT INTO household_status AS kept (household_id, status, reason, since, until, changed_at)
  WITH told AS (
    SELECT COALESCE(f.household_id, p.household_id) AS household, f.person_id AS person, f.id, f.kind, f.at,
           CASE WHEN f.kind <= 2 THEN 1 WHEN f.kind IN (4, 5) THEN 2 WHEN f.kind = 7 THEN 4 ELSE 3 END AS about
    FROM fact f LEFT JOIN person p ON p.id = f.person_id WHERE f.at <= moment
  ), latest AS (
    SELECT DISTINCT ON (household, person, about) household, kind, at FROM told ORDER BY household, person, about, at DESC, id DESC
  ), summed AS (
    SELECT household, max(at) FILTER (WHERE kind = 1) AS ordered,
           max(at) FILTER (WHERE kind IN (3, 5, 6) AND at > moment - interval '14 days') AS watched,
           max(at) FILTER (WHERE kind = 4) AS left_at
    FROM latest GROUP BY household
  ), zoned AS (
    SELECT b.id AS building, min(lower(z.valid)) AS starts_at, max(upper(z.valid)) AS ends_at
    FROM zone z JOIN building b ON ST_Contains(z.geom, b.pt)
    WHERE z.level >= 3 AND z.valid @> moment GROUP BY b.id
  ), found AS (
    SELECT h.id,
      (CASE WHEN ordered IS NOT NULL THEN 3 WHEN watched IS NOT NULL OR building IS NOT NULL THEN 2 WHEN left_at IS NOT NULL THEN 1 ELSE 0 END)::smallint AS status,
      (CASE WHEN ordered IS NOT NULL THEN 1 WHEN watched IS NOT NULL THEN 2 WHEN building IS NOT NULL THEN 3 WHEN left_at IS NOT NULL THEN 4 ELSE 0 END)::smallint AS reason,
      CASE WHEN ordered IS NOT NULL THEN ordered WHEN watched IS NOT NULL OR building IS NOT NULL THEN LEAST(watched, starts_at) ELSE left_at END AS since,
      CASE WHEN ordered IS NULL AND (watched IS NOT NULL OR building IS NOT NULL) THEN GREATEST(watched + interval '14 days', ends_at) END AS until
    FROM household h LEFT JOIN summed ON summed.household = h.id LEFT JOIN zoned ON zoned.building = h.building_id
  )
  SELECT f.id, f.status, f.reason, f.since, f.until, moment
  FROM found f LEFT JOIN household_status s ON s.household_id = f.id
  WHERE s.household_id IS NULL OR (s.status, s.reason, s.since, s.until) IS DISTINCT FROM (f.status, f.reason, f.since, f.until)
  ON CONFLICT (household_id) DO UPDATE
  SET status = excluded.status, reason = excluded.reason, since = excluded.since, until = excluded.until, changed_at = excluded.changed_at;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

-- The same for some: everything is looked up from the households on, by index.
CREATE OR REPLACE FUNCTION recompute_some(moment timestamptz, households int[]) RETURNS bigint LANGUAGE plpgsql SET search_path = floor, public AS $$
DECLARE written bigint;
BEGIN
  INSERT INTO household_status AS kept (household_id, status, reason, since, until, changed_at)
  WITH chosen AS MATERIALIZED (
    SELECT h.id, h.building_id FROM unnest(households) AS u (id) JOIN household h ON h.id = u.id
  ), told AS (
    SELECT household, person, id, kind, at, CASE WHEN kind <= 2 THEN 1 WHEN kind IN (4, 5) THEN 2 WHEN kind = 7 THEN 4 ELSE 3 END AS about FROM (
      SELECT chosen.id AS household, NULL::int AS person, f.id, f.kind, f.at
      FROM chosen JOIN fact f ON f.household_id = chosen.id WHERE f.at <= moment
      UNION ALL
      SELECT chosen.id, p.id, f.id, f.kind, f.at
      FROM chosen JOIN person p ON p.household_id = chosen.id JOIN fact f ON f.person_id = p.id WHERE f.at <= moment) both_kinds
  ), latest AS (
    SELECT DISTINCT ON (household, person, about) household, kind, at FROM told ORDER BY household, person, about, at DESC, id DESC
  ), summed AS (
    SELECT household, max(at) FILTER (WHERE kind = 1) AS ordered,
           max(at) FILTER (WHERE kind IN (3, 5, 6) AND at > moment - interval '14 days') AS watched,
           max(at) FILTER (WHERE kind = 4) AS left_at
    FROM latest GROUP BY household
  ), zoned AS (
    SELECT b.id AS building, min(lower(z.valid)) AS starts_at, max(upper(z.valid)) AS ends_at
    FROM (SELECT DISTINCT building_id FROM chosen) s JOIN building b ON b.id = s.building_id JOIN zone z ON ST_Contains(z.geom, b.pt)
    WHERE z.level >= 3 AND z.valid @> moment GROUP BY b.id
  ), found AS (
    SELECT chosen.id,
      (CASE WHEN ordered IS NOT NULL THEN 3 WHEN watched IS NOT NULL OR building IS NOT NULL THEN 2 WHEN left_at IS NOT NULL THEN 1 ELSE 0 END)::smallint AS status,
      (CASE WHEN ordered IS NOT NULL THEN 1 WHEN watched IS NOT NULL THEN 2 WHEN building IS NOT NULL THEN 3 WHEN left_at IS NOT NULL THEN 4 ELSE 0 END)::smallint AS reason,
      CASE WHEN ordered IS NOT NULL THEN ordered WHEN watched IS NOT NULL OR building IS NOT NULL THEN LEAST(watched, starts_at) ELSE left_at END AS since,
      CASE WHEN ordered IS NULL AND (watched IS NOT NULL OR building IS NOT NULL) THEN GREATEST(watched + interval '14 days', ends_at) END AS until
    FROM chosen LEFT JOIN summed ON summed.household = chosen.id LEFT JOIN zoned ON zoned.building = chosen.building_id
  )
  SELECT f.id, f.status, f.reason, f.since, f.until, moment
  FROM found f LEFT JOIN household_status s ON s.household_id = f.id
  WHERE s.household_id IS NULL OR (s.status, s.reason, s.since, s.until) IS DISTINCT FROM (f.status, f.reason, f.since, f.until)
  ON CONFLICT (household_id) DO UPDATE
  SET status = excluded.status, reason = excluded.reason, since = excluded.since, until = excluded.until, changed_at = excluded.changed_at;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

-- The sums of all buildings (null), or of those in which the given households live. Ours are in the snapshot.
CREATE OR REPLACE FUNCTION summarise(chosen int[]) RETURNS bigint LANGUAGE plpgsql SET search_path = floor, public AS $$
DECLARE written bigint;
BEGIN
  IF chosen IS NULL THEN
    UPDATE building b SET status = q.status, households = q.households, quarantined = q.quarantined, observed = q.observed, away = q.away
    FROM (SELECT h.building_id AS id, max(s.status) AS status, count(*)::int AS households, (count(*) FILTER (WHERE s.status = 3))::int AS quarantined,
                 (count(*) FILTER (WHERE s.status = 2))::int AS observed, (count(*) FILTER (WHERE s.status = 1))::int AS away
          FROM household h JOIN household_status s ON s.household_id = h.id GROUP BY 1) q
    WHERE b.id = q.id
      AND (b.status, b.households, b.quarantined, b.observed, b.away) IS DISTINCT FROM (q.status, q.households, q.quarantined, q.observed, q.away);
  ELSE
    UPDATE building b SET status = q.status, households = q.households, quarantined = q.quarantined, observed = q.observed, away = q.away
    FROM (SELECT h.building_id AS id, max(s.status) AS status, count(*)::int AS households, (count(*) FILTER (WHERE s.status = 3))::int AS quarantined,
                 (count(*) FILTER (WHERE s.status = 2))::int AS observed, (count(*) FILTER (WHERE s.status = 1))::int AS away
          FROM (SELECT DISTINCT building_id FROM household WHERE id = ANY (chosen)) x JOIN household h ON h.building_id = x.building_id
          JOIN household_status s ON s.household_id = h.id GROUP BY 1) q
    WHERE b.id = q.id
      AND (b.status, b.households, b.quarantined, b.observed, b.away) IS DISTINCT FROM (q.status, q.households, q.quarantined, q.observed, q.away);
  END IF;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;
