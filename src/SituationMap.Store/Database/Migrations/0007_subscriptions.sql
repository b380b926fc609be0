-- Subscriptions: changes that are sent to other systems by HTTP. What is to be sent is written with the place in the feed up to which that has been
-- done, in one transaction, so that a process that dies neither loses an event nor makes one twice; sending is at least once.

CREATE TABLE subscription (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  url          text NOT NULL CHECK (url <> ''),
  kinds        text[] NOT NULL CHECK (kinds <@ ARRAY['status', 'zone', 'overdue', 'passage'] AND kinds <> '{}'),
  grids        ltree[] CHECK (grids <> '{}'),                    -- these with all below them; null: the whole city
  bbox         geometry(Polygon, 4326),                          -- null: everywhere
  author       text NOT NULL CHECK (author <> ''),
  created_at   timestamptz NOT NULL,
  feed_cursor  bigint NOT NULL,                                  -- the feed's last row of which the events are made
  fact_cursor  timestamptz NOT NULL                              -- passages are no rows of the feed: the last one seen, by when it was received
);

CREATE TABLE delivery (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order in which they are sent
  subscription  uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
  event         text NOT NULL,                                   -- the same event has the same name, however often it is sent
  kind          text NOT NULL,
  lane          text NOT NULL,                                   -- the household or zone; of one lane the next waits for the one before
  body          jsonb NOT NULL,
  made_at       timestamptz NOT NULL,
  state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
  attempts      int NOT NULL DEFAULT 0,
  next_at       timestamptz NOT NULL,
  ended_at      timestamptz,                                     -- when it was delivered, or given up
  answer        int,                                             -- the last HTTP status; null: there was none
  fault         text,                                            -- why the last attempt failed, in a word
  UNIQUE (subscription, event)
);
CREATE INDEX delivery_waiting ON delivery (subscription, lane, id) WHERE state = 'waiting';
CREATE INDEX delivery_ended ON delivery (ended_at) WHERE state = 'delivered';

-- The households of which a subscription has been told that they owe something, and still do.
CREATE TABLE subscription_overdue (
  subscription  uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
  household     int NOT NULL REFERENCES household (id) ON DELETE CASCADE,
  PRIMARY KEY (subscription, household)
);
