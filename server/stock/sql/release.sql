-- Gives the units of a batch of holds back, of one SKU or of several, because their owners ask for it or because the holds
-- lapsed.
--
-- Parameters:
--   sku_ids   the SKUs, each once
--   skus      of each request, the place of its SKU in sku_ids, from 1
--   hold_ids  each at most once in a batch
--   user_ids  the owners who ask: live holds are cancelled. NULL for the sweeper: lapsed holds expire
--
-- Result: one row per request, in order
--   outcome   released | expired | not_active
--             not_found: the hold does not exist, is of another SKU, or is another user's
--   sequence  the stock movement, if released
--
-- The row locks are taken by a statement of their own, in the order of the SKUs, see hold.sql.
CREATE OR REPLACE FUNCTION release_batch(sku_ids text[], skus int[], hold_ids uuid[], user_ids uuid[])
RETURNS TABLE (outcome text, sequence bigint)
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
  is_expiry CONSTANT boolean := $4 IS NULL;
  ending CONSTANT reservation_status := CASE WHEN is_expiry THEN 'EXPIRED' ELSE 'CANCELLED' END;
BEGIN
  SELECT array_agg(stock.sequence ORDER BY place) INTO last
  FROM (SELECT * FROM unnest($1) WITH ORDINALITY AS s (sku_id, place) ORDER BY sku_id) wanted_sku
  LEFT JOIN LATERAL (
    SELECT i.sequence FROM inventory i WHERE i.sku_id = wanted_sku.sku_id FOR UPDATE
  ) stock ON true;
  decided_at := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4) WITH ORDINALITY AS q (sku, hold_id, user_id, place)
  ),
  judged AS (
    SELECT q.sku, q.hold_id, r.user_id, r.quantity, q.place,
      CASE
        WHEN r.reservation_id IS NULL THEN 'not_found'
        WHEN r.status = 'EXPIRED' THEN 'expired'
        WHEN r.status <> 'RESERVED' THEN 'not_active'
        WHEN r.expires_at <= decided_at AND NOT is_expiry THEN 'expired'
        WHEN r.expires_at > decided_at AND is_expiry THEN 'not_active'
        ELSE 'released'
      END AS outcome
    FROM request q
    LEFT JOIN LATERAL (
      SELECT * FROM reservations
      WHERE reservation_id = q.hold_id AND sku_id = ($1)[q.sku] AND (is_expiry OR user_id = q.user_id)
      LIMIT 1
    ) r ON true
  ),
  decided AS (
    SELECT *,
      last[sku] + count(*) FILTER (WHERE outcome = 'released') OVER (PARTITION BY sku ORDER BY place) AS sequence
    FROM judged
  ),
  released AS (
    SELECT * FROM decided WHERE outcome = 'released' ORDER BY place
  ),
  ended AS (
    UPDATE reservations SET status = ending
    WHERE reservation_id = ANY (ARRAY(SELECT hold_id FROM released))
  ),
  moved AS (
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
    SELECT ($1)[sku], sequence, CASE WHEN is_expiry THEN 'EXPIRED' ELSE 'RELEASED' END,
           quantity, hold_id, user_id, decided_at
    FROM released
  ),
  counted AS (
    UPDATE inventory i
    SET reserved_count = i.reserved_count - r.units,
        available_count = i.available_count + r.units,
        sequence = r.sequence,
        version = i.version + 1,
        updated_at = decided_at
    FROM (SELECT ($1)[sku] AS sku_id, sum(quantity) AS units, max(sequence) AS sequence FROM released GROUP BY sku) r
    WHERE i.sku_id = ANY ($1) AND i.sku_id = r.sku_id
  )
  SELECT outcome, sequence FROM decided ORDER BY place;
END $$;
