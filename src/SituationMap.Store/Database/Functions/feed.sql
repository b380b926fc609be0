-- Draws the next n sequences of the feed and gives back the first. Call it last in a transaction: the row stays locked until the commit,
-- which is what makes the order of sequences the order of commits, without a gap (a rollback gives them back).
CREATE OR REPLACE FUNCTION draw_sequences(n int) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
  UPDATE feed_counter SET last = last + n RETURNING last - n + 1;
END;
