-- Draws the next n sequences of the feed and gives back the first, and the time at which their rows are recorded: that of the caller's clock,
-- or of the row before where the clock went back. Call it last in a transaction: the row stays locked until the commit, which is what makes
-- the order of sequences the order of commits, without a gap (a rollback gives them back).
CREATE OR REPLACE FUNCTION draw_sequences(n int, at timestamptz) RETURNS TABLE (first bigint, recorded_at timestamptz) LANGUAGE sql
BEGIN ATOMIC
  UPDATE feed_counter c SET last = c.last + n, recorded_at = GREATEST(c.recorded_at, at) RETURNING c.last - n + 1, c.recorded_at;
END;
