-- Marks of households are only added by those who report: a row a mark, where one row a household made whoever reported wait for the
-- worker that had claimed it. No foreign key: a household that is gone has nothing to work out, and a report has one of its own.
ALTER TABLE dirty_household ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
-- what was made with the first schema hangs on the columns; its text of today comes with the functions, after the migrations
CREATE OR REPLACE FUNCTION mark_dirty(households int[], at timestamptz) RETURNS void LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO dirty_household (household, marked_at) SELECT DISTINCT household, at FROM unnest(households) AS marked (household);
  SELECT pg_notify('situation_dirty', '');
END;
ALTER TABLE dirty_household DROP CONSTRAINT dirty_household_pkey, DROP CONSTRAINT dirty_household_grid_household_fkey, DROP COLUMN grid,
  ADD PRIMARY KEY (id);
DROP INDEX dirty_household_oldest;
CREATE INDEX dirty_household_household ON dirty_household (household);
-- or it would be told as changed by somebody else
DELETE FROM schema_object WHERE name LIKE 'FUNCTION %mark_dirty(%';
