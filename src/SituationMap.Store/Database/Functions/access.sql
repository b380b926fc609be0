-- Accounts, grants and credentials: each process keeps them in memory and reads them anew when this number has gone up.

CREATE OR REPLACE FUNCTION raise_access_version() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  UPDATE access_version SET version = version + 1;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER account_changed AFTER INSERT OR DELETE OR UPDATE OF disabled ON account
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version();
CREATE OR REPLACE TRIGGER access_grant_changed AFTER INSERT OR DELETE OR UPDATE ON access_grant
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version();
CREATE OR REPLACE TRIGGER credential_changed AFTER INSERT OR DELETE OR UPDATE ON credential
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version();
