-- Flash sales: an attempt is accepted at once and queued; its order follows.

CREATE TABLE flash_sales (
  sale_id             varchar(64) PRIMARY KEY,
  sku_id              varchar(64) NOT NULL CONSTRAINT flash_sales_one_per_product UNIQUE REFERENCES products,
  start_time          timestamptz NOT NULL,
  end_time            timestamptz NOT NULL CHECK (end_time > start_time),
  product_description varchar(2000) NOT NULL DEFAULT ''
);

CREATE TYPE attempt_status AS ENUM ('PENDING', 'SUCCESS', 'FAILED');

-- Every accepted attempt is kept: the audit trail of the sale.
CREATE TABLE purchase_attempts (
  attempt_id        uuid PRIMARY KEY,
  sale_id           varchar(64) NOT NULL REFERENCES flash_sales,
  user_id           uuid NOT NULL REFERENCES users,
  status            attempt_status NOT NULL DEFAULT 'PENDING',
  -- The reservation by which the attempt buys. It has the attempt's own id until it lapses and another one replaces it.
  hold_id           uuid NOT NULL UNIQUE,
  order_id          uuid REFERENCES orders,
  client_attempt_id varchar(100),
  created_at        timestamptz NOT NULL,
  decided_at        timestamptz,
  UNIQUE (sale_id, user_id),
  CHECK ((status = 'SUCCESS') = (order_id IS NOT NULL))
);
CREATE INDEX purchase_attempts_pending ON purchase_attempts (sale_id) WHERE status = 'PENDING';

-- Returns how many attempts can be accepted: the units on sale, less those of accepted attempts that hold none yet. They
-- are counted anew each time, so units that others bought or gave back need no bookkeeping here.
CREATE FUNCTION room_for_attempts(sale_id text) RETURNS integer LANGUAGE sql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
  SELECT i.available_count - (
    SELECT count(*)::int FROM purchase_attempts a
    WHERE a.sale_id = $1 AND a.status = 'PENDING' AND NOT EXISTS (
      SELECT FROM reservations r WHERE r.reservation_id = a.hold_id AND r.status IN ('RESERVED', 'CONFIRMED')
    )
  )
  FROM flash_sales s JOIN inventory i USING (sku_id) WHERE s.sale_id = $1
$$;

-- Decides a batch of attempts at one sale in their order. Either all accepted ones are logged and in the outbox, or none.
--
-- sale_id             the sale
-- attempt_ids         given by the callers
-- user_ids            each at most once in a batch
-- client_attempt_ids  or NULL
-- topic               of the event that tells the worker
--
-- One word per request, in order: accepted | already_attempted | already_purchased | already_reserved | sold_out
--
-- The row is locked by a statement of its own: the next statement starts after that and sees every earlier decision (see
-- hold.sql).
CREATE FUNCTION accept_attempts(
  sale_id text, attempt_ids uuid[], user_ids uuid[], client_attempt_ids text[], topic text
)
RETURNS TABLE (decision text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  sku text;
  decided_at timestamptz;
BEGIN
  SELECT s.sku_id INTO sku FROM flash_sales s WHERE s.sale_id = $1 FOR NO KEY UPDATE;
  decided_at := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4) WITH ORDINALITY AS q (attempt_id, user_id, client_attempt_id, place)
  ),
  judged AS (
    SELECT q.*,
      CASE
        WHEN a.attempt_id IS NOT NULL THEN 'already_attempted'
        WHEN r.status = 'CONFIRMED' THEN 'already_purchased'
        WHEN r.expires_at > decided_at THEN 'already_reserved'
      END AS refusal
    FROM request q
    LEFT JOIN LATERAL (
      SELECT attempt_id FROM purchase_attempts WHERE sale_id = $1 AND user_id = q.user_id LIMIT 1
    ) a ON true
    LEFT JOIN LATERAL (
      SELECT status, expires_at FROM reservations
      WHERE user_id = q.user_id AND sku_id = sku AND status IN ('RESERVED', 'CONFIRMED') LIMIT 1
    ) r ON true
  ),
  decided AS (
    SELECT *, refusal IS NULL
      AND count(*) FILTER (WHERE refusal IS NULL) OVER (ORDER BY place) <= (SELECT room_for_attempts($1)) AS is_accepted
    FROM judged
  ),
  accepted AS (
    INSERT INTO purchase_attempts (attempt_id, sale_id, user_id, hold_id, client_attempt_id, created_at)
    SELECT attempt_id, $1, user_id, attempt_id, client_attempt_id, decided_at FROM decided WHERE is_accepted
  ),
  told AS (
    INSERT INTO outbox (topic, key, type, payload, created_at)
    SELECT $5, user_id::text, 'ATTEMPTED',
           jsonb_build_object('attemptId', attempt_id, 'saleId', $1, 'skuId', sku, 'userId', user_id), decided_at
    FROM decided WHERE is_accepted ORDER BY place
  )
  SELECT CASE WHEN is_accepted THEN 'accepted' ELSE coalesce(refusal, 'sold_out') END FROM decided ORDER BY place;
END $$;

-- Makes an attempt succeed in the transaction that sells its hold. An attempt that has failed cannot be sold any more,
-- even by a worker that was taken for dead and continues.
CREATE FUNCTION attempts_follow_orders() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM new_orders JOIN flash_sales USING (sku_id)) THEN RETURN NULL; END IF;
  UPDATE purchase_attempts a SET status = 'SUCCESS', order_id = o.order_id, decided_at = o.created_at
  FROM new_orders o
  WHERE a.hold_id = o.reservation_id AND o.status = 'CONFIRMED' AND a.status = 'PENDING';
  IF EXISTS (
    SELECT FROM new_orders o JOIN purchase_attempts a ON a.hold_id = o.reservation_id WHERE a.status = 'FAILED'
  ) THEN
    RAISE EXCEPTION 'an attempt that has failed cannot buy' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER orders_make_attempts_succeed AFTER INSERT ON orders
  REFERENCING NEW TABLE AS new_orders FOR EACH STATEMENT EXECUTE FUNCTION attempts_follow_orders();
