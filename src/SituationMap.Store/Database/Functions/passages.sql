-- The direction in which somebody last went through each checkpoint.

-- Works out the directions of these checkpoints, and adds a row to the feed for each that is not as told before.
CREATE OR REPLACE FUNCTION settle_passages(checkpoints int[], recorded timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  INSERT INTO last_passage (checkpoint) SELECT id FROM checkpoint WHERE id = ANY (checkpoints) ORDER BY id ON CONFLICT DO NOTHING;
  PERFORM FROM last_passage WHERE checkpoint = ANY (checkpoints) ORDER BY checkpoint FOR UPDATE;
  -- A statement of its own: it sees the passages that were committed while the one before waited for another worker.
  WITH found AS MATERIALIZED (
    SELECT c.id, c.grid, c.location, l.direction
    FROM checkpoint c JOIN last_passage s ON s.checkpoint = c.id
    -- LEFT JOIN is intentional: every passage may have been retracted
    LEFT JOIN LATERAL (
      SELECT f.data->>'direction' AS direction
      FROM fact f
      WHERE f.kind = 'passage' AND f.data->>'checkpoint' = c.code
        AND NOT EXISTS (SELECT FROM retracted_facts(ARRAY[f.id]))  -- asked of the last one first, and seldom of another
      ORDER BY f.at DESC, f.received_at DESC, f.id LIMIT 1
    ) l ON true
    WHERE c.id = ANY (checkpoints) AND l.direction IS DISTINCT FROM s.direction
  ), drawn AS MATERIALIZED (
    SELECT d.* FROM (SELECT count(*)::int AS n FROM found HAVING count(*) > 0) f, draw_sequences(f.n, recorded) d
  ), kept AS (
    UPDATE last_passage s SET direction = found.direction FROM found WHERE s.checkpoint = found.id
  )
  INSERT INTO feed (sequence, recorded_at, kind, grid, subject, direction, touched)
  SELECT first + row_number() OVER (ORDER BY id) - 1, recorded_at, 'passage', grid, id, direction, ST_Collect(ARRAY[location])
  FROM found CROSS JOIN drawn;
  IF FOUND THEN
    PERFORM pg_notify('situation_feed', last::text) FROM feed_counter;
  END IF;
END $$;

-- The same for the checkpoints that new reports about these households tell of. A retraction may be of any passage, or take back another.
CREATE OR REPLACE FUNCTION follow_passages(households int[], received_from timestamptz, recorded timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = situation, public AS $$
DECLARE
  passed int[] := ARRAY(
    SELECT DISTINCT c.id
    FROM fact p JOIN checkpoint c ON c.code = p.data->>'checkpoint'
    WHERE p.household = ANY (households) AND p.kind = 'passage' AND (p.received_at >= received_from OR EXISTS (
      SELECT FROM fact r WHERE r.household = p.household AND r.kind = 'retraction' AND r.received_at >= received_from)));
BEGIN
  IF passed <> '{}' THEN
    PERFORM settle_passages(passed, recorded);
  END IF;
END $$;

-- What counts as the last passage may have become another one with the texts above.
SELECT settle_passages(ARRAY(SELECT id FROM checkpoint), clock_timestamp());
