-- Decides a batch of attempts at one sale, in the order of the requests. Every accepted attempt is recorded together with
-- its event, or nothing of the batch is.
--
-- Parameters:
--   sale_id      the sale
--   attempt_ids  given by the callers
--   user_ids     each at most once in a batch
--   call_ids     the clients' ids of the calls, or NULL
--   topic        of the event that the worker consumes
--
-- Result: one row per request, in order
--   decision   accepted | already_attempted | already_purchased | already_reserved | sold_out
--              not_begun | over: the sale is not on at this time
--              off_sale: its product was taken off sale
--
-- The row lock is taken by a statement of its own, see server/stock/sql/hold.sql. Migration 0007 has room_for_attempts.
CREATE OR REPLACE FUNCTION accept_attempts(
  sale_id text, attempt_ids uuid[], user_ids uuid[], call_ids text[], topic text
)
RETURNS TABLE (decision text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  sku text;
  decided_at timestamptz;
BEGIN
  SELECT s.sku_id INTO sku FROM flash_sales s WHERE s.sale_id = $1 FOR NO KEY UPDATE;
  decided_at := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4) WITH ORDINALITY AS q (attempt_id, user_id, call_id, place)
  ),
  judged AS (
    SELECT q.*,
      CASE
        WHEN a.attempt_id IS NOT NULL THEN 'already_attempted'
        WHEN NOT i.is_on_sale OR i.sold_by <> 'flash-sale' THEN 'off_sale'
        WHEN decided_at < i.opens_at THEN 'not_begun'
        WHEN decided_at >= i.closes_at THEN 'over'
        WHEN r.status = 'CONFIRMED' THEN 'already_purchased'
        WHEN r.expires_at > decided_at THEN 'already_reserved'
      END AS refusal
    FROM request q
    JOIN inventory i ON i.sku_id = sku
    LEFT JOIN LATERAL (
      SELECT attempt_id FROM purchase_attempts WHERE sale_id = $1 AND user_id = q.user_id LIMIT 1
    ) a ON true
    LEFT JOIN LATERAL (
      SELECT status, expires_at FROM reservations
      WHERE user_id = q.user_id AND sku_id = sku AND status IN ('RESERVED', 'CONFIRMED') LIMIT 1
    ) r ON true
  ),
  decided AS (
    SELECT *, refusal IS NULL
      AND count(*) FILTER (WHERE refusal IS NULL) OVER (ORDER BY place) <= (SELECT room_for_attempts($1)) AS is_accepted
    FROM judged
  ),
  accepted AS (
    INSERT INTO purchase_attempts (attempt_id, sale_id, user_id, hold_id, call_id, created_at)
    SELECT attempt_id, $1, user_id, attempt_id, call_id, decided_at FROM decided WHERE is_accepted
  ),
  published AS (
    SELECT publish_events(
      ARRAY[$5], ARRAY['ATTEMPTED'],
      array_agg(user_id::text ORDER BY place),
      array_agg(jsonb_build_object(
        'attemptId', attempt_id, 'saleId', $1, 'skuId', sku, 'userId', user_id) ORDER BY place),
      decided_at)
    FROM decided WHERE is_accepted
  )
  SELECT CASE WHEN is_accepted THEN 'accepted' ELSE coalesce(refusal, 'sold_out') END
  FROM decided CROSS JOIN published
  ORDER BY place;
END $$;
