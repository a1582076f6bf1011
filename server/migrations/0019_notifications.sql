-- Notifications are told once per event, user and kind, are read by their user, and go out by email and SMS to users who
-- have confirmed an address.
--
-- Servers of the version before insert rows without a kind: they must be stopped before this version starts.

ALTER TABLE notifications RENAME COLUMN subject TO title;
ALTER TABLE notifications RENAME COLUMN body TO text;
ALTER TABLE notifications DROP CONSTRAINT notifications_pkey;
ALTER TABLE notifications
  -- Ascends in the order of the commits, because the consumers take turns: whoever has read up to one misses none before it.
  ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ADD COLUMN kind varchar(32) NOT NULL DEFAULT 'earlier',
  -- The SKU of the event, or its key; NULL in rows of earlier versions.
  ADD COLUMN sku_id varchar(64),
  ADD CONSTRAINT notifications_once UNIQUE (user_id, event_id, kind);
ALTER TABLE notifications ALTER COLUMN kind DROP DEFAULT;
-- Rows are inserted in the order of their time, so a BRIN index is the cheapest.
CREATE INDEX notifications_by_age ON notifications USING brin (created_at);

-- The address of a user on a channel. It gets no message but the code before it is confirmed.
CREATE TABLE notification_addresses (
  user_id         uuid NOT NULL,
  channel         varchar(16) NOT NULL CHECK (channel IN ('email', 'sms')),
  address         varchar(254) NOT NULL,
  confirmed_at    timestamptz,
  code_hash       bytea,
  code_expires_at timestamptz,
  -- Wrong codes since the address was given.
  failures        integer NOT NULL DEFAULT 0,
  -- The last time at which a code was sent.
  code_sent_at    timestamptz NOT NULL,
  PRIMARY KEY (user_id, channel)
);

-- Messages that wait for a provider. A row is deleted when the provider has taken or refused it.
CREATE TABLE outgoing_messages (
  message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel    varchar(16) NOT NULL,
  address    varchar(254) NOT NULL,
  title      varchar(200) NOT NULL,
  text       text NOT NULL,
  -- Times that it was handed to the provider.
  attempts   integer NOT NULL DEFAULT 0,
  due_at     timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX outgoing_messages_due ON outgoing_messages (channel, due_at);

-- One-time tickets with which a browser opens the stream of its user's notifications.
CREATE TABLE stream_tickets (
  ticket_hash      bytea PRIMARY KEY,
  user_id          uuid NOT NULL,
  session_id       uuid NOT NULL,
  token_expires_at timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL
);
CREATE INDEX stream_tickets_to_delete ON stream_tickets (expires_at);
