-- Writes the events of a batch of changes to the outbox, in the order of the changes. It is the only writer of the outbox.
-- Changes that move stock need no event here: their movement is one (server/events/stock-log).
--
-- Parameters:
--   topics, types   one each per event: every change publishes one event of each of these pairs
--   keys            the key of each change, or one for all. Events of one key are delivered in order
--   payloads        one per change; NULL when there are no changes
--   created_at      the time of the changes
--
-- A call inside a WITH query must be read by the main query: PostgreSQL does not execute a SELECT that nobody reads.
CREATE OR REPLACE FUNCTION publish_events(
  topics text[], types text[], keys text[], payloads jsonb[], created_at timestamptz
)
RETURNS void
LANGUAGE plpgsql STRICT
AS $$
BEGIN
  INSERT INTO outbox (topic, key, type, payload, created_at)
  SELECT event.topic, coalesce(change.key, $3[1]), event.type, change.payload, $5
  FROM unnest($3, $4) WITH ORDINALITY AS change (key, payload, place)
  CROSS JOIN unnest($1, $2) AS event (topic, type)
  ORDER BY change.place;
END $$;
