-- Cancels all orders of a basket, or none. See cancel.sql, which decides them.
--
-- Parameters:
--   basket_id
--   user_id    the owner who asks
--
-- Result: one row per order that has not failed, in the order of their ids; none if this user has none in such a basket
--   outcome    as in cancel.sql. If it is `cancelled` for one order, it is for all; an order that alone would have been is
--              `not_alone`
--   hold_id, sku_id
--   moved, sequence   the stock movement, if there was one
CREATE OR REPLACE FUNCTION cancel_basket_lines(basket_id uuid, user_id uuid)
RETURNS TABLE (outcome text, hold_id uuid, sku_id text, moved text, sequence bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  line record;
  outcomes text[];
  moves text[];
  sequences bigint[];
BEGIN
  SELECT array_agg(o.order_id ORDER BY o.order_id) AS order_ids, array_agg(r.reservation_id ORDER BY o.order_id) AS hold_ids,
    array_agg(o.sku_id::text ORDER BY o.order_id) AS sku_ids, count(*)::int AS lines
  INTO line
  FROM reservations r
  CROSS JOIN LATERAL (
    SELECT order_id, sku_id FROM orders WHERE reservation_id = r.reservation_id AND status <> 'FAILED' LIMIT 1
  ) o
  WHERE r.basket_id = $1 AND r.user_id = $2;
  IF line.lines = 0 THEN RETURN; END IF;

  BEGIN
    SELECT array_agg(c.outcome ORDER BY c.place), array_agg(c.moved ORDER BY c.place), array_agg(c.sequence ORDER BY c.place)
    INTO outcomes, moves, sequences
    FROM cancel_batch(
      line.sku_ids, ARRAY(SELECT generate_series(1, line.lines)), line.order_ids, array_fill($2, ARRAY[line.lines])
    ) WITH ORDINALITY AS c (outcome, moved, sequence, place);
    IF array_remove(outcomes, 'cancelled') <> '{}' THEN RAISE EXCEPTION USING ERRCODE = 'BA001'; END IF;
  EXCEPTION WHEN SQLSTATE 'BA001' THEN
    outcomes := array_replace(outcomes, 'cancelled', 'not_alone');
  END;
  RETURN QUERY SELECT * FROM unnest(outcomes, line.hold_ids, line.sku_ids, moves, sequences);
END $$;
