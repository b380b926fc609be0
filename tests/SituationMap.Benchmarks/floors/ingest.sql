-- The floor of taking in: the same table of facts as ours, with the same keys, indexes and checks, and a row for each marked household, as
-- one would write it by hand, in a schema where no worker looks. What is reported of a household is inserted and the household marked, in
-- one prepared statement a fact.

CREATE SCHEMA IF NOT EXISTS floor;
DROP TABLE IF EXISTS floor.reported, floor.marked, floor.recorded;
CREATE TABLE floor.reported (
  LIKE situation.fact INCLUDING ALL,
  FOREIGN KEY (grid, household) REFERENCES situation.household (grid, id)
);
CREATE TABLE floor.marked (
  grid ltree NOT NULL,
  household int NOT NULL,
  marked_at timestamptz NOT NULL,
  PRIMARY KEY (grid, household),
  FOREIGN KEY (grid, household) REFERENCES situation.household (grid, id)
);
CREATE INDEX ON floor.marked (marked_at);
CREATE TABLE floor.recorded (LIKE situation.audit INCLUDING ALL);
