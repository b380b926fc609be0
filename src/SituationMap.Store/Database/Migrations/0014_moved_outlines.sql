-- Where an edition counts the buildings whose outline touches a zone, a new outline puts a building into zones or takes it out of
-- them, though its point stays.
DROP TRIGGER moved ON building;
CREATE TRIGGER moved AFTER UPDATE OF outline ON building
  FOR EACH ROW WHEN (NOT is_filling() AND OLD.outline IS DISTINCT FROM NEW.outline) EXECUTE FUNCTION mark_moved_building();
