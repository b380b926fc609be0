-- Which account brought a fact, and by what it had made itself known; facts of before have neither. Of an override also which accounts had
-- had a hand in that account by then: they are no second person to it.
ALTER TABLE fact ADD COLUMN account text, ADD COLUMN account_kind text CHECK (account_kind IN ('local', 'session', 'key', 'token')),
  ADD COLUMN hands text[];
CREATE INDEX audit_hand ON audit (subject)
  WHERE action IN ('add account', 'enable', 'set password', 'grant', 'add key', 'reset second factor');

-- A gateway passes on what others report, and says who: its facts keep the source that it sends.
ALTER TABLE credential ADD COLUMN gateway boolean NOT NULL DEFAULT false CHECK (kind = 'key' OR NOT gateway);

-- A token of the authority is bound at its first use: from then on it is listed, and can be ended before it runs out.
ALTER TABLE credential DROP CONSTRAINT credential_kind_check, ADD CHECK (kind IN ('session', 'key', 'token'));
ALTER TABLE credential ADD COLUMN ended boolean NOT NULL DEFAULT false CHECK (kind = 'token' OR NOT ended);
