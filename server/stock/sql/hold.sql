-- Holds units for a batch of buyers, of one SKU or of several, in the order of the requests. A batch of one is a single buyer.
--
-- Parameters:
--   sku_ids     the SKUs, each once
--   skus        of each request, the place of its SKU in sku_ids, from 1. The requests of a SKU stand together
--   hold_ids    given by the callers
--   user_ids    each at most once with a SKU
--   quantities  units, at least 1
--   call_ids    the clients' ids of the calls, or NULL
--   ttl_ms      the time a hold lives
--   way         the way in which the buyers want the SKUs; the units of a flash sale are those of accepted attempts
--   basket_id   the basket of which the requests are the lines, which are held together or not at all; NULL for buyers each of
--               whom has what they can get
--
-- Result: one row
--   held_at, expires_at   the times of the holds that were made
--   sequences  the last movement of each SKU before the batch, separated by commas, empty for one that is not on sale. The
--             holds of a SKU that were made have the numbers from there on, in order
--   others    the requests that made no hold, a JSON array; NULL when all made one, as nearly all batches do: the answer
--             is then as short for a crowd as for one. Each has
--     place     from 1
--     outcome   unknown_sku | already_purchased | already_reserved | out_of_stock
--               held_before: this buyer has this very hold already, live or sold; nothing changes
--               sold_another_way: the SKU is sold in another way than this one
--               not_begun | over: the SKU is not sold at this time
--               over_limit: a buyer may not have so many units
--               lapsed: an earlier hold of this buyer has lapsed and is not swept yet; sweep it, then ask again
--               retry: the units were counted for earlier requests of the batch, and one of those took none; ask again
--     sequence  of a hold that was made before, its movement; of a refusal, the last movement of its SKU in the batch
--     hold_id, quantity, held_at, expires_at   the hold that the buyer has, when there is one
--
-- Every statement that locks the rows of several SKUs locks them in the order of their ids, so that no two of them ever wait
-- for each other. The sorted subquery is read row by row, each row is locked as it is read, and later statements change only
-- rows that are locked already.
--
-- The row locks are taken by a statement of their own, because a statement sees only what was committed when it began. The
-- second statement begins with the locks in hand: it sees all earlier decisions, and nothing changes meanwhile. A single
-- statement would read the counts under the lock, but the buyers' earlier holds as they were before it waited.
CREATE OR REPLACE FUNCTION hold_units(
  sku_ids text[], skus int[], hold_ids uuid[], user_ids uuid[], quantities int[], call_ids text[], ttl_ms int,
  way way_of_selling, basket_id uuid
)
RETURNS TABLE (held_at timestamptz, expires_at timestamptz, sequences text, others json)
LANGUAGE plpgsql
-- Batches are small and tables are big, which the planner does not know on the first day of a sale. This makes it use
-- the indexes always.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  -- By the place of the SKU. NULL for one that is not on sale.
  available int[];
  last bigint[];
  sold_in way_of_selling[];
  opens timestamptz[];
  closes timestamptz[];
  most int[];
  decided_at timestamptz;
  ends_at timestamptz;
  wanted record;
BEGIN
  SELECT array_agg(available_count ORDER BY place), array_agg(sequence ORDER BY place), array_agg(sold_by ORDER BY place),
    array_agg(opens_at ORDER BY place), array_agg(closes_at ORDER BY place), array_agg(units_per_buyer ORDER BY place)
  INTO available, last, sold_in, opens, closes, most
  FROM (SELECT * FROM unnest($1) WITH ORDINALITY AS s (sku_id, place) ORDER BY sku_id) wanted_sku
  LEFT JOIN LATERAL (
    SELECT * FROM inventory i WHERE i.sku_id = wanted_sku.sku_id AND is_on_sale FOR UPDATE
  ) stock ON true;
  decided_at := clock_timestamp();
  ends_at := decided_at + $7 * interval '1 millisecond';

  -- Nearly always all can have what they want. Then nothing has to be decided for each of them, which takes as long as the
  -- rest of the work.
  SELECT
    bool_and(coalesce(
      known = 0 AND of_one <= most[sku] AND units <= available[sku] AND sold_in[sku] = $8
        -- An accepted attempt was in time.
        AND ($8 = 'flash-sale' OR (opens[sku] <= decided_at AND decided_at < closes[sku])),
      false)) AS is_granted,
    array_agg(units ORDER BY sku) AS units, array_agg(requests ORDER BY sku) AS requests,
    array_agg(before ORDER BY sku) AS before
  INTO wanted
  FROM (
    SELECT q.sku, sum(q.quantity) AS units, max(q.quantity) AS of_one, count(*) AS requests, min(q.place) - 1 AS before,
      count(r.hold_id) AS known
    FROM unnest($2, $4, $5) WITH ORDINALITY AS q (sku, user_id, quantity, place)
    LEFT JOIN LATERAL (
      SELECT reservation_id AS hold_id FROM reservations
      WHERE user_id = q.user_id AND sku_id = ($1)[q.sku] AND status IN ('RESERVED', 'CONFIRMED')
      LIMIT 1
    ) r ON true
    GROUP BY q.sku
  ) of_sku;

  IF wanted.is_granted THEN
    INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at, call_id, sequence,
                              basket_id)
    SELECT hold_id, user_id, ($1)[sku], quantity, 'RESERVED', decided_at, ends_at, call_id,
      last[sku] + place - (wanted.before)[sku], $9
    FROM unnest($2, $3, $4, $5, $6) WITH ORDINALITY AS q (sku, hold_id, user_id, quantity, call_id, place);
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
    SELECT ($1)[sku], last[sku] + place - (wanted.before)[sku], 'RESERVED', quantity, hold_id, user_id, decided_at
    FROM unnest($2, $3, $4, $5) WITH ORDINALITY AS q (sku, hold_id, user_id, quantity, place);
    -- Without a join: a plan for few SKUs would read all of them for each batch when there are many.
    UPDATE inventory i
    SET available_count = i.available_count - (wanted.units)[array_position($1, i.sku_id::text)],
        reserved_count = i.reserved_count + (wanted.units)[array_position($1, i.sku_id::text)],
        sequence = i.sequence + (wanted.requests)[array_position($1, i.sku_id::text)],
        version = i.version + 1,
        updated_at = decided_at
    WHERE i.sku_id = ANY ($1);
    RETURN QUERY SELECT decided_at, ends_at, array_to_string(last, ','), NULL::json;
    RETURN;
  END IF;

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4, $5, $6) WITH ORDINALITY
      AS r (sku, hold_id, user_id, quantity, call_id, place)
  ),
  judged AS (
    SELECT q.*, r.reservation_id AS known_id, r.quantity AS known_quantity, r.created_at AS known_created_at,
      r.expires_at AS known_expires_at, r.sequence AS known_sequence,
      CASE
        WHEN last[q.sku] IS NULL THEN 'unknown_sku'
        WHEN r.reservation_id = q.hold_id THEN 'held_before'
        WHEN sold_in[q.sku] <> $8 THEN 'sold_another_way'
        WHEN $8 <> 'flash-sale' AND decided_at < opens[q.sku] THEN 'not_begun'
        WHEN $8 <> 'flash-sale' AND decided_at >= closes[q.sku] THEN 'over'
        WHEN q.quantity > most[q.sku] THEN 'over_limit'
        WHEN r.status = 'CONFIRMED' THEN 'already_purchased'
        WHEN r.expires_at <= decided_at THEN 'lapsed'
        WHEN r.status = 'RESERVED' THEN 'already_reserved'
        WHEN q.quantity > available[q.sku] THEN 'out_of_stock'
      END AS settled
    FROM request q
    LEFT JOIN LATERAL (
      SELECT * FROM reservations
      WHERE user_id = q.user_id AND sku_id = ($1)[q.sku] AND status IN ('RESERVED', 'CONFIRMED')
      LIMIT 1
    ) r ON true
  ),
  ranked AS (
    SELECT *, settled IS NULL
      AND sum(quantity) FILTER (WHERE settled IS NULL) OVER (PARTITION BY sku ORDER BY place) <= available[sku] AS is_taken
    FROM judged
  ),
  decided AS (
    SELECT *,
      last[sku] + count(*) FILTER (WHERE is_taken) OVER (PARTITION BY sku ORDER BY place) AS own_sequence,
      last[sku] + count(*) FILTER (WHERE is_taken) OVER (PARTITION BY sku) AS last_sequence,
      available[sku] - coalesce(sum(quantity) FILTER (WHERE is_taken) OVER (PARTITION BY sku), 0) AS remaining
    FROM ranked
  ),
  taken AS (
    -- A line of the basket cannot be held, so none is.
    SELECT * FROM decided WHERE is_taken AND $9 IS NULL ORDER BY place
  ),
  held AS (
    INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at,
                              call_id, sequence)
    SELECT hold_id, user_id, ($1)[sku], quantity, 'RESERVED', decided_at, ends_at, call_id, own_sequence
    FROM taken
  ),
  moved AS (
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
    SELECT ($1)[sku], own_sequence, 'RESERVED', quantity, hold_id, user_id, decided_at FROM taken
  ),
  counted AS (
    UPDATE inventory i
    SET available_count = i.available_count - t.units,
        reserved_count = i.reserved_count + t.units,
        sequence = t.sequence,
        version = i.version + 1,
        updated_at = decided_at
    FROM (SELECT ($1)[sku] AS sku_id, sum(quantity) AS units, max(own_sequence) AS sequence FROM taken GROUP BY sku) t
    WHERE i.sku_id = ANY ($1) AND i.sku_id = t.sku_id
  )
  SELECT decided_at, ends_at, array_to_string(last, ',', ''),
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
