-- What the code on a door opens: the page of the one household behind it. Only the SHA-256 of a code is kept, so that who reads this table
-- opens nothing. One that is not taken any more stays, for facts name it as who brought them.
CREATE TABLE door_code (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  household int NOT NULL REFERENCES household (id) ON DELETE CASCADE,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  made_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
-- a household has one at a time
CREATE UNIQUE INDEX door_code_of_household ON door_code (household) WHERE revoked_at IS NULL;

-- Facts that a household reports of itself.
ALTER TABLE fact DROP CONSTRAINT fact_account_kind_check;
ALTER TABLE fact ADD CONSTRAINT fact_account_kind_check CHECK (account_kind IN ('local', 'session', 'key', 'token', 'door'));
