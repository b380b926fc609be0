-- The list of tiles that is asked for: 400 of zoom 14, 800 of 15, 800 of 16, each the tile under a building drawn by lot, so that
-- dense places are asked for more often; shuffled. Always the same for the same city.
SET search_path = floor, public;
CREATE TABLE IF NOT EXISTS tile_list (i int PRIMARY KEY, z int NOT NULL, x int NOT NULL, y int NOT NULL);
TRUNCATE tile_list;
INSERT INTO tile_list
WITH drawn AS (
  SELECT n, CASE WHEN n <= 400 THEN 14 WHEN n <= 1200 THEN 15 ELSE 16 END AS z,
         1 + (hashint8extended(n, 71) & 9007199254740991) % (SELECT count(*) FROM building) AS place
  FROM generate_series(1, 2000) AS n),
numbered AS (SELECT row_number() OVER (ORDER BY id) AS place, pt FROM building)
SELECT row_number() OVER (ORDER BY hashint8extended(n, 72)), z,
       floor((ST_X(pt) + 20037508.342789244) / 40075016.685578488 * 2 ^ z)::int,
       floor((20037508.342789244 - ST_Y(pt)) / 40075016.685578488 * 2 ^ z)::int
FROM drawn JOIN numbered USING (place);
ANALYZE tile_list;
RESET search_path;
