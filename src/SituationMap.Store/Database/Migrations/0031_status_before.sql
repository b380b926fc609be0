-- The status before stands beside the one since, so that households which became another are found by an index: most rows of a feed tell of a
-- first visit, or of a status that lasts longer.
ALTER TABLE feed ADD COLUMN was status;
ALTER TABLE feed DISABLE TRIGGER USER; -- rows are only added; this once they get what followed from them
UPDATE feed f SET was = b.was
FROM (
  SELECT sequence, lag(status, 1, 'healthy') OVER (PARTITION BY subject ORDER BY sequence) AS was FROM feed WHERE kind = 'status'
) b
WHERE b.sequence = f.sequence;
ALTER TABLE feed ENABLE TRIGGER USER;
ALTER TABLE feed ADD CHECK ((kind = 'status') = (was IS NOT NULL));
CREATE INDEX feed_status_changed ON feed (sequence) WHERE was <> status;
