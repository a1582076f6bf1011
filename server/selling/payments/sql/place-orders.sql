-- Places orders for a batch of reservations and begins their payments: all PENDING, until the provider has been asked. An order
-- costs what its units cost at this moment.
--
-- Parameters:
--   order_ids        for the new orders
--   reservation_ids  each at most once in a batch
--   user_ids         the owners who ask
--   payment_methods
--   transaction_ids
--   call_ids         the clients' ids of the calls, or NULL
--   due_after_ms     time after which the reconciler takes up a payment that nobody has settled
--   way              the way in which all of them buy
--
-- Result: one row per request, in order
--   outcome  begun
--            not_found: the reservation does not exist, or is another user's
--            order_exists: it was paid for; an order whose payment is pending does not count
--            in_basket: it is bought with the other lines of its basket only
--            sold_another_way: its SKU is sold in another way than this one
--            expired: it has lapsed, swept or not
--            not_active: it was cancelled
--            not_placed: it has a PENDING order, or the buyer has used the transaction before
--   sku_id, quantity, total_price, created_at   of the order, if begun
--
-- Rows are written in the order of their reservations, whatever the order of the requests: calls for one reservation that
-- come to two servers at the same time cannot make their batches wait for each other.
CREATE OR REPLACE FUNCTION place_orders(
  order_ids uuid[], reservation_ids uuid[], user_ids uuid[], payment_methods text[], transaction_ids text[],
  call_ids text[], due_after_ms int, way way_of_selling
)
RETURNS TABLE (outcome text, sku_id text, quantity int, total_price text, created_at timestamptz)
LANGUAGE plpgsql
-- As in server/stock/sql/hold.sql. It counts for foreign keys as well: the plan that looks a key up is kept by the
-- connection, and one that was made while a table had a few rows would read all of a big one for each row that is written.
-- A subquery with a LIMIT is executed per row, by index: of EXISTS, or of a join, the planner may make a table of all orders.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY
      AS q (order_id, reservation_id, user_id, payment_method, transaction_id, call_id, place)
  ),
  judged AS (
    SELECT q.*, r.sku_id, r.quantity, p.flash_sale_price * r.quantity AS amount,
      CASE
        WHEN r.reservation_id IS NULL THEN 'not_found'
        WHEN o.is_paid THEN 'order_exists'
        WHEN r.basket_id IS NOT NULL THEN 'in_basket'
        WHEN i.sold_by <> $8 THEN 'sold_another_way'
        WHEN r.status = 'EXPIRED' OR (r.status = 'RESERVED' AND r.expires_at <= now()) THEN 'expired'
        WHEN r.status <> 'RESERVED' THEN 'not_active'
        ELSE 'begun'
      END AS outcome
    FROM request q
    LEFT JOIN LATERAL (
      SELECT * FROM reservations WHERE reservation_id = q.reservation_id AND user_id = q.user_id LIMIT 1
    ) r ON true
    LEFT JOIN LATERAL (SELECT flash_sale_price FROM products WHERE sku_id = r.sku_id LIMIT 1) p ON true
    LEFT JOIN LATERAL (SELECT sold_by FROM inventory WHERE sku_id = r.sku_id LIMIT 1) i ON true
    LEFT JOIN LATERAL (
      SELECT true AS is_paid FROM orders
      WHERE reservation_id = r.reservation_id AND status IN ('CONFIRMED', 'FULFILLED', 'CANCELLED')
      LIMIT 1
    ) o ON true
  ),
  placed AS (
    INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                        payment_method, transaction_id, call_id, created_at)
    SELECT order_id, reservation_id, user_id, sku_id, quantity, amount, 'PENDING',
           payment_method, transaction_id, call_id, now()
    FROM judged
    WHERE outcome = 'begun'
    ORDER BY reservation_id
    ON CONFLICT DO NOTHING
    RETURNING order_id, reservation_id, total_price, created_at
  ),
  begun AS (
    INSERT INTO payments (order_id, status, amount, way, next_try_at, created_at)
    SELECT order_id, 'PENDING', total_price, $8, created_at + $7 * interval '1 millisecond', created_at FROM placed
  )
  SELECT CASE WHEN j.outcome = 'begun' AND p.order_id IS NULL THEN 'not_placed' ELSE j.outcome END,
    j.sku_id::text, j.quantity, p.total_price::text, p.created_at
  FROM judged j LEFT JOIN placed p USING (reservation_id)
  ORDER BY j.place;
END $$;
