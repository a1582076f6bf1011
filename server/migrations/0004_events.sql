-- Events on their way to consumer groups. Rows wait in `outbox` until every group has handled them. With Kafka they wait
-- until the broker has them, and then in `published_events` until every group has handled them.

-- Distinguishes the events of this database from those of others in the same Kafka, which count their ids from 1 too.
CREATE TABLE event_source (source uuid PRIMARY KEY DEFAULT gen_random_uuid());
INSERT INTO event_source DEFAULT VALUES;

-- A group stays subscribed while none of its workers runs: its events wait for it.
CREATE TABLE event_subscriptions (
  topic          varchar(64) NOT NULL,
  consumer_group varchar(64) NOT NULL,
  PRIMARY KEY (topic, consumer_group)
);

-- A row is written in the transaction of the event's effect, so a second delivery is recognised. Rows are kept for the
-- retention time.
CREATE TABLE handled_events (
  consumer_group varchar(64) NOT NULL,
  event_id       bigint NOT NULL,
  topic          varchar(64) NOT NULL,
  type           varchar(32) NOT NULL,
  sku_id         varchar(64) NOT NULL,
  -- Sequence of the stock movement that the event reports; NULL for other events.
  sequence       bigint,
  handled_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, event_id)
);
-- Rows are inserted in the order of their time, so a BRIN index is the cheapest.
CREATE INDEX handled_events_by_age ON handled_events USING brin (handled_at);

CREATE TABLE dead_letters (
  consumer_group      varchar(64) NOT NULL,
  event_id            bigint NOT NULL,
  topic               varchar(64) NOT NULL,
  key                 varchar(64) NOT NULL,
  type                varchar(32) NOT NULL,
  payload             jsonb NOT NULL,
  occurred_at         timestamptz NOT NULL,
  error               text NOT NULL,
  attempts            integer NOT NULL,
  first_failed_at     timestamptz NOT NULL DEFAULT now(),
  last_failed_at      timestamptz NOT NULL DEFAULT now(),
  replay_requested_at timestamptz,
  PRIMARY KEY (consumer_group, event_id)
);
CREATE INDEX dead_letters_to_replay ON dead_letters (event_id) WHERE replay_requested_at IS NOT NULL;

CREATE TABLE published_events (
  event_id bigint PRIMARY KEY,
  topic    varchar(64) NOT NULL,
  sku_id   varchar(64) NOT NULL
);

-- Every row is deleted soon after it was inserted, so dead rows are vacuumed at a fixed number, not at a share of the table.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE published_events SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Movements prove what was sold, so a trigger refuses to change them.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER stock_movements_are_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The tables below belong to the consumers.
CREATE TABLE event_counts (
  minute timestamptz NOT NULL,
  sku_id varchar(64) NOT NULL,
  topic  varchar(64) NOT NULL,
  type   varchar(32) NOT NULL,
  events bigint NOT NULL,
  units  bigint NOT NULL,
  PRIMARY KEY (minute, sku_id, topic, type)
);

CREATE TABLE notifications (
  event_id   bigint PRIMARY KEY,
  user_id    uuid NOT NULL,
  subject    varchar(200) NOT NULL,
  body       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Counts the reservations of one origin (user, device, ip) within seconds; an origin with too many is flagged.
CREATE TABLE reservation_bursts (
  window_start timestamptz NOT NULL,
  origin       varchar(16) NOT NULL,
  value        varchar(200) NOT NULL,
  reservations integer NOT NULL,
  PRIMARY KEY (window_start, origin, value)
);
CREATE TABLE fraud_flags (LIKE reservation_bursts INCLUDING ALL);
