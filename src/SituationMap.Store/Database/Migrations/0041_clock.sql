-- The instant of a fact by the clock of the device on which it was made, where that was put right by the server's. Never read to work
-- anything out: it is kept so that whoever asks can tell how wrong the clock was.
ALTER TABLE fact ADD COLUMN clock timestamptz;
