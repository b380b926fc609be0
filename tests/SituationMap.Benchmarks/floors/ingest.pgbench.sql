\set household random(1, :households)
WITH reported AS (
  INSERT INTO floor.reported (id, grid, household, kind, at, received_at, source, data, account, account_kind)
  SELECT gen_random_uuid(), grid, id, 'returned', now() - interval '1 minute', now(), 'grid:210682-004-01',
    '{"from": "330100", "risk": "low"}', 'local', 'local' FROM situation.household WHERE id = :household
  RETURNING grid, household
)
INSERT INTO floor.marked AS m SELECT grid, household, now() FROM reported
ON CONFLICT (grid, household) DO UPDATE SET marked_at = m.marked_at;
