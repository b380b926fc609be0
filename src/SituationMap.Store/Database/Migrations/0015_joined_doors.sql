-- Where several doors of a floor were made into one home, it begins at `room` and has as many as this.
ALTER TABLE household ADD COLUMN doors smallint NOT NULL DEFAULT 1 CHECK (doors BETWEEN 1 AND 10);

-- The map follows that, too.
DROP TRIGGER followed ON household;
CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR UPDATE OF building, code, floor, unit, room, doors OR DELETE ON household DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION follow_household();
