-- Finds holds that have lapsed and are not swept yet, oldest first.
--
-- Parameters:
--   limit_holds  how many holds at most
--
-- Result: one row per SKU with such holds
--   sku_id    the SKU
--   hold_ids  its lapsed holds
CREATE OR REPLACE FUNCTION lapsed_holds(limit_holds int)
RETURNS TABLE (sku_id text, hold_ids uuid[])
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
  SELECT oldest.sku_id, array_agg(oldest.reservation_id)
  FROM (
    SELECT r.sku_id, r.reservation_id
    FROM reservations r
    WHERE r.status = 'RESERVED' AND r.expires_at <= now()
    ORDER BY r.expires_at
    LIMIT limit_holds
  ) oldest
  GROUP BY oldest.sku_id
  ORDER BY oldest.sku_id
$$;
