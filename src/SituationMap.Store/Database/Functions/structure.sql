-- What there is (grids, buildings, households, checkpoints, roads) may be changed by any program that writes to its tables, such as
-- an import or a GIS: the feed has a row for each thing that was put up, changed or taken down, so the map follows and no tile is stale.

-- The row of the feed for one thing, with where it was and is. Sequences are drawn when the transaction commits (the triggers
-- below are deferred), so that the counter is not locked longer than that takes.
CREATE OR REPLACE FUNCTION announce_structure(kind feed_kind, grid ltree, subject int, was geometry, is_now geometry) RETURNS void
  LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO feed (sequence, recorded_at, kind, grid, subject, touched)
  SELECT d.first, d.recorded_at, kind, grid, subject,
         ST_Collect(ARRAY(SELECT place FROM unnest(ARRAY[was, is_now]) AS place WHERE place IS NOT NULL))
  FROM draw_sequences(1, clock_timestamp()) d;
  SELECT pg_notify('situation_feed', '');
END;

-- A program that fills the tables before anybody looks, and tells the feed nothing, says so for its transaction:
-- SET LOCAL situation.filling = 'on'.
CREATE OR REPLACE FUNCTION is_filling() RETURNS boolean STABLE LANGUAGE sql
RETURN COALESCE(current_setting('situation.filling', true), '') = 'on';

CREATE OR REPLACE FUNCTION follow_grid() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  PERFORM announce_structure('grid', COALESCE(NEW.path, OLD.path), COALESCE(NEW.id, OLD.id), OLD.outline, NEW.outline);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION follow_building() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  PERFORM announce_structure('building', COALESCE(NEW.grid, OLD.grid), COALESCE(NEW.id, OLD.id), OLD.outline, NEW.outline);
  RETURN NULL;
END $$;

-- A household is told of as a change of its building, or of both buildings where it moved.
CREATE OR REPLACE FUNCTION follow_household() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  PERFORM announce_structure('building', b.grid, b.id, b.outline, NULL) FROM building b WHERE b.id IN (OLD.building, NEW.building);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION follow_person() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  PERFORM announce_structure('building', b.grid, b.id, b.outline, NULL)
  FROM building b WHERE b.id IN (SELECT building FROM household WHERE id IN (OLD.household, NEW.household));
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION follow_checkpoint() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  PERFORM announce_structure('checkpoint', COALESCE(NEW.grid, OLD.grid), COALESCE(NEW.id, OLD.id), OLD.location, NEW.location);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION follow_road() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  PERFORM announce_structure('road', NULL, COALESCE(NEW.id, OLD.id), OLD.line, NEW.line);
  RETURN NULL;
END $$;

-- PostgreSQL replaces no constraint trigger in place.
DROP TRIGGER IF EXISTS followed ON grid;
CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR UPDATE OR DELETE ON grid DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION follow_grid();
DROP TRIGGER IF EXISTS followed ON building;
CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR UPDATE OR DELETE ON building DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION follow_building();
DROP TRIGGER IF EXISTS followed ON household;
CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR UPDATE OF building, code, floor, unit, room, doors OR DELETE ON household
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION follow_household();
DROP TRIGGER IF EXISTS followed ON person;
CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR UPDATE OF household OR DELETE ON person DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION follow_person();
DROP TRIGGER IF EXISTS followed ON checkpoint;
CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR UPDATE OR DELETE ON checkpoint DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION follow_checkpoint();
DROP TRIGGER IF EXISTS followed ON road;
CREATE CONSTRAINT TRIGGER followed AFTER INSERT OR UPDATE OR DELETE ON road DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION follow_road();

-- Which zones a household is in follows from where its building is: from the outline where an edition counts the buildings that touch a
-- zone, though the point stays. Marked at once, not at the commit: what waits for a worker here must not hold the counter of sequences, for
-- which that worker waits. Compared here and not in the trigger's WHEN: IS DISTINCT FROM names no schema for the operator that it uses, so
-- a restored copy would not find that of geometry.
CREATE OR REPLACE FUNCTION mark_moved_building() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  IF OLD.outline IS DISTINCT FROM NEW.outline THEN
    PERFORM mark_dirty(ARRAY(SELECT id FROM household WHERE building = NEW.id), clock_timestamp());
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION mark_moved_household() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  PERFORM mark_dirty(ARRAY[NEW.id], clock_timestamp());
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER moved AFTER UPDATE OF outline ON building
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION mark_moved_building();
CREATE OR REPLACE TRIGGER moved AFTER INSERT OR UPDATE OF building ON household
  FOR EACH ROW WHEN (NOT is_filling()) EXECUTE FUNCTION mark_moved_household();
