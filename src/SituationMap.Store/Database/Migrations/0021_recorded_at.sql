-- When the last row of the feed was recorded: no later one is recorded earlier, also where the clock went back, so that what was shown at an
-- instant stays what it was.
ALTER TABLE feed_counter ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT '-infinity';
UPDATE feed_counter SET recorded_at = COALESCE((SELECT max(recorded_at) FROM feed), '-infinity');

-- It gives the time as well; what is made of it is made anew with it.
DROP FUNCTION draw_sequences(int) CASCADE;
