-- Who was ever surveyed, visited or told to live so that somebody looks after them, and when last: of a whole city without its
-- readings, which are most of what is reported.
CREATE INDEX fact_work ON fact (household, kind, at, received_at) WHERE kind IN ('survey', 'visit', 'circumstance');
