-- Reads a batch of reservations as checkouts need them. A price is that of all units together.
--
-- Parameters:
--   reservation_ids
--   user_ids         the owners who ask
--
-- Result: one row per request, in order; all NULL for a reservation that does not exist, or is another user's
--   status       EXPIRED as soon as it has lapsed
--   sold_by      the way in which its SKU is sold
--   has_order    true when it was paid for; an order whose payment is pending does not count
CREATE OR REPLACE FUNCTION reservations_to_check_out(reservation_ids uuid[], user_ids uuid[])
RETURNS TABLE (
  sku_id text, quantity int, status text, sold_by text, total_price text, has_order boolean
)
LANGUAGE plpgsql STABLE
-- As in server/stock/sql/hold.sql. A subquery with a LIMIT is executed per row, by index: of EXISTS, or of a join, the
-- planner may make a table of all orders.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.sku_id::text, r.quantity,
    CASE WHEN r.status = 'RESERVED' AND r.expires_at <= now() THEN 'EXPIRED' ELSE r.status::text END,
    i.sold_by::text, (p.flash_sale_price * r.quantity)::text, o.is_there IS NOT NULL
  FROM unnest($1, $2) WITH ORDINALITY AS q (reservation_id, user_id, place)
  LEFT JOIN LATERAL (
    SELECT * FROM reservations WHERE reservation_id = q.reservation_id AND user_id = q.user_id LIMIT 1
  ) r ON true
  LEFT JOIN LATERAL (SELECT flash_sale_price FROM products WHERE sku_id = r.sku_id LIMIT 1) p ON true
  LEFT JOIN LATERAL (SELECT sold_by FROM inventory WHERE sku_id = r.sku_id LIMIT 1) i ON true
  LEFT JOIN LATERAL (
    SELECT true AS is_there FROM orders
    WHERE reservation_id = r.reservation_id AND status IN ('CONFIRMED', 'FULFILLED', 'CANCELLED')
    LIMIT 1
  ) o ON true
  ORDER BY q.place;
END $$;
