-- Sells a batch of live holds of one SKU to their owners and records the orders. A batch of one is a single buyer.
--
-- Parameters:
--   sku_id           the SKU
--   hold_ids         each at most once in a batch
--   user_ids         the owners who ask
--   order_ids        given by the callers: ids of new orders, or of orders that exist already and are PENDING. Such an
--                    order keeps its price, and may have been placed for an earlier hold
--   payment_methods
--   transaction_ids
--   call_ids         the clients' ids of the calls, or NULL
--   way              the way in which the buyers buy the SKU
--
-- Result: one row per request, in order
--   outcome   sold | expired | not_active
--             sold_another_way: the SKU is sold in another way than this one
--             not_found: the hold does not exist, is of another SKU, or is another user's
--             order_exists: the hold is sold, or the order was decided before
--   order_id, quantity, total_price, created_at   the order, if sold
--   sequence  the stock movement, if sold
--
-- A hold was made in time, and may be bought until it lapses, also when the sale is over meanwhile or its SKU off sale. The
-- price is that of the moment at which the order is placed.
--
-- The row locks are taken by statements of their own, see hold.sql. The orders are locked as well, because other
-- statements change an order under its own lock only, without the lock of its SKU.
CREATE OR REPLACE FUNCTION confirm_holds(
  sku_id text, hold_ids uuid[], user_ids uuid[], order_ids uuid[], payment_methods text[],
  transaction_ids text[], call_ids text[], way way_of_selling
)
RETURNS TABLE (
  outcome text, order_id uuid, quantity int, total_price text, created_at timestamptz, sequence bigint
)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  stock record;
  decided_at timestamptz;
BEGIN
  SELECT i.sequence, i.sold_by, p.flash_sale_price AS price INTO stock
  FROM inventory i JOIN products p USING (sku_id)
  WHERE i.sku_id = $1
  FOR UPDATE OF i;
  PERFORM FROM orders WHERE order_id = ANY ($4) FOR UPDATE;
  decided_at := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4, $5, $6, $7) WITH ORDINALITY
      AS q (hold_id, user_id, order_id, payment_method, transaction_id, call_id, place)
  ),
  judged AS (
    SELECT q.*, r.quantity, o.total_price AS agreed_price, o.created_at AS placed_at,
      CASE
        WHEN r.reservation_id IS NULL THEN 'not_found'
        WHEN r.status = 'CONFIRMED' OR o.status <> 'PENDING' THEN 'order_exists'
        WHEN stock.sold_by <> $8 THEN 'sold_another_way'
        WHEN r.status = 'CANCELLED' THEN 'not_active'
        WHEN r.status = 'EXPIRED' OR r.expires_at <= decided_at THEN 'expired'
        ELSE 'sold'
      END AS outcome
    FROM request q
    LEFT JOIN LATERAL (
      SELECT * FROM reservations
      WHERE reservation_id = q.hold_id AND user_id = q.user_id AND sku_id = $1
      LIMIT 1
    ) r ON true
    LEFT JOIN LATERAL (SELECT * FROM orders WHERE order_id = q.order_id LIMIT 1) o ON true
  ),
  decided AS (
    SELECT *, coalesce(agreed_price, quantity * stock.price) AS total_price,
      coalesce(placed_at, decided_at) AS created_at,
      stock.sequence + count(*) FILTER (WHERE outcome = 'sold') OVER (ORDER BY place) AS sequence
    FROM judged
  ),
  sold AS (
    SELECT * FROM decided WHERE outcome = 'sold' ORDER BY place
  ),
  confirmed AS (
    UPDATE reservations SET status = 'CONFIRMED', confirmed_at = decided_at
    WHERE reservation_id = ANY (ARRAY(SELECT hold_id FROM sold))
  ),
  ordered AS (
    INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                        payment_method, transaction_id, call_id, created_at)
    SELECT order_id, hold_id, user_id, $1, quantity, total_price, 'CONFIRMED',
           payment_method, transaction_id, call_id, decided_at
    FROM sold
    ON CONFLICT (order_id) DO UPDATE SET status = 'CONFIRMED', reservation_id = excluded.reservation_id
  ),
  moved AS (
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, order_id, created_at)
    SELECT $1, sequence, 'SOLD', quantity, hold_id, user_id, order_id, decided_at FROM sold
  ),
  counted AS (
    UPDATE inventory i
    SET reserved_count = i.reserved_count - s.units,
        sold_count = i.sold_count + s.units,
        sequence = s.sequence,
        version = i.version + 1,
        updated_at = decided_at
    FROM (SELECT sum(quantity) AS units, max(sequence) AS sequence FROM sold) s
    WHERE i.sku_id = $1 AND s.units > 0
  )
  SELECT outcome, order_id, quantity, total_price::text, created_at, sequence
  FROM decided
  ORDER BY place;
END $$;
