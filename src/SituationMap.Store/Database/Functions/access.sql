-- All accounts that have had a hand in one: made it, let it in again, set its password, granted it a role, made a key of it or took its
-- second factor away; and those that had one in these.
CREATE OR REPLACE FUNCTION account_hands(name text) RETURNS text[] LANGUAGE sql STABLE
BEGIN ATOMIC
  WITH RECURSIVE hand (account) AS (
    SELECT name
    UNION
    SELECT a.account FROM hand h JOIN audit a ON a.subject = h.account
    WHERE a.action IN ('add account', 'enable', 'set password', 'grant', 'add key', 'reset second factor')
  )
  SELECT coalesce(array_agg(account ORDER BY account), '{}') FROM hand WHERE account <> name;
END;

-- What an account holds: itself with its password, each grant and key, its second factor; each with the SHA-256 of what it says. Null where
-- there is no such account, nor anything of it. All accounts together, named *, hold the roles that take a second factor. Each part of the union names its columns: what is dumped is then the same text after it was
-- restored.
CREATE OR REPLACE FUNCTION access_held(name text) RETURNS jsonb LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT jsonb_object_agg(held.what, encode(sha256(convert_to(held.content::text, 'UTF8')), 'hex'))
  FROM (
    SELECT 'account' AS what, jsonb_build_array(a.name, a.password, a.disabled) AS content FROM account a WHERE a.name = access_held.name
    UNION ALL
    SELECT 'grant ' || g.id AS what, jsonb_build_array(g.role, g.grid, extract(epoch FROM g.expires_at))
      -- of what was sealed before there were guards the content is the same as it was
      || CASE WHEN g.checkpoint IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(g.checkpoint, g.from_time, g.to_time) END AS content
    FROM access_grant g WHERE g.account = access_held.name
    UNION ALL
    SELECT 'key ' || c.id AS what,
      jsonb_build_array(encode(c.hash, 'hex'), c.role, c.grid, extract(epoch FROM c.expires_at), c.gateway) AS content
    FROM credential c WHERE c.account = access_held.name AND c.kind = 'key'
    UNION ALL
    SELECT 'second factor' AS what, jsonb_build_array(encode(f.secret, 'hex')) AS content
    FROM second_factor f WHERE f.account = access_held.name AND f.confirmed
    UNION ALL
    SELECT 'second factor required of ' || r.role AS what, jsonb_build_array(r.role) AS content
    FROM second_factor_role r WHERE access_held.name = '*'
  ) held;
END;

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
CREATE OR REPLACE TRIGGER second_factor_changed AFTER INSERT OR DELETE OR UPDATE OF confirmed ON second_factor
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version();
