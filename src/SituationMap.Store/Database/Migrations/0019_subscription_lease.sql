-- Until when a process sends to a subscription, and no other does. No lock that takes a connection: receivers may answer slowly, or never.
ALTER TABLE subscription ADD COLUMN leased_until timestamptz;
