-- What was shown at any past instant is read back from the feed, quickly, and nothing rewrites it.

-- "The last sequence recorded by then" and "when the next one was recorded" are a step or two each in this index; the one on
-- recorded_at alone is a part of it.
CREATE INDEX feed_recorded_sequence ON feed (recorded_at, sequence);
DROP INDEX feed_recorded;

-- The announcements of zones are few among a great many statuses.
CREATE INDEX feed_zone ON feed (subject, sequence) WHERE kind = 'zone';

-- History is only added to: a correction is a further row.
CREATE TRIGGER feed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON feed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
