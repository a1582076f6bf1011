-- Stores the tracks of a batch of calls and counts them, all in one transaction. A track whose id the user has sent before is
-- neither stored nor counted again, and a call that names a SKU that does not exist stores nothing.
--
-- Parameters: one entry each per track
--   calls       the number of its call within the batch
--   user_ids, track_ids   what names it
--   times       when it happened; NULL for now
--   types, sku_ids, units, weights, details, call_ids   see the table
--
-- Result: one row per call
--   call         its number
--   stored       how many of its tracks are new
--   unknown_sku  a SKU that does not exist; then nothing of the call is stored
--
-- Ids and counts are written in one order by all, and every id before the first count, so that two batches cannot deadlock. The
-- statement waits for another one that stores the same id: it is answered when that one has committed.
CREATE OR REPLACE FUNCTION store_tracks(
  calls int[], user_ids uuid[], track_ids text[], times timestamptz[], types text[], sku_ids text[],
  units int[], weights int[], details jsonb[], call_ids text[]
)
RETURNS TABLE (call int, stored bigint, unknown_sku text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  received_at CONSTANT timestamptz := clock_timestamp();
BEGIN
  RETURN QUERY
  WITH sent AS (
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) WITH ORDINALITY
      AS s (call, user_id, track_id, occurred_at, type, sku_id, units, weight, details, call_id, place)
  ),
  wrong AS (
    SELECT s.call, min(s.sku_id) AS sku_id FROM sent s
    WHERE s.sku_id IS NOT NULL
      -- A subquery with a LIMIT is executed per row, by index.
      AND (SELECT true FROM inventory i WHERE i.sku_id = s.sku_id LIMIT 1) IS NULL
    GROUP BY s.call
  ),
  accepted AS (
    SELECT DISTINCT ON (s.user_id, s.track_id) s.* FROM sent s
    WHERE s.call NOT IN (SELECT w.call FROM wrong w)
    ORDER BY s.user_id, s.track_id, s.place
  ),
  fresh AS (
    INSERT INTO track_ids (user_id, track_id, received_at)
    SELECT a.user_id, a.track_id, received_at FROM accepted a ORDER BY a.user_id, a.track_id
    ON CONFLICT DO NOTHING
    RETURNING user_id, track_id
  ),
  kept AS (
    INSERT INTO tracks
      (occurred_at, received_at, user_id, track_id, type, sku_id, units, weight, details, call_id)
    SELECT coalesce(a.occurred_at, received_at), received_at, a.user_id, a.track_id, a.type, a.sku_id, a.units, a.weight,
      a.details, a.call_id
    FROM accepted a JOIN fresh f USING (user_id, track_id)
    RETURNING occurred_at, type, sku_id, units, weight
  ),
  counted AS (
    INSERT INTO bucket_counts AS b (size, at, type, sku_id, records, events, units)
    SELECT s.size, date_trunc(s.size, k.occurred_at, 'UTC'), k.type, coalesce(k.sku_id, ''),
      count(*), sum(k.weight), sum(k.weight::bigint * k.units)
    FROM kept k CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) s (size)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (size, at, type, sku_id) DO UPDATE
    SET records = b.records + excluded.records, events = b.events + excluded.events,
        units = b.units + excluded.units
  )
  SELECT s.call, count(f.track_id), min(w.sku_id)
  FROM (SELECT DISTINCT call FROM sent) s
  LEFT JOIN accepted a USING (call)
  LEFT JOIN fresh f USING (user_id, track_id)
  LEFT JOIN wrong w USING (call)
  GROUP BY s.call;
END $$;
