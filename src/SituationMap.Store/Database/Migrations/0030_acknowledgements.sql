-- Somebody has taken note of a change: which one, and whose account. It is a row of the feed, so that it is told as everything else is, to
-- every open map and in the order in which it happened. A change has one at most: who came second finds the first.
ALTER TYPE feed_kind ADD VALUE 'acknowledgement';
ALTER TABLE feed
  ADD COLUMN acknowledges bigint REFERENCES feed,
  ADD COLUMN account text,
  -- compared as text: a new label of an enum cannot be used in the transaction that adds it
  ADD CHECK ((kind::text = 'acknowledgement') = (acknowledges IS NOT NULL)),
  ADD CHECK ((acknowledges IS NULL) = (account IS NULL));
CREATE UNIQUE INDEX feed_acknowledges ON feed (acknowledges) WHERE acknowledges IS NOT NULL;
