-- What was answered to requests with an Idempotency-Key. A row comes before the effect of its request and names it:
-- `effect_id` becomes the id of what the request makes, so key and effect are tied together by the very transaction
-- that makes it.
CREATE TABLE idempotency_keys (
  user_id       uuid NOT NULL,
  route         varchar(200) NOT NULL,
  key           varchar(255) NOT NULL,
  -- SHA-256 of what was asked.
  request_hash  bytea NOT NULL,
  effect_id     uuid NOT NULL,
  -- Counts who worked on it: only the last one may put an answer on record.
  claims        integer NOT NULL DEFAULT 1,
  claimed_until timestamptz NOT NULL,
  -- The answer, once there is one.
  status        smallint,
  body          text,
  expires_at    timestamptz NOT NULL,
  PRIMARY KEY (user_id, route, key)
);
CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at);
