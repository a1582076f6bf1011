-- Places an order for each line of a basket and begins the one payment of all, or does nothing. See place-orders.sql, which
-- does this for lines that are bought alone.
--
-- Parameters:
--   basket_id
--   user_id         the owner who asks
--   order_ids       for the new orders, one for each line. The first pays for all
--   payment_method
--   transaction_id
--   call_id         the client's id of the call, or NULL
--   due_after_ms, way   as in place-orders.sql
--
-- Result: one row
--   outcome  begun | not_found | order_exists | sold_another_way | expired | not_active | not_placed, as in place-orders.sql
CREATE OR REPLACE FUNCTION place_basket(
  basket_id uuid, user_id uuid, order_ids uuid[], payment_method text, transaction_id text, call_id text,
  due_after_ms int, way way_of_selling
)
RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  refusal text;
  line_count int;
  placed int;
BEGIN
  SELECT count(*), (array_agg(l.refusal) FILTER (WHERE l.refusal IS NOT NULL))[1] INTO line_count, refusal
  FROM (
    SELECT CASE
        WHEN EXISTS (
          SELECT FROM orders o
          WHERE o.reservation_id = r.reservation_id AND o.status IN ('CONFIRMED', 'FULFILLED', 'CANCELLED')
        ) THEN 'order_exists'
        WHEN (SELECT sold_by FROM inventory i WHERE i.sku_id = r.sku_id) <> $8 THEN 'sold_another_way'
        WHEN r.status = 'EXPIRED' OR (r.status = 'RESERVED' AND r.expires_at <= now()) THEN 'expired'
        WHEN r.status <> 'RESERVED' THEN 'not_active'
      END AS refusal
    FROM reservations r WHERE r.basket_id = $1 AND r.user_id = $2
  ) l;
  IF line_count = 0 THEN RETURN 'not_found'; END IF;
  IF refusal IS NOT NULL THEN RETURN refusal; END IF;

  BEGIN
    WITH line AS (
      SELECT r.*, row_number() OVER (ORDER BY r.reservation_id) AS place,
        (SELECT flash_sale_price FROM products p WHERE p.sku_id = r.sku_id) * r.quantity AS amount
      FROM reservations r WHERE r.basket_id = $1 AND r.user_id = $2
    ),
    ordered AS (
      INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status, payment_method,
                          transaction_id, call_id, created_at, basket_id, payment_id)
      SELECT ($3)[place], reservation_id, $2, sku_id, quantity, amount, 'PENDING', $4,
             CASE place WHEN 1 THEN $5 ELSE ($3)[place]::text END, $6 || '.' || place, now(), $1,
             CASE WHEN place > 1 THEN ($3)[1] END
      FROM line
      ORDER BY reservation_id
      ON CONFLICT DO NOTHING
      RETURNING total_price
    ),
    paying AS (
      INSERT INTO payments (order_id, status, amount, way, next_try_at, created_at)
      SELECT ($3)[1], 'PENDING', sum(total_price), $8, now() + $7 * interval '1 millisecond', now() FROM ordered
      HAVING count(*) = line_count
    )
    SELECT count(*) INTO placed FROM ordered;
    IF placed < line_count THEN RAISE EXCEPTION USING ERRCODE = 'BA001'; END IF;
  EXCEPTION WHEN SQLSTATE 'BA001' THEN RETURN 'not_placed';
  END;
  RETURN 'begun';
END $$;
