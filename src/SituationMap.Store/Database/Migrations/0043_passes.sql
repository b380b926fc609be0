-- Kinds of facts: a pass was given out, or ended; somebody who lives elsewhere went through a checkpoint to or from a household. They are used
-- only once this step is committed.
ALTER TYPE fact_kind ADD VALUE 'pass';
ALTER TYPE fact_kind ADD VALUE 'passEnd';
ALTER TYPE fact_kind ADD VALUE 'crossing';

-- The numbers of passes: one that is drawn and not used is left out.
CREATE SEQUENCE pass_serial AS integer;

-- Passes by their numbers; what ends one has the number too, and no kind.
CREATE UNIQUE INDEX fact_pass ON fact (((data->>'serial')::bigint)) WHERE data ? 'serial' AND data ? 'kind';

-- Whoever lives elsewhere and goes to no household: couriers, vehicles, workers. Nobody is named, and no plate is kept.
CREATE TABLE crossing (
  id            uuid PRIMARY KEY,
  checkpoint    text NOT NULL,                                -- a code, not a reference: what was seen outlives an import
  at            timestamptz NOT NULL,
  received_at   timestamptz NOT NULL,
  data          jsonb NOT NULL,                               -- as that of a fact of the kind
  source        text NOT NULL,
  account       text NOT NULL,
  account_kind  text NOT NULL
);
CREATE INDEX crossing_at ON crossing (checkpoint, at);
CREATE TRIGGER crossing_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON crossing FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- counted by checkpoint and hour, beside passages
CREATE INDEX fact_crossing ON fact ((data->>'checkpoint'), at) WHERE data ? 'who';
