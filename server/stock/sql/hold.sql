-- Holds units of one SKU for a batch of buyers, in their order. A batch of one is a single buyer.
--
-- sku_id       the SKU
-- hold_ids     given by the callers
-- user_ids     each at most once in a batch
-- quantities
-- call_ids     or NULL
-- ttl_ms       time a hold lives
--
-- One row per request, in order; no row at all when the SKU is not on sale:
--   outcome    held | already_purchased | already_reserved | out_of_stock
--              held_before: this hold id is a live or sold hold of this buyer; nothing changes
--              lapsed: an ended hold of this buyer (hold_id) is still to be swept; sweep it, then ask again
--              retry:  there was not enough behind the requests before it, but one of those took nothing; ask again
--   hold_id, quantity, created_at, expires_at   the hold, when there is one
--   sequence   the hold's stock movement; of refusals, the last movement of the batch
--
-- The row lock comes in a statement of its own, because a statement sees what was committed when it began: the second
-- one begins with the lock in hand, so it decides on everything that happened before, and nothing happens meanwhile.
-- In a single statement the counts would be read under the lock, but the buyers' earlier holds from before the wait.
CREATE OR REPLACE FUNCTION hold_stock(
  sku_id text, hold_ids uuid[], user_ids uuid[], quantities int[], call_ids text[], ttl_ms int
)
RETURNS TABLE (
  outcome text, hold_id uuid, quantity int, created_at timestamptz, expires_at timestamptz, sequence bigint
)
LANGUAGE plpgsql
-- Batches are small and tables big, which the planner cannot know on the first day of a sale: always go by index.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  stock record;
  decided_at timestamptz;
BEGIN
  SELECT i.available_count AS available, i.sequence INTO stock
  FROM inventory i JOIN products p USING (sku_id)
  WHERE i.sku_id = $1 AND p.is_active
  FOR UPDATE OF i;
  IF NOT FOUND THEN RETURN; END IF;
  decided_at := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4, $5) WITH ORDINALITY
      AS r (hold_id, user_id, quantity, call_id, place)
  ),
  judged AS (
    SELECT q.*, r.reservation_id AS known_id, r.quantity AS known_quantity, r.created_at AS known_created_at,
      r.expires_at AS known_expires_at, r.sequence AS known_sequence,
      CASE
        WHEN r.reservation_id = q.hold_id THEN 'held_before'
        WHEN r.status = 'CONFIRMED' THEN 'already_purchased'
        WHEN r.expires_at <= decided_at THEN 'lapsed'
        WHEN r.status = 'RESERVED' THEN 'already_reserved'
        WHEN q.quantity > stock.available THEN 'out_of_stock'
      END AS settled
    FROM request q
    LEFT JOIN LATERAL (
      SELECT * FROM reservations
      WHERE user_id = q.user_id AND sku_id = $1 AND status IN ('RESERVED', 'CONFIRMED')
      LIMIT 1
    ) r ON true
  ),
  ranked AS (
    SELECT *, settled IS NULL
      AND sum(quantity) FILTER (WHERE settled IS NULL) OVER (ORDER BY place) <= stock.available AS is_taken
    FROM judged
  ),
  decided AS (
    SELECT *,
      stock.sequence + count(*) FILTER (WHERE is_taken) OVER (ORDER BY place) AS own_sequence,
      stock.sequence + count(*) FILTER (WHERE is_taken) OVER () AS last_sequence,
      stock.available - coalesce(sum(quantity) FILTER (WHERE is_taken) OVER (), 0) AS remaining
    FROM ranked
  ),
  taken AS (
    SELECT * FROM decided WHERE is_taken ORDER BY place
  ),
  held AS (
    INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at,
                              call_id, sequence)
    SELECT hold_id, user_id, $1, quantity, 'RESERVED', decided_at,
           decided_at + $6 * interval '1 millisecond', call_id, own_sequence
    FROM taken
  ),
  moved AS (
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
    SELECT $1, own_sequence, 'RESERVED', quantity, hold_id, decided_at FROM taken
  ),
  told AS (
    INSERT INTO outbox (topic, key, type, payload, created_at)
    SELECT event.topic, $1, event.type, change.payload, decided_at
    FROM (
      -- OFFSET 0 keeps the payload from being built once per event.
      SELECT own_sequence, jsonb_build_object(
        'skuId', $1, 'reservationId', hold_id, 'userId', user_id, 'quantity', quantity,
        'sequence', own_sequence) AS payload
      FROM taken OFFSET 0
    ) change
    CROSS JOIN (VALUES ('flash-sale-reservations', 'CREATED'),
                       ('flash-sale-inventory-updates', 'RESERVED')) AS event (topic, type)
    ORDER BY own_sequence
  ),
  counted AS (
    UPDATE inventory i
    SET available_count = i.available_count - t.units,
        reserved_count = i.reserved_count + t.units,
        sequence = t.sequence,
        version = i.version + 1,
        updated_at = decided_at
    FROM (SELECT sum(quantity) AS units, max(own_sequence) AS sequence FROM taken) t
    WHERE i.sku_id = $1 AND t.units > 0
  )
  SELECT
    CASE
      WHEN is_taken THEN 'held'
      WHEN settled IS NOT NULL THEN settled
      WHEN quantity > remaining THEN 'out_of_stock'
      ELSE 'retry'
    END,
    coalesce(known_id, hold_id),
    coalesce(known_quantity, quantity),
    coalesce(known_created_at, decided_at),
    coalesce(known_expires_at, decided_at + $6 * interval '1 millisecond'),
    CASE WHEN is_taken THEN own_sequence WHEN settled = 'held_before' THEN known_sequence ELSE last_sequence END
  FROM decided
  ORDER BY place;
END $$;
