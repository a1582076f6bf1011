import pg from 'pg';
import { TRACK_TYPES } from '../../src/protocol/analytics.ts';

const TYPES = TRACK_TYPES.map((type) => pg.escapeLiteral(type)).join(', ');

/** Queries for the rows of the ledger that tell of analytics, as JSON lines; $1 is a SKU, or NULL for all. */
export const analyticsQueries = {
  /** The stored tracks of each call that has an id. */
  track: `SELECT json_build_object(
     'row', 'track', 'skuId', sku_id, 'callId', call_id, 'userId', user_id, 'records', count(*),
     'callRecords', (SELECT count(*) FROM tracks c WHERE c.call_id = t.call_id AND c.user_id = t.user_id)
   )::text AS line
   FROM tracks t
   WHERE call_id IS NOT NULL AND sku_id IS NOT NULL AND ($1::text IS NULL OR sku_id = $1)
   GROUP BY sku_id, call_id, user_id ORDER BY sku_id, call_id`,

  /** Each count beside a recount of the stored tracks; the records of events of the queue are the movements. */
  bucket: `SELECT json_build_object(
     'row', 'bucket', 'skuId', sku_id, 'type', type, 'size', size,
     'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
     'records', coalesce(c.records, 0), 'events', coalesce(c.events, 0), 'units', coalesce(c.units, 0),
     'storedRecords', CASE WHEN type IN (${TYPES}) THEN coalesce(r.records, 0) END,
     'storedEvents', CASE WHEN type IN (${TYPES}) THEN coalesce(r.events, 0) END,
     'storedUnits', CASE WHEN type IN (${TYPES}) THEN coalesce(r.units, 0) END)::text AS line
   FROM (
     SELECT size, at, type, sku_id, records, events, units FROM bucket_counts
     WHERE sku_id <> '' AND ($1::text IS NULL OR sku_id = $1)
       AND at >= (SELECT since::timestamp AT TIME ZONE 'UTC' FROM tracks_kept)
   ) c
   FULL JOIN (
     SELECT s.size, date_trunc(s.size, occurred_at, 'UTC') AS at, type, sku_id, count(*) AS records,
       sum(weight) AS events, sum(weight::bigint * units) AS units
     FROM tracks CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) s (size)
     WHERE sku_id IS NOT NULL AND ($1::text IS NULL OR sku_id = $1)
     GROUP BY 1, 2, 3, 4
   ) r USING (size, at, type, sku_id)
   ORDER BY sku_id, type, size, at`,
};
