-- Takes a batch of orders of one SKU back at their owners' wish. Units that were sold are returned; those that an
-- unpaid order still holds are released.
--
-- sku_id      the SKU
-- order_ids   each at most once in a batch
-- user_ids    the owners who ask
--
-- One row per request, in order:
--   outcome    cancelled | not_found (absent, of another SKU, or another's) | not_cancellable (failed, cancelled, fulfilled)
--   moved      the kind of the stock movement: RETURNED | RELEASED; NULL when the hold of an unpaid order had ended before
--   sequence   its number, if there was one
--
-- The row locks come in statements of their own, see hold.sql. Whoever changes an order without the lock of its SKU
-- locks the order, so that is locked too.
CREATE OR REPLACE FUNCTION cancel_orders(sku_id text, order_ids uuid[], user_ids uuid[])
RETURNS TABLE (outcome text, moved text, sequence bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  stock record;
  decided_at timestamptz;
BEGIN
  SELECT i.sequence INTO stock FROM inventory i WHERE i.sku_id = $1 FOR UPDATE;
  PERFORM FROM orders WHERE order_id = ANY ($2) FOR UPDATE;
  decided_at := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3) WITH ORDINALITY AS q (order_id, user_id, place)
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
      SELECT * FROM orders WHERE order_id = q.order_id AND user_id = q.user_id AND sku_id = $1 LIMIT 1
    ) o ON true
    LEFT JOIN LATERAL (
      SELECT * FROM reservations WHERE reservation_id = o.reservation_id LIMIT 1
    ) r ON true
  ),
  decided AS (
    SELECT *, stock.sequence + count(kind) OVER (ORDER BY place) AS own_sequence FROM judged
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
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
    SELECT $1, own_sequence, kind, quantity, reservation_id, decided_at FROM freed
  ),
  told AS (
    INSERT INTO outbox (topic, key, type, payload, created_at)
    SELECT event.topic, $1, event.type, change.payload, decided_at
    FROM (
      -- OFFSET 0 keeps the payload from being built once per event.
      SELECT place, kind, jsonb_build_object(
        'skuId', $1, 'reservationId', reservation_id, 'orderId', order_id, 'userId', user_id,
        'quantity', quantity, 'sequence', CASE WHEN kind IS NOT NULL THEN own_sequence END) AS payload
      FROM decided WHERE outcome = 'cancelled' OFFSET 0
    ) change
    JOIN (VALUES ('flash-sale-reservations', 'CANCELLED', true),
                 ('flash-sale-inventory-updates', 'RELEASED', true),
                 ('flash-sale-orders', 'ORDER_CANCELLED', false)) AS event (topic, type, of_units)
      ON change.kind IS NOT NULL OR NOT event.of_units
    ORDER BY change.place
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
      SELECT coalesce(sum(quantity) FILTER (WHERE kind = 'RETURNED'), 0) AS returned,
        coalesce(sum(quantity) FILTER (WHERE kind = 'RELEASED'), 0) AS released,
        max(own_sequence) AS sequence
      FROM freed
    ) f
    WHERE i.sku_id = $1 AND f.sequence IS NOT NULL
  )
  SELECT outcome, kind, CASE WHEN kind IS NOT NULL THEN own_sequence END FROM decided ORDER BY place;
END $$;
