-- Holds units of one SKU for a batch of buyers, in the order of the requests. A batch of one is a single buyer.
--
-- Parameters:
--   sku_id      the SKU
--   hold_ids    given by the callers
--   user_ids    each at most once in a batch
--   quantities  units, at least 1
--   call_ids    the clients' ids of the calls, or NULL
--   ttl_ms      the time a hold lives
--   way         the way in which the buyers want the SKU; the units of a flash sale are those of accepted attempts
--
-- Result: one row; no row at all when the SKU is not on sale
--   held_at, expires_at   the times of the holds that were made
--   sequence  the last movement of the batch. The holds that were made have the numbers up to it, in order
--   others    the requests that made no hold, a JSON array; NULL when all made one, as nearly all batches do: the answer
--             is then as short for a crowd as for one. Each has
--     place     from 1
--     outcome   already_purchased | already_reserved | out_of_stock
--               held_before: this buyer has this very hold already, live or sold; nothing changes
--               sold_another_way: the SKU is sold in another way than this one
--               not_begun | over: the SKU is not sold at this time
--               over_limit: a buyer may not have so many units
--               lapsed: an earlier hold of this buyer has lapsed and is not swept yet; sweep it, then ask again
--               retry: the units were counted for earlier requests of the batch, and one of those took none; ask again
--     sequence  of a hold that was made before, its movement; of a refusal, the last movement of the batch
--     hold_id, quantity, held_at, expires_at   the hold that the buyer has, when there is one
--
-- The row lock is taken by a statement of its own, because a statement sees only what was committed when it began. The
-- second statement begins with the lock in hand: it sees all earlier decisions, and nothing changes meanwhile. A single
-- statement would read the counts under the lock, but the buyers' earlier holds as they were before it waited.
CREATE OR REPLACE FUNCTION hold_units(
  sku_id text, hold_ids uuid[], user_ids uuid[], quantities int[], call_ids text[], ttl_ms int,
  way way_of_selling
)
RETURNS TABLE (held_at timestamptz, expires_at timestamptz, sequence bigint, others json)
LANGUAGE plpgsql
-- Batches are small and tables are big, which the planner does not know on the first day of a sale. This makes it use
-- the indexes always.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  stock record;
  decided_at timestamptz;
  ruled_out text;
  wanted record;
BEGIN
  SELECT available_count AS available, sequence, sold_by, opens_at, closes_at, units_per_buyer INTO stock
  FROM inventory
  WHERE sku_id = $1 AND is_on_sale
  FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  decided_at := clock_timestamp();
  ruled_out := CASE
    WHEN stock.sold_by <> $7 THEN 'sold_another_way'
    -- An accepted attempt was in time.
    WHEN $7 = 'flash-sale' THEN NULL
    WHEN decided_at < stock.opens_at THEN 'not_begun'
    WHEN decided_at >= stock.closes_at THEN 'over'
  END;

  -- Nearly always all can have what they want. Then nothing has to be decided for each of them, which takes as long as the
  -- rest of the work.
  SELECT sum(q.quantity) AS units, max(q.quantity) AS most, count(r.hold_id) AS known, count(*) AS requests INTO wanted
  FROM unnest($3, $4) AS q (user_id, quantity)
  LEFT JOIN LATERAL (
    SELECT reservation_id AS hold_id FROM reservations
    WHERE user_id = q.user_id AND sku_id = $1 AND status IN ('RESERVED', 'CONFIRMED')
    LIMIT 1
  ) r ON true;
  IF ruled_out IS NULL AND wanted.known = 0 AND wanted.most <= stock.units_per_buyer
    AND wanted.units <= stock.available
  THEN
    INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at, call_id, sequence)
    SELECT hold_id, user_id, $1, quantity, 'RESERVED', decided_at, decided_at + $6 * interval '1 millisecond', call_id,
           stock.sequence + place
    FROM unnest($2, $3, $4, $5) WITH ORDINALITY AS q (hold_id, user_id, quantity, call_id, place);
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
    SELECT $1, stock.sequence + place, 'RESERVED', quantity, hold_id, user_id, decided_at
    FROM unnest($2, $3, $4) WITH ORDINALITY AS q (hold_id, user_id, quantity, place);
    UPDATE inventory
    SET available_count = available_count - wanted.units,
        reserved_count = reserved_count + wanted.units,
        sequence = stock.sequence + wanted.requests,
        version = version + 1,
        updated_at = decided_at
    WHERE sku_id = $1;
    RETURN QUERY SELECT decided_at, decided_at + $6 * interval '1 millisecond', stock.sequence + wanted.requests, NULL::json;
    RETURN;
  END IF;

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
        WHEN ruled_out IS NOT NULL THEN ruled_out
        WHEN q.quantity > stock.units_per_buyer THEN 'over_limit'
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
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
    SELECT $1, own_sequence, 'RESERVED', quantity, hold_id, user_id, decided_at FROM taken
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
  SELECT decided_at, decided_at + $6 * interval '1 millisecond', max(last_sequence),
    json_agg(json_build_object(
      'place', place,
      'outcome', CASE WHEN settled IS NOT NULL THEN settled WHEN quantity > remaining THEN 'out_of_stock' ELSE 'retry' END,
      'sequence', CASE WHEN settled = 'held_before' THEN known_sequence ELSE last_sequence END,
      'hold_id', known_id, 'quantity', known_quantity,
      -- As texts, because a time in JSON is written differently.
      'held_at', known_created_at::text, 'expires_at', known_expires_at::text
    )) FILTER (WHERE NOT is_taken)
  FROM decided;
END $$;
