-- Places a batch of orders and begins their payments: all PENDING, until the provider has been asked.
--
-- Parameters:
--   order_ids        for the new orders
--   reservation_ids  each at most once in a batch
--   user_ids
--   sku_ids
--   quantities
--   amounts          prices of all units of an order together
--   payment_methods
--   transaction_ids
--   call_ids         the clients' ids of the calls, or NULL
--   due_after_ms     time after which the reconciler takes up a payment that nobody has settled
--   way              the way in which all of them buy
--
-- Result: one row for each order that was placed. The others were not, because the reservation has an order that did not
-- fail, or the buyer has used the transaction before
--   reservation_id
--   created_at
--
-- Rows are written in the order of their reservations, whatever the order of the requests: calls for one reservation that
-- come to two servers at the same time cannot make their batches wait for each other.
CREATE OR REPLACE FUNCTION place_orders(
  order_ids uuid[], reservation_ids uuid[], user_ids uuid[], sku_ids text[], quantities int[], amounts numeric[],
  payment_methods text[], transaction_ids text[], call_ids text[], due_after_ms int,
  way way_of_selling
)
RETURNS TABLE (reservation_id uuid, created_at timestamptz)
LANGUAGE plpgsql
-- As in server/stock/sql/hold.sql. It counts for foreign keys as well: the plan that looks a key up is kept by the
-- connection, and one that was made while a table had a few rows would read all of a big one for each row that is written.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH wanted AS (
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
      AS q (order_id, reservation_id, user_id, sku_id, quantity, amount, payment_method, transaction_id, call_id)
  ),
  placed AS (
    INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                        payment_method, transaction_id, call_id, created_at)
    SELECT order_id, reservation_id, user_id, sku_id, quantity, amount, 'PENDING',
           payment_method, transaction_id, call_id, now()
    FROM wanted
    ORDER BY reservation_id
    ON CONFLICT DO NOTHING
    RETURNING order_id, reservation_id, total_price, created_at
  ),
  begun AS (
    INSERT INTO payments (order_id, status, amount, way, next_try_at, created_at)
    SELECT order_id, 'PENDING', total_price, $11, created_at + $10 * interval '1 millisecond', created_at FROM placed
  )
  SELECT reservation_id, created_at FROM placed;
END $$;
