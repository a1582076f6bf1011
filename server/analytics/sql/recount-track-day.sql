-- Counts the tracks of one day anew. Nobody counts meanwhile: the lock waits until all who do have committed.
--
-- Parameters:
--   day        a day in UTC; one of which the tracks are not kept any more stays as it is
--   types      all types of tracks
--   shown_max  the most wrong counts that are shown
--
-- Result: one row; none for a day that is not kept
--   corrected  the number of counts that were wrong, missing or too many
--   shown      the first of them as JSON, by size, time, type and SKU: what was counted and what is stored, null for nothing
CREATE OR REPLACE FUNCTION recount_track_day(day date, types text[], shown_max int)
RETURNS TABLE (corrected bigint, shown json)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
  begins CONSTANT timestamptz := day::timestamp AT TIME ZONE 'UTC';
  ends CONSTANT timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
  LOCK TABLE bucket_counts IN SHARE ROW EXCLUSIVE MODE;
  IF day < (SELECT since FROM tracks_kept) THEN RETURN; END IF;

  CREATE TEMPORARY TABLE recounted ON COMMIT DROP AS
  SELECT s.size, date_trunc(s.size, t.occurred_at, 'UTC') AS at, t.type, coalesce(t.sku_id, '') AS sku_id,
    count(*) AS records, sum(t.weight) AS events, sum(t.weight::bigint * t.units)::bigint AS units
  FROM tracks t CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) s (size)
  WHERE t.occurred_at >= begins AND t.occurred_at < ends
  GROUP BY 1, 2, 3, 4;

  CREATE TEMPORARY TABLE differing ON COMMIT DROP AS
  WITH counted AS (
    SELECT * FROM bucket_counts WHERE at >= begins AND at < ends AND type = ANY (types)
  )
  SELECT size, at, type, sku_id,
    CASE WHEN c.records IS NOT NULL THEN
      json_build_object('records', c.records, 'events', c.events, 'units', c.units) END AS was_counted,
    CASE WHEN r.records IS NOT NULL THEN
      json_build_object('records', r.records, 'events', r.events, 'units', r.units) END AS is_stored
  FROM recounted r FULL JOIN counted c USING (size, at, type, sku_id)
  WHERE (r.records, r.events, r.units) IS DISTINCT FROM (c.records, c.events, c.units);

  IF EXISTS (SELECT FROM differing) THEN
    DELETE FROM bucket_counts WHERE at >= begins AND at < ends AND type = ANY (types);
    INSERT INTO bucket_counts (size, at, type, sku_id, records, events, units)
    SELECT size, at, type, sku_id, records, events, units FROM recounted;
  END IF;

  RETURN QUERY
  SELECT (SELECT count(*) FROM differing), (
    SELECT coalesce(json_agg(json_build_object(
      'bucket', d.size, 'at', to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'type', d.type, 'skuId', d.sku_id, 'counted', d.was_counted, 'stored', d.is_stored
    ) ORDER BY d.size, d.at, d.type, d.sku_id), '[]')
    FROM (SELECT * FROM differing ORDER BY size, at, type, sku_id LIMIT shown_max) d
  );
  DROP TABLE recounted, differing;
END $$;
