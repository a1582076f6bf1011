-- Answers to requests with an Idempotency-Key. A row is inserted before the effect of its request and names it:
-- `effect_id` becomes the id of the row that the request makes, so the transaction of the effect ties both together.
CREATE TABLE idempotency_keys (
  user_id       uuid NOT NULL,
  route         varchar(200) NOT NULL,
  key           varchar(255) NOT NULL,
  -- SHA-256 of the request.
  request_hash  bytea NOT NULL,
  effect_id     uuid NOT NULL,
  -- Counts the processes that worked on the request; only the last one may record an answer.
  claims        integer NOT NULL DEFAULT 1,
  claimed_until timestamptz NOT NULL,
  -- The answer; NULL until there is one.
  status        smallint,
  body          text,
  expires_at    timestamptz NOT NULL,
  PRIMARY KEY (user_id, route, key)
);
CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at);
