-- Marks households dirty and wakes the workers when the transaction commits. The update that changes nothing is the point:
-- it takes the row's lock, so this waits for a worker that has just claimed the row and then adds it again. DO NOTHING would
-- return at once, and the worker would delete the mark without having seen what caused it.
CREATE OR REPLACE FUNCTION mark_dirty(households int[], at timestamptz) RETURNS void LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO dirty_household AS d (grid, household, marked_at)
  SELECT grid, id, at FROM household WHERE id = ANY (households)
  ORDER BY grid, id                                             -- one order for all: no deadlocks
  ON CONFLICT (grid, household) DO UPDATE SET marked_at = d.marked_at;
  SELECT pg_notify('situation_dirty', '');
END;
