-- Sells all lines of a basket that one payment pays, or none. See confirm.sql, which decides them.
--
-- Parameters:
--   payment_id  the order of the first line, whose payment pays for all; all orders were placed before
--   user_id     the owner
--   way         the way in which the buyer buys
--
-- Result: one row per line, in the order of the order ids
--   outcome    as in confirm.sql. If it is `sold` for one line, it is for all, and all are sold
--   hold_id, sku_id
--   sequence   the stock movement, if sold
CREATE OR REPLACE FUNCTION confirm_basket(payment_id uuid, user_id uuid, way way_of_selling)
RETURNS TABLE (outcome text, hold_id uuid, sku_id text, sequence bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  line record;
  outcomes text[];
  sequences bigint[];
BEGIN
  -- Orders never change their SKUs, holds and ids, so they may be read without a lock.
  SELECT array_agg(o.order_id ORDER BY o.order_id) AS order_ids, array_agg(o.sku_id::text ORDER BY o.order_id) AS sku_ids,
    array_agg(o.reservation_id ORDER BY o.order_id) AS hold_ids, array_agg(o.user_id ORDER BY o.order_id) AS user_ids,
    array_agg(o.payment_method::text ORDER BY o.order_id) AS methods,
    array_agg(o.transaction_id::text ORDER BY o.order_id) AS transactions,
    array_agg(o.call_id::text ORDER BY o.order_id) AS call_ids, count(*)::int AS lines
  INTO line
  FROM (
    SELECT * FROM orders WHERE order_id = $1 AND user_id = $2
    UNION ALL
    SELECT * FROM orders WHERE payment_id = $1 AND user_id = $2
  ) o;
  IF line.lines = 0 THEN RETURN; END IF;

  BEGIN
    SELECT array_agg(c.outcome ORDER BY c.place), array_agg(c.sequence ORDER BY c.place) INTO outcomes, sequences
    FROM confirm_batch(
      line.sku_ids, ARRAY(SELECT generate_series(1, line.lines)), line.hold_ids, line.user_ids, line.order_ids,
      line.methods, line.transactions, line.call_ids, $3
    ) WITH ORDINALITY AS c (outcome, order_id, quantity, total_price, created_at, sequence, place);
    IF array_remove(outcomes, 'sold') <> '{}' THEN RAISE EXCEPTION USING ERRCODE = 'BA001'; END IF;
  EXCEPTION WHEN SQLSTATE 'BA001' THEN
    outcomes := array_replace(outcomes, 'sold', (array_remove(outcomes, 'sold'))[1]);
  END;
  RETURN QUERY SELECT * FROM unnest(outcomes, line.hold_ids, line.sku_ids, sequences);
END $$;
