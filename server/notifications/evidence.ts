/** The query for the ledger's rows of what users were told, as JSON lines; $1 is a SKU, or NULL for all. */
export const NOTIFICATION_ROWS = `SELECT json_build_object(
     'row', 'notification', 'skuId', sku_id, 'kind', kind, 'userId', user_id,
     'sequence', CASE WHEN event_id LIKE '%/%' THEN substring(event_id FROM '\\d+$')::bigint END,
     'eventId', CASE WHEN event_id NOT LIKE '%/%' THEN event_id END)::text AS line
   FROM notifications WHERE sku_id IS NOT NULL AND ($1::text IS NULL OR sku_id = $1) ORDER BY position`;
