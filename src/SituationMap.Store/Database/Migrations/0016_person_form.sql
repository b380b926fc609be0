-- Which form of names and numbers person_detail's hashes are of: a server that finds an earlier one indexes all of them anew before it starts.
ALTER TABLE person_key ADD COLUMN form int NOT NULL DEFAULT 0;
