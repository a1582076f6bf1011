-- Gives the units of a batch of holds of one SKU back, in one statement: at their owners' wish, or because they lapsed.
--
-- $1 text     the SKU
-- $2 uuid[]   hold ids, each at most once in a batch
-- $3 uuid[]   the owners who ask (live holds are cancelled), or NULL in place of an owner (lapsed holds expire)
--
-- One row per request, in order:
--   outcome  released | not_found | expired | not_active
--            retry: the snapshot was older than a change of this hold; ask again
WITH stock AS (
  SELECT i.sku_id, i.sequence FROM inventory i WHERE i.sku_id = $1 FOR UPDATE
),
request AS (
  SELECT * FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS r (hold_id, user_id, place)
),
released AS (
  UPDATE reservations r
  SET status = CASE WHEN q.user_id IS NULL THEN 'EXPIRED' ELSE 'CANCELLED' END::reservation_status
  FROM request q CROSS JOIN stock
  WHERE r.reservation_id = ANY ($2) AND r.reservation_id = q.hold_id AND r.sku_id = stock.sku_id
    AND r.status = 'RESERVED'
    AND CASE WHEN q.user_id IS NULL THEN r.expires_at <= now()
             ELSE r.user_id = q.user_id AND r.expires_at > now() END
  RETURNING r.reservation_id, r.user_id, r.quantity, r.status, q.place
),
numbered AS (
  SELECT released.*, stock.sequence + row_number() OVER (ORDER BY released.place) AS sequence
  FROM released CROSS JOIN stock
),
counted AS (
  UPDATE inventory i
  SET reserved_count = i.reserved_count - n.quantity,
      available_count = i.available_count + n.quantity,
      sequence = n.sequence,
      version = i.version + 1,
      updated_at = now()
  FROM (SELECT sum(quantity) AS quantity, max(sequence) AS sequence FROM numbered) n
  WHERE i.sku_id = $1 AND n.quantity > 0
),
moved AS (
  INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
  SELECT $1, sequence, CASE status WHEN 'EXPIRED' THEN 'EXPIRED' ELSE 'RELEASED' END,
         quantity, reservation_id, now()
  FROM numbered
),
told AS (
  INSERT INTO outbox (topic, key, type, payload, created_at)
  SELECT event.topic, $1, coalesce(event.type, n.status::text),
         jsonb_build_object('skuId', $1, 'reservationId', n.reservation_id, 'userId', n.user_id,
                            'quantity', n.quantity, 'sequence', n.sequence),
         now()
  FROM numbered n
  CROSS JOIN (VALUES ('flash-sale-reservations', NULL),
                     ('flash-sale-inventory-updates', 'RELEASED')) AS event (topic, type)
  ORDER BY n.sequence
)
SELECT
  CASE
    WHEN n.place IS NOT NULL THEN 'released'
    WHEN r.reservation_id IS NULL THEN 'not_found'
    WHEN r.status = 'EXPIRED' OR (r.status = 'RESERVED' AND r.expires_at <= now()) THEN 'expired'
    WHEN r.status IN ('CONFIRMED', 'CANCELLED') THEN 'not_active'
    WHEN q.user_id IS NULL THEN 'not_active'
    ELSE 'retry'
  END AS outcome,
  n.sequence
FROM request q
LEFT JOIN numbered n ON n.place = q.place
LEFT JOIN reservations r
  ON r.reservation_id = ANY ($2) AND r.reservation_id = q.hold_id AND r.sku_id = $1
 AND (q.user_id IS NULL OR r.user_id = q.user_id)
ORDER BY q.place
