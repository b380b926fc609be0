-- The times at which each version of a zone really holds, as published by an instant: half-open [starts_at, ends_at), null is open, empty
-- times left out. Versions that take over at the same instant: the later one wins.
CREATE OR REPLACE FUNCTION zone_periods_known(known timestamptz)
  RETURNS TABLE (zone int, version int, name text, level text, outline geometry, starts_at timestamptz, ends_at timestamptz)
  LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT p.zone, p.version, p.name, p.level, p.outline, p.starts_at, p.ends_at
  FROM (
    SELECT v.zone, v.version, v.name, v.level, v.outline, v.effective_from AS starts_at,
           -- LEAST ignores nulls: an open version ends when the next one takes over
           LEAST(v.effective_to, lead(v.effective_from) OVER (PARTITION BY v.zone ORDER BY v.effective_from, v.version)) AS ends_at
    FROM zone_version v
    WHERE v.recorded_at <= known
  ) p
  WHERE p.level IS NOT NULL AND (p.ends_at IS NULL OR p.starts_at < p.ends_at);
END;

-- The same with everything published so far.
CREATE OR REPLACE VIEW zone_period AS SELECT * FROM zone_periods_known('infinity');
