-- How many standbys follow, and how many seconds the slowest of them is behind; null where the owner of this may not know it (pg_monitor).
-- With the owner's rights: a server's role sees nothing of other sessions.
CREATE OR REPLACE FUNCTION replication() RETURNS TABLE (standbys bigint, lag double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT count(*), CASE WHEN bool_and(state IS NOT NULL) IS NOT FALSE THEN COALESCE(extract(epoch FROM max(replay_lag)), 0)::float8 END
  FROM pg_stat_replication
$$;
