-- The role of whoever lets people through: at one checkpoint, at the local times [from, to) of each day, over midnight too; without them at
-- all times. The checkpoint is a code, as the grid is. A key of one grid reaches no checkpoint.
ALTER TABLE access_grant
  ADD COLUMN checkpoint text,
  ADD COLUMN from_time time,
  ADD COLUMN to_time time,
  DROP CONSTRAINT access_grant_role_check,
  DROP CONSTRAINT access_grant_check,
  ADD CHECK (role IN ('viewer', 'reporter', 'guard', 'planner', 'approver', 'authority', 'system', 'auditor', 'administrator')),
  ADD CONSTRAINT access_grant_grid_check CHECK (grid IS NULL OR role NOT IN ('guard', 'auditor', 'administrator')),
  ADD CONSTRAINT access_grant_checkpoint_check CHECK ((role = 'guard') = (checkpoint IS NOT NULL)),
  ADD CONSTRAINT access_grant_hours_check CHECK (
    (from_time IS NULL) = (to_time IS NULL) AND (from_time IS NULL OR role = 'guard' AND from_time <> to_time)
  );
