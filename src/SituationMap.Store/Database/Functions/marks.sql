-- Marks households dirty, without waking anybody. Each mark is a row of its own, so nobody waits: neither for others who mark the same
-- household nor for the worker that has just claimed it, whose claim has nothing to do with this mark. In plpgsql, whose plans are kept: it
-- runs with every report.
CREATE OR REPLACE FUNCTION mark_households(households int[], at timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  INSERT INTO dirty_household (household, marked_at) SELECT DISTINCT household, at FROM unnest(households) AS marked (household);
END $$;

-- The same, and wakes the workers when the transaction commits: for all but reports, whose writer wakes them once for many.
CREATE OR REPLACE FUNCTION mark_dirty(households int[], at timestamptz) RETURNS void LANGUAGE sql
BEGIN ATOMIC
  SELECT mark_households(households, at);
  SELECT pg_notify('situation_dirty', '');
END;

-- Claims the households of the oldest marks, at most so many, by removing all their marks; marked_from is the instant of the oldest mark.
-- Until the caller's transaction ends nobody else claims these: a household is claimed only together with every mark of it that is to be
-- seen, and whoever comes meanwhile sees the removed ones as well, for they are not committed. Such a household is left, as contested.
-- Without sequential scans: the table is empty at one moment and long at the next, and a plan made for the one must do for the other.
CREATE OR REPLACE FUNCTION claim_households(most int, set_aside int[], OUT households int[], OUT marked_from timestamptz, OUT contested boolean)
  LANGUAGE plpgsql SET search_path = situation, public SET enable_seqscan = off AS $$
DECLARE
  oldest int[] := ARRAY(
    SELECT DISTINCT household FROM (
      SELECT household FROM dirty_household WHERE household <> ALL (set_aside) ORDER BY id LIMIT most) marks);
BEGIN
  WITH locked AS MATERIALIZED (
    -- SKIP LOCKED: never wait for another worker
    SELECT id, household FROM dirty_household WHERE household = ANY (oldest) FOR UPDATE SKIP LOCKED
  ), held AS MATERIALIZED (
    SELECT household FROM dirty_household WHERE household = ANY (oldest) AND id NOT IN (SELECT id FROM locked)
  ), claimed AS (
    DELETE FROM dirty_household
    WHERE id = ANY (ARRAY(SELECT id FROM locked WHERE household NOT IN (SELECT household FROM held)))
    RETURNING household, marked_at
  )
  SELECT COALESCE(array_agg(DISTINCT household), '{}'), COALESCE(min(marked_at), 'infinity'), EXISTS (SELECT FROM held)
  INTO households, marked_from, contested FROM claimed;
END $$;
