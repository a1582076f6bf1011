-- Sells a batch of live holds of one SKU to their owners and records the orders, in one statement.
--
-- $1 text     the SKU
-- $2 uuid[]   hold ids, each at most once in a batch
-- $3 uuid[]   users
-- $4 uuid[]   order ids, given by the callers
-- $5 text[]   payment methods
-- $6 text[]   transaction ids
-- $7 text[]   attempt ids or NULL
--
-- One row per request, in order:
--   outcome  sold | not_found | order_exists | expired | not_active
--            retry: the snapshot was older than a change of this hold; ask again
--
-- The inventory row is locked before any reservation, as every statement of the ledger does, so that no two of them
-- can wait for each other in a circle.
WITH stock AS (
  SELECT i.sku_id, i.sequence FROM inventory i WHERE i.sku_id = $1 FOR UPDATE
),
request AS (
  SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS r (hold_id, user_id, order_id, payment_method, transaction_id, attempt_id, place)
),
sold AS (
  UPDATE reservations r
  SET status = 'CONFIRMED', confirmed_at = now()
  FROM request q CROSS JOIN stock
  WHERE r.reservation_id = ANY ($2) AND r.reservation_id = q.hold_id
    AND r.user_id = q.user_id AND r.sku_id = stock.sku_id
    AND r.status = 'RESERVED' AND r.expires_at > now()
  RETURNING r.reservation_id, r.user_id, r.quantity, q.place
),
numbered AS (
  SELECT sold.*, q.order_id, q.payment_method, q.transaction_id, q.attempt_id,
         p.flash_sale_price * sold.quantity AS total_price,
         stock.sequence + row_number() OVER (ORDER BY sold.place) AS sequence
  FROM sold JOIN request q USING (place) CROSS JOIN stock JOIN products p ON p.sku_id = $1
),
ordered AS (
  INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                      payment_method, transaction_id, attempt_id, created_at)
  SELECT order_id, reservation_id, user_id, $1, quantity, total_price, 'CONFIRMED',
         payment_method, transaction_id, attempt_id, now()
  FROM numbered
),
counted AS (
  UPDATE inventory i
  SET reserved_count = i.reserved_count - n.quantity,
      sold_count = i.sold_count + n.quantity,
      sequence = n.sequence,
      version = i.version + 1,
      updated_at = now()
  FROM (SELECT sum(quantity) AS quantity, max(sequence) AS sequence FROM numbered) n
  WHERE i.sku_id = $1 AND n.quantity > 0
),
moved AS (
  INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
  SELECT $1, sequence, 'SOLD', quantity, reservation_id, now() FROM numbered
),
told AS (
  INSERT INTO outbox (topic, key, type, payload, created_at)
  SELECT event.topic, $1, event.type,
         jsonb_build_object('skuId', $1, 'reservationId', n.reservation_id, 'orderId', n.order_id,
                            'userId', n.user_id, 'quantity', n.quantity, 'sequence', n.sequence),
         now()
  FROM numbered n
  CROSS JOIN (VALUES ('flash-sale-reservations', 'CONFIRMED'),
                     ('flash-sale-inventory-updates', 'SOLD'),
                     ('flash-sale-orders', 'ORDER_CREATED')) AS event (topic, type)
  ORDER BY n.sequence
)
SELECT
  CASE
    WHEN n.place IS NOT NULL THEN 'sold'
    WHEN r.reservation_id IS NULL THEN 'not_found'
    WHEN r.status = 'CONFIRMED' THEN 'order_exists'
    WHEN r.status = 'EXPIRED' OR (r.status = 'RESERVED' AND r.expires_at <= now()) THEN 'expired'
    WHEN r.status = 'CANCELLED' THEN 'not_active'
    ELSE 'retry'
  END AS outcome,
  n.order_id, n.quantity, n.total_price::text AS total_price, now() AS created_at, n.sequence
FROM request q
LEFT JOIN numbered n ON n.place = q.place
LEFT JOIN reservations r
  ON r.reservation_id = ANY ($2) AND r.reservation_id = q.hold_id
 AND r.user_id = q.user_id AND r.sku_id = $1
ORDER BY q.place
