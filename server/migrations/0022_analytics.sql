-- Tracks: what clients tell the analytics of. Counts of them, and of the events of the queue, in buckets of time.
--
-- Servers of the version before count into a table that is dropped here: they must be stopped before this version starts.

-- One partition per day (UTC), made ahead and dropped when its time is over: see `server/analytics/sql`.
CREATE TABLE tracks (
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  user_id     uuid NOT NULL,
  track_id    varchar(64) NOT NULL,
  type        varchar(40) NOT NULL,
  -- Absent for what is about no product.
  sku_id      varchar(64),
  units       integer NOT NULL,
  -- The number of events for which it stands.
  weight      integer NOT NULL,
  details     jsonb NOT NULL,
  call_id     varchar(100)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX tracks_by_time ON tracks USING brin (occurred_at);
CREATE INDEX tracks_of_a_sku ON tracks (sku_id, occurred_at) WHERE sku_id IS NOT NULL;

-- The ids of tracks, whatever day they are of, so that one that is sent again counts once. They are forgotten when a track of
-- that age is refused anyway.
CREATE TABLE track_ids (
  user_id     uuid NOT NULL,
  track_id    varchar(64) NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, track_id)
);
CREATE INDEX track_ids_by_age ON track_ids USING brin (received_at);

-- Tracks, and the counts by minute and hour, are kept from this day on.
CREATE TABLE tracks_kept (since date NOT NULL);
INSERT INTO tracks_kept VALUES ('1970-01-01');

-- Counts of what happened in a bucket of time: those of tracks are written in the transaction that stores them, those of events
-- in the one that marks them as handled.
CREATE TABLE bucket_counts (
  size    varchar(6) NOT NULL CHECK (size IN ('minute', 'hour', 'day')),
  at      timestamptz NOT NULL,
  type    varchar(40) NOT NULL,
  -- Empty for what is about no product.
  sku_id  varchar(64) NOT NULL,
  records bigint NOT NULL,
  -- Events, samples counted by their weight, and the units in them.
  events  bigint NOT NULL,
  units   bigint NOT NULL,
  PRIMARY KEY (size, at, type, sku_id)
);
CREATE INDEX bucket_counts_of_a_sku ON bucket_counts (sku_id, size, at);

INSERT INTO bucket_counts (size, at, type, sku_id, records, events, units)
SELECT s.size, date_trunc(s.size, c.minute, 'UTC'),
  CASE c.topic
    WHEN 'flash-sale-reservations' THEN 'reservation.' || lower(c.type)
    WHEN 'flash-sale-inventory-updates' THEN 'stock.' || lower(c.type)
    WHEN 'flash-sale-orders' THEN replace(lower(c.type), 'order_', 'order.')
    ELSE c.type
  END, c.sku_id, sum(c.events), sum(c.events), sum(c.units)
FROM event_counts c CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) s (size)
GROUP BY 1, 2, 3, 4;
DROP TABLE event_counts;
