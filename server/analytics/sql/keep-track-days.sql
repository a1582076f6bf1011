-- The partitions of tracks, one per day in UTC.

-- Makes the partitions of these days that are not there yet. A partition is made apart and then attached, because creating it in
-- its place would keep all who store tracks waiting.
CREATE OR REPLACE FUNCTION make_track_days(first date, last date) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  day date;
  partition text;
BEGIN
  FOR day IN
    SELECT d::date FROM generate_series(first::timestamp, last, '1 day') d
    WHERE to_regclass('tracks_' || to_char(d, 'YYYYMMDD')) IS NULL
  LOOP
    -- One session at a time; the others find the partition there.
    PERFORM pg_advisory_xact_lock(7313003);
    partition := 'tracks_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(partition) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE tracks)', partition);
    EXECUTE format('ALTER TABLE tracks ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition,
      to_char(day, 'YYYY-MM-DD"T00:00:00Z"'), to_char(day + 1, 'YYYY-MM-DD"T00:00:00Z"'));
  END LOOP;
END $$;

-- Drops the partitions of the days before this one, with the counts of their minutes and hours; those of days stay. Gives up
-- where it would have to wait for long, because everybody who stores tracks would wait behind it.
CREATE OR REPLACE FUNCTION drop_track_days(before date) RETURNS void
LANGUAGE plpgsql
SET lock_timeout = '2s'
AS $$
DECLARE
  partition text;
BEGIN
  IF before <= (SELECT since FROM tracks_kept) THEN RETURN; END IF;
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'tracks'::regclass AND c.relname < 'tracks_' || to_char(before, 'YYYYMMDD')
    ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE %I', partition);
  END LOOP;
  DELETE FROM bucket_counts
  WHERE size IN ('minute', 'hour') AND at < before::timestamp AT TIME ZONE 'UTC';
  UPDATE tracks_kept SET since = before;
END $$;
