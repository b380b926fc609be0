-- Functions, triggers and views are no steps: they stand in the folder Functions and are made anew when their text changes. What was made
-- is recorded here, so that one that is missing or was changed since is found.
CREATE TABLE schema_object (
  name        text PRIMARY KEY,                                 -- what DROP calls it, such as 'TRIGGER moved ON situation.building'
  definition  text NOT NULL,                                    -- the MD5 of how PostgreSQL writes it
  source      text NOT NULL                                     -- the SHA-256 of the texts that it was made by
);
