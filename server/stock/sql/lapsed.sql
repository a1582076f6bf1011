-- Holds that have lapsed and are still to be swept, oldest first, by SKU.
--
-- $1 int   holds at the most
--
-- One row per SKU: sku_id, hold_ids
SELECT sku_id, array_agg(reservation_id) AS hold_ids
FROM (
  SELECT sku_id, reservation_id
  FROM reservations
  WHERE status = 'RESERVED' AND expires_at <= now()
  ORDER BY expires_at
  LIMIT $1
) oldest
GROUP BY sku_id
ORDER BY sku_id
