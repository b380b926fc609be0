-- Jobs run on Hangfire, which makes its tables itself. What another library kept of them before is of no use to it.
DROP SCHEMA IF EXISTS quartz CASCADE;
CREATE SCHEMA IF NOT EXISTS hangfire;

-- What the jobs did, and what runs: the latest runs of each.
CREATE TABLE job_run (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job       text NOT NULL,
  began_at  timestamptz NOT NULL,
  ended_at  timestamptz,
  progress  double precision CHECK (progress >= 0 AND progress <= 1), -- while it runs, where the job can tell
  succeeded boolean,
  summary   text NOT NULL DEFAULT '',
  CHECK ((ended_at IS NULL) = (succeeded IS NULL))
);
CREATE INDEX job_run_job ON job_run (job, id DESC);
