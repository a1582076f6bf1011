-- Holds units of one SKU for a batch of buyers, in their order, in one statement. A batch of one is a single buyer.
--
-- $1 text     the SKU
-- $2 uuid[]   hold ids, given by the callers
-- $3 uuid[]   users, each at most once in a batch
-- $4 int[]    quantities
-- $5 text[]   attempt ids or NULL
-- $6 int      time a hold lives, milliseconds
--
-- One row per request, in order; no row at all when the SKU is not on sale:
--   outcome  held | already_purchased | already_reserved | out_of_stock
--            lapsed: an ended hold of this buyer is still to be swept (hold_id says which); sweep it, then ask again
--            retry:  decided against a state that others were changing; ask again
--   sequence the hold's stock movement; for refusals the last movement they were decided after
--
-- The statement's snapshot is older than the moment it gets the row lock. The locked row itself is read fresh, but a
-- duplicate that another process committed in between is invisible to `known`; only the unique index sees it, and
-- ON CONFLICT DO NOTHING turns that into `retry`. Retry is also the answer to whoever lost a place to an earlier
-- request that then took nothing: sold out is only said when what is left at the end cannot serve the request.
WITH stock AS (
  SELECT i.sku_id, i.available_count AS available, i.sequence
  FROM inventory i JOIN products p USING (sku_id)
  WHERE i.sku_id = $1 AND p.is_active
  FOR UPDATE OF i
),
request AS (
  SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[])
    WITH ORDINALITY AS r (hold_id, user_id, quantity, attempt_id, place)
),
-- What the buyer already has of this SKU: at most one row, by the unique index. A repeated hold id is its own answer.
known AS (
  SELECT q.place, r.reservation_id, r.status, r.quantity, r.created_at, r.expires_at,
         r.reservation_id = q.hold_id AS is_same,
         r.status = 'RESERVED' AND r.expires_at <= now() AS has_lapsed
  FROM request q
  JOIN reservations r ON r.user_id = q.user_id
  WHERE r.user_id = ANY ($3) AND r.sku_id = $1 AND r.status IN ('RESERVED', 'CONFIRMED')
),
eligible AS (
  SELECT q.*, sum(q.quantity) OVER (ORDER BY q.place) AS running_total
  FROM request q CROSS JOIN stock
  WHERE q.quantity <= stock.available
    AND NOT EXISTS (SELECT FROM known k WHERE k.place = q.place)
),
held AS (
  INSERT INTO reservations
    (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at, attempt_id)
  SELECT e.hold_id, e.user_id, stock.sku_id, e.quantity, 'RESERVED',
         now(), now() + $6 * interval '1 millisecond', e.attempt_id
  FROM eligible e CROSS JOIN stock
  WHERE e.running_total <= stock.available
  ORDER BY e.place
  ON CONFLICT DO NOTHING
  RETURNING reservation_id, user_id, quantity, created_at, expires_at
),
numbered AS (
  SELECT held.*, q.place,
         stock.sequence + row_number() OVER (ORDER BY q.place) AS sequence
  FROM held JOIN request q ON q.hold_id = held.reservation_id CROSS JOIN stock
),
after AS (
  SELECT stock.available - coalesce(sum(n.quantity), 0) AS available,
         stock.sequence + count(n.quantity) AS sequence,
         coalesce(sum(n.quantity), 0) AS taken
  FROM stock LEFT JOIN numbered n ON true
  GROUP BY stock.available, stock.sequence
),
counted AS (
  UPDATE inventory i
  SET available_count = i.available_count - after.taken,
      reserved_count = i.reserved_count + after.taken,
      sequence = after.sequence,
      version = i.version + 1,
      updated_at = now()
  FROM after
  WHERE i.sku_id = $1 AND after.taken > 0
),
moved AS (
  INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
  SELECT $1, sequence, 'RESERVED', quantity, reservation_id, created_at FROM numbered
),
told AS (
  INSERT INTO outbox (topic, key, type, payload, created_at)
  SELECT event.topic, $1, event.type,
         jsonb_build_object('skuId', $1, 'reservationId', n.reservation_id, 'userId', n.user_id,
                            'quantity', n.quantity, 'sequence', n.sequence),
         n.created_at
  FROM numbered n
  CROSS JOIN (VALUES ('flash-sale-reservations', 'CREATED'),
                     ('flash-sale-inventory-updates', 'RESERVED')) AS event (topic, type)
  ORDER BY n.sequence
)
SELECT
  CASE
    WHEN n.place IS NOT NULL OR (k.is_same AND NOT k.has_lapsed) THEN 'held'
    WHEN k.status = 'CONFIRMED' THEN 'already_purchased'
    WHEN k.has_lapsed THEN 'lapsed'
    WHEN k.place IS NOT NULL THEN 'already_reserved'
    WHEN q.quantity > after.available THEN 'out_of_stock'
    ELSE 'retry'
  END AS outcome,
  coalesce(n.reservation_id, k.reservation_id) AS hold_id,
  coalesce(n.quantity, k.quantity) AS quantity,
  coalesce(n.created_at, k.created_at) AS created_at,
  coalesce(n.expires_at, k.expires_at) AS expires_at,
  CASE
    WHEN n.place IS NOT NULL THEN n.sequence
    WHEN k.is_same THEN (SELECT m.sequence FROM stock_movements m
                         WHERE m.sku_id = $1 AND m.reservation_id = k.reservation_id
                         ORDER BY m.sequence LIMIT 1)
    ELSE after.sequence
  END AS sequence
FROM request q
CROSS JOIN after
LEFT JOIN numbered n ON n.place = q.place
LEFT JOIN known k ON k.place = q.place
ORDER BY q.place
