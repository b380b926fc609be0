-- Who may see and change what, and the record of who did.

CREATE TABLE account (
  name          text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$' AND name <> 'local'),
  password      text,                                           -- hashed; null: by a key or an authority's token only
  disabled      boolean NOT NULL DEFAULT false,
  failures      int NOT NULL DEFAULT 0,                         -- wrong passwords since the last right one
  locked_until  timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now()
);

-- A role in a grid with all below it; no grid: everywhere. The grid is a code, not a reference: what is granted outlives an import.
CREATE TABLE access_grant (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account     text NOT NULL REFERENCES account (name),
  role        text NOT NULL CHECK (role IN ('viewer', 'reporter', 'planner', 'approver', 'system', 'auditor', 'administrator')),
  grid        text,
  expires_at  timestamptz,
  CHECK (grid IS NULL OR role NOT IN ('auditor', 'administrator'))
);
CREATE INDEX access_grant_account ON access_grant (account);

-- What a caller shows: the cookie of a session, or an API key. Only the SHA-256 of it is here; it is 256 random bits, so nobody guesses it from that.
CREATE TABLE credential (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  hash        bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  account     text NOT NULL REFERENCES account (name),
  kind        text NOT NULL CHECK (kind IN ('session', 'key')),
  label       text NOT NULL DEFAULT '',
  role        text,                                             -- a key may be narrower than its account: of one of its roles,
  grid        text,                                             -- in one grid
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL
);
CREATE INDEX credential_account ON credential (account);
CREATE INDEX credential_expiry ON credential (expires_at);

-- Goes up with every change of the above, so that each process sees within half a second that it has to read them anew.
CREATE TABLE access_version (
  singleton  boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  version    bigint NOT NULL
);
INSERT INTO access_version (version) VALUES (0);

CREATE FUNCTION raise_access_version() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE access_version SET version = version + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER account_changed AFTER INSERT OR DELETE OR UPDATE OF disabled ON account FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version();
CREATE TRIGGER access_grant_changed AFTER INSERT OR DELETE OR UPDATE ON access_grant FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version();
CREATE TRIGGER credential_changed AFTER INSERT OR DELETE OR UPDATE ON credential FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version();

-- What was done: a row is written in the transaction of the change itself, or before the change where that is not ours to begin.
CREATE TABLE audit (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL,
  account  text NOT NULL,
  action   text NOT NULL,                                       -- such as 'POST /api/facts' or 'grant'
  subject  text NOT NULL,                                       -- what it was done to
  purpose  text,                                                -- what a look at personal data was for
  origin   text NOT NULL,                                       -- an address, or the console
  details  jsonb
);
CREATE INDEX audit_at ON audit (at);

-- Rows of the record are sealed soon after, in the order of sequence: each seal is a keyed hash over the row and the seal before, and the key
-- is not in the database. Apart from the rows, so that writing one waits for nobody.
CREATE TABLE audit_seal (
  sequence  bigint PRIMARY KEY,
  entry     bigint NOT NULL UNIQUE,
  seal      bytea NOT NULL
);

-- Which seal is the last, with a seal of its own: else the newest rows could be cut off unseen.
CREATE TABLE audit_head (
  singleton  boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  sequence   bigint NOT NULL,
  seal       bytea NOT NULL
);

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
