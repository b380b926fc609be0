-- The households of a part that could not be worked out, by their ids.
ALTER TABLE recompute_part ADD COLUMN set_aside int[] NOT NULL DEFAULT '{}';

-- What is to be confirmed, sealed as that which holds; until then an older one may hold.
ALTER TABLE second_factor ADD COLUMN next_secret bytea;
UPDATE second_factor SET next_secret = secret WHERE NOT confirmed;

-- Hangfire's id of what a run was made for: what is given out again after it was done is known by it.
ALTER TABLE job_run ADD COLUMN ordered_as text;

-- Exports that wait, are written or are ready, known to all servers.
CREATE TABLE export_run (
  id          uuid PRIMARY KEY,
  account     text NOT NULL,                       -- whose it is: nobody else gets it
  what        jsonb NOT NULL,                      -- what is to be exported and how
  grids       ltree[],                             -- those to keep to; null: all
  state       text NOT NULL DEFAULT 'waiting',
  fault       jsonb,
  bytes       bigint,                              -- of the file, once it is ready
  added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  enqueued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at    timestamptz
);
CREATE INDEX export_run_account ON export_run (account, added_at);

-- The file in pieces, from 0 on; written in one transaction with its end.
CREATE TABLE export_piece (
  export  uuid NOT NULL REFERENCES export_run ON DELETE CASCADE,
  ordinal int NOT NULL,
  bytes   bytea NOT NULL,
  PRIMARY KEY (export, ordinal)
);

-- What everybody may see of a day, made once: the difference of two could tell of a household.
CREATE TABLE public_figures (day date PRIMARY KEY, figures jsonb NOT NULL);
