-- How a zone comes to be published: planned as a draft, submitted, approved by somebody else. A draft is not a version: nothing that
-- works out statuses, draws tiles or answers lookups sees it before it is approved.

-- A part of a zone that was split for a time, such as Z-1-a of Z-1.
ALTER TABLE zone ADD COLUMN parent int REFERENCES zone (id);

ALTER TABLE zone_version ADD COLUMN approver text CHECK (approver <> '');
-- nobody approves what he has written, whatever program publishes it
ALTER TABLE zone_version ADD CONSTRAINT zone_version_two_persons CHECK (approver <> author);

-- What a zone is to become: at most one draft of each zone at a time.
CREATE TABLE zone_draft (
  zone            int PRIMARY KEY REFERENCES zone (id),
  state           text NOT NULL CHECK (state IN ('draft', 'submitted', 'rejected')),
  base            int NOT NULL CHECK (base >= 0),               -- the version it changes; 0: a new zone
  name            text NOT NULL CHECK (name <> ''),
  level           text NOT NULL,
  outline         geometry(MultiPolygon, 4326) NOT NULL CHECK (is_mappable(outline)),
  effective_from  timestamptz,                                  -- null: when it is approved
  effective_to    timestamptz CHECK (effective_to > effective_from),
  authors         text[] NOT NULL CHECK (cardinality(authors) > 0),  -- all who wrote it; none of them may approve it
  reason          text NOT NULL CHECK (reason <> '')
);
CREATE INDEX zone_draft_outline ON zone_draft USING gist (outline);

-- Everything that was done to a zone, by whom, when and why, with what the draft said from then on. Only added to.
CREATE TABLE zone_step (
  zone            int NOT NULL REFERENCES zone (id),
  step            int NOT NULL CHECK (step >= 1),
  action          text NOT NULL CHECK (action IN ('drafted', 'changed', 'discarded', 'submitted', 'withdrawn', 'rejected', 'approved',
                    'published', 'lowered', 'ended', 'rolled-back', 'split')),
  actor           text NOT NULL CHECK (actor <> ''),
  reason          text NOT NULL,
  at              timestamptz NOT NULL,
  version         int,                                          -- the version it published
  -- 'drafted' and 'changed': the draft from then on
  name            text,
  level           text,
  outline         geometry(MultiPolygon, 4326),
  effective_from  timestamptz,
  effective_to    timestamptz,
  PRIMARY KEY (zone, step),
  FOREIGN KEY (zone, version) REFERENCES zone_version (zone, version),
  CHECK ((action IN ('drafted', 'changed')) = (outline IS NOT NULL))
);
CREATE TRIGGER zone_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON zone_step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
