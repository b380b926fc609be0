-- Steps on zones that somebody has decided but that take effect some seconds later, and are taken back until then: at most one of a zone.
CREATE TABLE zone_decision (
  zone             int PRIMARY KEY REFERENCES zone (id),
  step             text NOT NULL,                               -- as in its address, such as approve
  body             jsonb NOT NULL,                              -- what was sent with it
  actor            text NOT NULL CHECK (actor <> ''),
  grids            text[] NOT NULL,                             -- for which the actor may decide; empty: all
  decided_at       timestamptz NOT NULL,
  takes_effect_at  timestamptz NOT NULL CHECK (takes_effect_at > decided_at)
);

ALTER TABLE zone_step DROP CONSTRAINT zone_step_action_check;
ALTER TABLE zone_step ADD CONSTRAINT zone_step_action_check CHECK (action IN ('drafted', 'changed', 'discarded', 'submitted', 'withdrawn',
  'rejected', 'approved', 'published', 'lowered', 'ended', 'rolled-back', 'split', 'decided', 'taken-back', 'lapsed'));

-- a draft may be of the end of a zone, as a version may
ALTER TABLE zone_draft ALTER COLUMN level DROP NOT NULL;
