-- Cancels a batch of orders for their owners, of one SKU or of several. Sold units are returned; units that an unpaid order
-- still holds are released.
--
-- Parameters:
--   sku_ids    the SKUs, each once
--   skus       of each request, the place of its SKU in sku_ids, from 1
--   order_ids  each at most once in a batch
--   user_ids   the owners who ask
--
-- Result: one row per request, in order
--   outcome   cancelled
--             not_found: the order does not exist, is of another SKU, or is another user's
--             not_cancellable: it has failed, is cancelled already, or is fulfilled
--   moved     the kind of the stock movement: RETURNED | RELEASED; NULL when the hold of an unpaid order had ended before
--   sequence  the number of the stock movement, if there was one
--
-- The row locks are taken by statements of their own, in the order of the SKUs, see hold.sql. The orders are locked after
-- them, in the order of their ids, because other statements change an order under its own lock only, without the lock of its
-- SKU.
CREATE OR REPLACE FUNCTION cancel_batch(sku_ids text[], skus int[], order_ids uuid[], user_ids uuid[])
RETURNS TABLE (outcome text, moved text, sequence bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  -- The last movement of each SKU.
  last bigint[];
  decided_at timestamptz;
BEGIN
  SELECT array_agg(stock.sequence ORDER BY place) INTO last
  FROM (SELECT * FROM unnest($1) WITH ORDINALITY AS s (sku_id, place) ORDER BY sku_id) wanted_sku
  LEFT JOIN LATERAL (
    SELECT i.sequence FROM inventory i WHERE i.sku_id = wanted_sku.sku_id FOR UPDATE
  ) stock ON true;
  PERFORM FROM orders WHERE order_id = ANY ($3) ORDER BY order_id FOR UPDATE;
  decided_at := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4) WITH ORDINALITY AS q (sku, order_id, user_id, place)
  ),
  judged AS (
    SELECT q.*, o.reservation_id, r.quantity,
      CASE
        WHEN o.order_id IS NULL THEN 'not_found'
        WHEN o.status NOT IN ('PENDING', 'CONFIRMED') THEN 'not_cancellable'
        ELSE 'cancelled'
      END AS outcome,
      CASE
        WHEN o.status = 'CONFIRMED' THEN 'RETURNED'
        WHEN o.status = 'PENDING' AND r.status = 'RESERVED' AND r.expires_at > decided_at THEN 'RELEASED'
      END AS kind
    FROM request q
    LEFT JOIN LATERAL (
      SELECT * FROM orders WHERE order_id = q.order_id AND user_id = q.user_id AND sku_id = ($1)[q.sku] LIMIT 1
    ) o ON true
    LEFT JOIN LATERAL (
      SELECT * FROM reservations WHERE reservation_id = o.reservation_id LIMIT 1
    ) r ON true
  ),
  decided AS (
    SELECT *, last[sku] + count(kind) OVER (PARTITION BY sku ORDER BY place) AS own_sequence FROM judged
  ),
  freed AS (
    SELECT * FROM decided WHERE kind IS NOT NULL ORDER BY place
  ),
  cancelled AS (
    UPDATE orders SET status = 'CANCELLED'
    WHERE order_id = ANY (ARRAY(SELECT order_id FROM decided WHERE outcome = 'cancelled'))
  ),
  ended AS (
    UPDATE reservations SET status = 'CANCELLED'
    WHERE reservation_id = ANY (ARRAY(SELECT reservation_id FROM freed))
  ),
  moved AS (
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, order_id, created_at)
    SELECT ($1)[sku], own_sequence, kind, quantity, reservation_id, user_id, order_id, decided_at FROM freed
  ),
  -- A cancellation that moves units is told by its movement.
  published AS (
    SELECT publish_events(
      ARRAY['flash-sale-orders'], ARRAY['ORDER_CANCELLED'], array_agg(($1)[sku] ORDER BY place),
      array_agg(jsonb_build_object(
        'skuId', ($1)[sku], 'reservationId', reservation_id, 'orderId', order_id, 'userId', user_id,
        'quantity', quantity) ORDER BY place),
      decided_at)
    FROM decided WHERE outcome = 'cancelled' AND kind IS NULL
  ),
  counted AS (
    UPDATE inventory i
    SET sold_count = i.sold_count - f.returned,
        reserved_count = i.reserved_count - f.released,
        available_count = i.available_count + f.returned + f.released,
        sequence = f.sequence,
        version = i.version + 1,
        updated_at = decided_at
    FROM (
      SELECT ($1)[sku] AS sku_id, coalesce(sum(quantity) FILTER (WHERE kind = 'RETURNED'), 0) AS returned,
        coalesce(sum(quantity) FILTER (WHERE kind = 'RELEASED'), 0) AS released,
        max(own_sequence) AS sequence
      FROM freed
      GROUP BY sku
    ) f
    WHERE i.sku_id = ANY ($1) AND i.sku_id = f.sku_id
  )
  SELECT outcome, kind, CASE WHEN kind IS NOT NULL THEN own_sequence END
  FROM decided CROSS JOIN published
  ORDER BY place;
END $$;
