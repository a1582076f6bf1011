-- Counts the tracks of one day anew. Nobody counts meanwhile: the lock waits until all who do have committed.
--
-- Parameters:
--   day    a day in UTC; one of which the tracks are not kept any more stays as it is
--   types  all types of tracks
--
-- Result: the number of counts that were wrong, missing or too many; NULL for a day that is not kept
CREATE OR REPLACE FUNCTION recount_tracks(day date, types text[]) RETURNS bigint
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
  begins CONSTANT timestamptz := day::timestamp AT TIME ZONE 'UTC';
  ends CONSTANT timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
  corrected bigint;
BEGIN
  LOCK TABLE bucket_counts IN SHARE ROW EXCLUSIVE MODE;
  IF day < (SELECT since FROM tracks_kept) THEN RETURN NULL; END IF;

  CREATE TEMPORARY TABLE recounted ON COMMIT DROP AS
  SELECT s.size, date_trunc(s.size, t.occurred_at, 'UTC') AS at, t.type, coalesce(t.sku_id, '') AS sku_id,
    count(*) AS records, sum(t.weight) AS events, sum(t.weight::bigint * t.units)::bigint AS units
  FROM tracks t CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) s (size)
  WHERE t.occurred_at >= begins AND t.occurred_at < ends
  GROUP BY 1, 2, 3, 4;

  WITH counted AS (
    SELECT * FROM bucket_counts WHERE at >= begins AND at < ends AND type = ANY (types)
  )
  SELECT count(*) INTO corrected
  FROM recounted r FULL JOIN counted c USING (size, at, type, sku_id)
  WHERE (r.records, r.events, r.units) IS DISTINCT FROM (c.records, c.events, c.units);

  IF corrected > 0 THEN
    DELETE FROM bucket_counts WHERE at >= begins AND at < ends AND type = ANY (types);
    INSERT INTO bucket_counts (size, at, type, sku_id, records, events, units)
    SELECT size, at, type, sku_id, records, events, units FROM recounted;
  END IF;
  DROP TABLE recounted;
  RETURN corrected;
END $$;
