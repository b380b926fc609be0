-- Imports that wait, run or have ended lately, known to all servers. The file itself lies in the data folder that "folder" names.
CREATE TABLE import_run (
  id          uuid PRIMARY KEY,
  folder      text NOT NULL,
  file        text NOT NULL,                       -- what the sender called it
  what        jsonb NOT NULL,                      -- what is to be imported and how
  state       text NOT NULL DEFAULT 'waiting',
  progress    double precision NOT NULL DEFAULT 0,
  report      jsonb,
  preview     bytea,
  fault       jsonb,
  added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  enqueued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at    timestamptz
);
CREATE INDEX import_run_open ON import_run (added_at) WHERE ended_at IS NULL;
