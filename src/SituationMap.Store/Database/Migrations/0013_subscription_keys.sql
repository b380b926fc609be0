-- A subscription made with an API key ends with the key, and reaches no farther than it.
ALTER TABLE subscription ADD COLUMN key uuid REFERENCES credential (id) ON DELETE CASCADE;  -- null: made otherwise
CREATE INDEX subscription_key ON subscription (key);
