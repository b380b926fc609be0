-- Each change of an account, its grants and keys is recorded with what the account holds from then on, so that what is changed behind the
-- back of the record is found.
ALTER TABLE audit ADD COLUMN holder text, ADD COLUMN holds jsonb;
CREATE INDEX audit_holder ON audit (holder, id DESC) WHERE holder IS NOT NULL;

-- each part of the union names its columns: what PostgreSQL dumps is then the same after it was restored
CREATE FUNCTION access_held(name text) RETURNS jsonb LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT jsonb_object_agg(held.what, encode(sha256(convert_to(held.content::text, 'UTF8')), 'hex'))
  FROM (
    SELECT 'account' AS what, jsonb_build_array(a.name, a.password, a.disabled) AS content FROM account a WHERE a.name = access_held.name
    UNION ALL
    SELECT 'grant ' || g.id AS what, jsonb_build_array(g.role, g.grid, extract(epoch FROM g.expires_at)) AS content
    FROM access_grant g WHERE g.account = access_held.name
    UNION ALL
    SELECT 'key ' || c.id AS what,
      jsonb_build_array(encode(c.hash, 'hex'), c.role, c.grid, extract(epoch FROM c.expires_at), c.gateway) AS content
    FROM credential c WHERE c.account = access_held.name AND c.kind = 'key'
    UNION ALL
    SELECT 'second factor' AS what, jsonb_build_array(encode(f.secret, 'hex')) AS content
    FROM second_factor f WHERE f.account = access_held.name AND f.confirmed
  ) held;
END;

-- what there is now is taken as it is
INSERT INTO audit (at, account, action, subject, origin, holder, holds)
SELECT clock_timestamp(), 'console', 'take up account', name, 'upgrade', name, access_held(name) FROM account ORDER BY name;
