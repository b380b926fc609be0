-- A surface the map can draw: valid, not empty, on the globe, and given as lon, lat.
CREATE OR REPLACE FUNCTION is_mappable(outline geometry) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN NOT ST_IsEmpty(outline) AND ST_IsValid(outline)
     AND ST_XMin(outline) >= -180 AND ST_XMax(outline) <= 180 AND ST_YMin(outline) >= -85.06 AND ST_YMax(outline) <= 85.06;
