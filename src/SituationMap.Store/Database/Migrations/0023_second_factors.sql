-- Where a session was begun, and when it was last used.
ALTER TABLE credential ADD COLUMN origin text NOT NULL DEFAULT '', ADD COLUMN used_at timestamptz NOT NULL DEFAULT now();

-- Codes that signing in takes beside the password. Without a row of its own, an account signs in with its password alone.
CREATE TABLE second_factor (
  account    text PRIMARY KEY REFERENCES account (name),
  secret     bytea NOT NULL,                                    -- sealed with the deployment's key
  confirmed  boolean NOT NULL DEFAULT false,
  step       bigint NOT NULL DEFAULT 0,                         -- of the last code: none counts twice
  recovery   bytea[] NOT NULL DEFAULT '{}'                      -- the SHA-256 of those not used yet
);

-- Roles that hold in a session only where the account has a second factor.
CREATE TABLE second_factor_role (role text PRIMARY KEY);

-- Tries of passwords, by the SHA-256 of the name that was typed and the address.
CREATE TABLE sign_in_try (
  name          bytea NOT NULL,
  origin        text NOT NULL,
  failures      int NOT NULL,                                   -- since one last got in
  last_at       timestamptz NOT NULL,
  waits_until   timestamptz NOT NULL,
  succeeded_at  timestamptz,                                    -- when one last got in from there
  PRIMARY KEY (name, origin)
);
CREATE INDEX sign_in_try_last ON sign_in_try (last_at);
ALTER TABLE account DROP COLUMN failures, DROP COLUMN locked_until;
