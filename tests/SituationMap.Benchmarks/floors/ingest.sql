-- The floor of taking in: the same tables as ours, with the same keys, indexes and checks, in a schema where no worker looks. What is
-- reported of a household is inserted and the household marked, in one prepared statement a fact.

CREATE SCHEMA IF NOT EXISTS floor;
DROP TABLE IF EXISTS floor.reported, floor.marked, floor.recorded;
CREATE TABLE floor.reported (
  LIKE situation.fact INCLUDING ALL,
  FOREIGN KEY (grid, household) REFERENCES situation.household (grid, id)
);
CREATE TABLE floor.marked (
  LIKE situation.dirty_household INCLUDING ALL,
  FOREIGN KEY (grid, household) REFERENCES situation.household (grid, id)
);
CREATE TABLE floor.recorded (LIKE situation.audit INCLUDING ALL);
