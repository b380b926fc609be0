-- The tables of the floor: the same city as ours, row for row, in the shape that somebody who knows PostGIS well would give it for this
-- work alone. Small integers instead of codes and paths, metres (EPSG:3857) instead of degrees, no constraints but keys, a fact is about
-- a person or about a household, and its kind and time say all there is to say.
--
-- fact.kind: 1 order of quarantine, 2 release, 3 order of observation, 4 departure, 5 return, 6 contact, 7 anything else
-- zone.level: 4 high, 3 medium, 1 low (from 3 on the households in it are observed)

DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
SET search_path = floor, public;

CREATE TABLE grid (id int PRIMARY KEY, code text NOT NULL, geom geometry(MultiPolygon, 3857) NOT NULL);
INSERT INTO grid SELECT id, code, ST_Transform(outline, 3857) FROM situation.grid WHERE level = 'grid';
CREATE INDEX grid_geom ON grid USING gist (geom);

-- status and the sums are kept by summarise(); a tile of buildings would read them
CREATE TABLE building (
  id int PRIMARY KEY, kind text NOT NULL, floors smallint NOT NULL, address text NOT NULL, grid_id int NOT NULL,
  status smallint NOT NULL DEFAULT 0, households int NOT NULL DEFAULT 0, quarantined int NOT NULL DEFAULT 0,
  observed int NOT NULL DEFAULT 0, away int NOT NULL DEFAULT 0,
  pt geometry(Point, 3857) NOT NULL, geom geometry(MultiPolygon, 3857) NOT NULL
) WITH (fillfactor = 85);
INSERT INTO building (id, kind, floors, address, grid_id, pt, geom)
SELECT b.id, b.kind, b.floors, b.address, g.id, ST_Transform(b.point, 3857), ST_Transform(b.outline, 3857)
FROM situation.building b JOIN situation.grid g ON g.path = b.grid ORDER BY b.id;
CREATE INDEX building_geom ON building USING gist (geom);
CREATE INDEX building_pt ON building USING gist (pt);

CREATE TABLE household (id int PRIMARY KEY, building_id int NOT NULL, floor smallint NOT NULL, unit smallint NOT NULL, code text NOT NULL);
INSERT INTO household SELECT id, building, floor, unit, code FROM situation.household ORDER BY id;
CREATE INDEX household_building ON household (building_id);

CREATE TABLE person (id int PRIMARY KEY, household_id int NOT NULL, sex text, born smallint, code text NOT NULL);
INSERT INTO person SELECT id, household, sex, born, code FROM situation.person ORDER BY id;
CREATE INDEX person_household ON person (household_id);

CREATE TABLE fact (id int PRIMARY KEY, kind smallint NOT NULL, person_id int, household_id int, at timestamptz NOT NULL, note text);
INSERT INTO fact
SELECT row_number() OVER (ORDER BY at, id),
       CASE kind WHEN 'order' THEN CASE data->>'measure' WHEN 'quarantine' THEN 1 ELSE 3 END
                 WHEN 'release' THEN 2 WHEN 'departed' THEN 4 WHEN 'returned' THEN 5 WHEN 'contact' THEN 6 ELSE 7 END,
       person, CASE WHEN person IS NULL THEN household END, at, source
FROM situation.fact ORDER BY 1;
CREATE INDEX fact_person ON fact (person_id, at DESC) WHERE person_id IS NOT NULL;
CREATE INDEX fact_household ON fact (household_id, at DESC) WHERE household_id IS NOT NULL;

CREATE TABLE zone (id int PRIMARY KEY, level smallint NOT NULL, valid tstzrange NOT NULL, geom geometry(MultiPolygon, 3857) NOT NULL);
INSERT INTO zone
SELECT row_number() OVER (ORDER BY zone, version), CASE level WHEN 'high' THEN 4 WHEN 'medium' THEN 3 ELSE 1 END,
       tstzrange(starts_at, ends_at), ST_Transform(outline, 3857)
FROM situation.zone_period;
CREATE INDEX zone_geom ON zone USING gist (geom);

CREATE TABLE checkpoint (id int PRIMARY KEY, name text NOT NULL, geom geometry(Point, 3857) NOT NULL);
INSERT INTO checkpoint SELECT id, name, ST_Transform(location, 3857) FROM situation.checkpoint;
CREATE INDEX checkpoint_geom ON checkpoint USING gist (geom);

CREATE TABLE household_status (
  household_id int PRIMARY KEY, status smallint NOT NULL, reason smallint NOT NULL, since timestamptz, until timestamptz, changed_at timestamptz NOT NULL
) WITH (fillfactor = 90);
