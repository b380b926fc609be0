-- The points that are asked about: 10,000, 7 of 10 within a building, the others up to 80 m beside one. Always the same for the same city.
SET search_path = floor, public;
CREATE TABLE IF NOT EXISTS lookup_point (i int PRIMARY KEY, lon float8 NOT NULL, lat float8 NOT NULL);
TRUNCATE lookup_point;
INSERT INTO lookup_point
WITH drawn AS (
  SELECT n, 1 + (hashint8extended(n, 80) & 9007199254740991) % (SELECT count(*) FROM building) AS place,
         (hashint8extended(n, 81) & 1023) / 1024.0 AS kind, (hashint8extended(n, 82) & 1023) / 1024.0 - 0.5 AS east, (hashint8extended(n, 83) & 1023) / 1024.0 - 0.5 AS north
  FROM generate_series(1, 10000) AS n),
numbered AS (SELECT row_number() OVER (ORDER BY id) AS place, pt FROM building)
SELECT n, ST_X(p), ST_Y(p)
FROM drawn JOIN numbered USING (place)
CROSS JOIN LATERAL (SELECT ST_Transform(ST_Translate(pt, east * CASE WHEN kind < 0.7 THEN 6 ELSE 158 END, north * CASE WHEN kind < 0.7 THEN 6 ELSE 158 END), 4326) AS p) moved
ORDER BY n;
ANALYZE lookup_point;
-- which zones hold now, as a constant of the city
CREATE OR REPLACE FUNCTION city_now() RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN timestamptz '2026-03-01 12:00:00+00';
RESET search_path;
