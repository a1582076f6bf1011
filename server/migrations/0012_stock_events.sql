-- Stock events are read from the stock movements. The outbox is for the other events.
--
-- Servers of the version before compare event ids as numbers: they must be stopped before this version starts.

-- NULL in the movements of earlier versions, whose events are in the outbox.
ALTER TABLE stock_movements ADD COLUMN user_id uuid, ADD COLUMN order_id uuid;

-- How far a consumer group has handled the events of a topic and a SKU: those of the movements up to this one are handled,
-- or are dead letters. No row: up to 0. The relay to Kafka has cursors of its own, for what it has published.
CREATE TABLE stock_cursors (
  sku_id         varchar(64) NOT NULL,
  consumer_group varchar(64) NOT NULL,
  topic          varchar(64) NOT NULL,
  sequence       bigint NOT NULL,
  PRIMARY KEY (sku_id, consumer_group, topic)
) WITH (fillfactor = 50); -- Room for the next versions of a row on its own page.

-- The stock events that were handed to a group, written with their effects. A row has those of one batch, topic and SKU as
-- runs: [["CREATED", 7, 3], …] are three events of the type CREATED, of the movements 7, 8 and 9. Rows are kept for the
-- retention time.
CREATE TABLE handled_stock_events (
  consumer_group varchar(64) NOT NULL,
  topic          varchar(64) NOT NULL,
  sku_id         varchar(64) NOT NULL,
  runs           json NOT NULL,
  handled_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX handled_stock_events_by_age ON handled_stock_events USING brin (handled_at);

-- The events of earlier movements are handled, or wait in the outbox.
INSERT INTO stock_cursors (sku_id, consumer_group, topic, sequence)
SELECT i.sku_id, reader.name, reader.topic, i.sequence
FROM inventory i CROSS JOIN (
  SELECT consumer_group AS name, topic FROM event_subscriptions
  UNION SELECT 'kafka relay', topic FROM event_subscriptions
) reader
WHERE i.sequence > 0
  AND reader.topic IN ('flash-sale-reservations', 'flash-sale-inventory-updates', 'flash-sale-orders');

-- The id of a stock event is no number.
ALTER TABLE dead_letters ALTER COLUMN event_id TYPE text;
ALTER TABLE notifications ALTER COLUMN event_id TYPE text;

-- The origins (user, device, ip) of the reservations of one window, as they were handled in one batch, each as often as it
-- reserved: {"user": ["…", "…"]}.
CREATE TABLE reservation_origins (
  batch_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  window_start timestamptz NOT NULL,
  origins      json NOT NULL
);
-- Random ids do not get smaller by compression.
ALTER TABLE reservation_origins ALTER COLUMN origins SET STORAGE EXTERNAL;
CREATE INDEX reservation_origins_of_a_window ON reservation_origins (window_start);
INSERT INTO reservation_origins (window_start, origins)
SELECT window_start, json_object_agg(origin, names)
FROM (
  SELECT window_start, origin, json_agg(value) AS names
  FROM reservation_bursts CROSS JOIN LATERAL generate_series(1, reservations)
  GROUP BY window_start, origin
) counted
GROUP BY window_start;
DROP TABLE reservation_bursts;
