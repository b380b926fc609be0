-- The generations of the deployment's key that this store has been used with: a value by which a wrong file is known, and the first seal of the
-- audit record that bears it. The keys themselves are in a file outside the database.
CREATE TABLE deployment_key (
  generation  int PRIMARY KEY CHECK (generation >= 1),
  proof       bytea NOT NULL,
  first_seal  bigint NOT NULL,
  after_loss  boolean NOT NULL,                                 -- those before were given up as lost
  made_at     timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER deployment_key_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deployment_key
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- By which of them what is sent to a subscription is signed: its receiver knows no other.
ALTER TABLE subscription ADD COLUMN key_generation int NOT NULL DEFAULT 1;
