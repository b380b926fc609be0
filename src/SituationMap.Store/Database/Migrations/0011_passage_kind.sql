-- A kind of row in the feed; a value of an enum can be used only once the step that adds it is committed.
ALTER TYPE feed_kind ADD VALUE 'passage';
