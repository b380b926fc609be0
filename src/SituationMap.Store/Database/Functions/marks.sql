-- Marks households dirty, without waking anybody. The update that changes nothing is the point: it takes the row's lock, so this waits for
-- a worker that has just claimed the row and then adds it again. DO NOTHING would return at once, and the worker would delete the mark
-- without having seen what caused it. In plpgsql, whose plans are kept: it runs with every report.
CREATE OR REPLACE FUNCTION mark_households(households int[], at timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  INSERT INTO dirty_household AS d (grid, household, marked_at)
  SELECT h.grid, h.id, at FROM household h WHERE h.id = ANY (households)
  ORDER BY h.grid, h.id                                         -- one order for all: no deadlocks
  ON CONFLICT (grid, household) DO UPDATE SET marked_at = d.marked_at;
END $$;

-- The same, and wakes the workers when the transaction commits: for all but reports, whose writer wakes them once for many.
CREATE OR REPLACE FUNCTION mark_dirty(households int[], at timestamptz) RETURNS void LANGUAGE sql
BEGIN ATOMIC
  SELECT mark_households(households, at);
  SELECT pg_notify('situation_dirty', '');
END;
