-- Grants a role what a server needs, of all tables there are now: run after each migration. Tables are known as those only added to by the
-- trigger that refuses all else.
CREATE OR REPLACE FUNCTION grant_api(api name) RETURNS void LANGUAGE plpgsql SET search_path = situation, public AS $$
DECLARE
  found record;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA situation TO %I', api);
  -- Hangfire makes its own tables; those that a superuser's server made before become its own
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA hangfire TO %I', api);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hangfire TO %I', api);
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    FOR found IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'hangfire'::regnamespace AND relkind = 'r' LOOP
      EXECUTE format('ALTER TABLE %s OWNER TO %I', found.name, api);
    END LOOP;
  END IF;
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA situation TO %I', api);
  FOR found IN
    SELECT c.oid::regclass AS name, CASE
        -- a view would be written through with the rights of its owner
        WHEN c.relkind = 'v' OR c.relname IN ('schema_version', 'schema_object') THEN 'SELECT'
        WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgfoid = 'refuse_change'::regproc) THEN 'SELECT, INSERT'
        ELSE 'SELECT, INSERT, UPDATE, DELETE' END AS rights
    FROM pg_class c WHERE c.relnamespace = 'situation'::regnamespace AND c.relkind IN ('r', 'v')
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %I', found.name, api);
    EXECUTE format('GRANT %s ON %s TO %I', found.rights, found.name, api);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION grant_api(name) FROM PUBLIC;
