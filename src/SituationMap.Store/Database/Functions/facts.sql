-- Which of these facts were retracted and so do not count. A retraction can itself be retracted, and that again: it stands unless one that
-- stands retracts it. It holds for every instant, whatever its own time, and only within its household. The same rule stands in
-- SituationMap.Core (Retractions), for what is worked out of facts in memory; a test holds the two together.
CREATE OR REPLACE FUNCTION retracted_facts(candidates uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  WITH RECURSIVE retraction AS (
    -- Each names one fact, so all that lead to a fact are a tree: those that name each other in a circle lead to nothing but themselves.
    SELECT r.id, r.household, r.refers_to, 1 AS depth
    FROM unnest(candidates) AS candidate (id) JOIN fact f USING (id)
    JOIN fact r ON r.refers_to = f.id AND r.household = f.household AND r.kind = 'retraction'
    WHERE f.kind <> 'retraction'
    UNION ALL
    SELECT r.id, r.household, r.refers_to, a.depth + 1
    FROM retraction a JOIN fact r ON r.refers_to = a.id AND r.household = a.household AND r.kind = 'retraction'
  ), settled (depth, retracted) AS (
    -- from the leaves, which nobody retracts, down to the facts
    SELECT max(depth) + 1, ARRAY[]::uuid[] FROM retraction
    UNION ALL
    -- NOT IN is hashed; NOT EXISTS would be compared row by row
    SELECT s.depth - 1, ARRAY(SELECT r.refers_to FROM retraction r WHERE r.depth = s.depth - 1 AND r.id NOT IN (SELECT unnest(s.retracted)))
    FROM settled s WHERE s.depth > 1
  )
  SELECT DISTINCT unnest(retracted) FROM settled WHERE depth = 1;
END;

-- The facts that count: all but retractions and what they retract.
CREATE OR REPLACE VIEW counting_fact AS
SELECT f.* FROM fact f
WHERE f.kind <> 'retraction' AND NOT EXISTS (
  SELECT FROM retracted_facts(ARRAY(SELECT refers_to FROM fact WHERE kind = 'retraction')) AS retracted (id) WHERE retracted.id = f.id);
