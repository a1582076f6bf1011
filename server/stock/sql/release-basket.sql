-- Gives the units of all lines of a basket back, or none. See release.sql, which decides them.
--
-- Parameters:
--   basket_id
--   user_id    the owner who asks
--
-- Result: one row per line, in the order of the holds; none if this user has no such basket
--   outcome    as in release.sql. If it is `released` for one line, it is for all
--   hold_id, sku_id
--   sequence   the stock movement, if released
CREATE OR REPLACE FUNCTION release_basket(basket_id uuid, user_id uuid)
RETURNS TABLE (outcome text, hold_id uuid, sku_id text, sequence bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  line record;
  outcomes text[];
  sequences bigint[];
BEGIN
  SELECT array_agg(reservation_id ORDER BY reservation_id) AS hold_ids,
    array_agg(sku_id::text ORDER BY reservation_id) AS sku_ids, count(*)::int AS lines
  INTO line
  FROM reservations WHERE basket_id = $1 AND user_id = $2;
  IF line.lines = 0 THEN RETURN; END IF;

  BEGIN
    SELECT array_agg(r.outcome ORDER BY r.place), array_agg(r.sequence ORDER BY r.place) INTO outcomes, sequences
    FROM release_batch(
      line.sku_ids, ARRAY(SELECT generate_series(1, line.lines)), line.hold_ids, array_fill($2, ARRAY[line.lines])
    ) WITH ORDINALITY AS r (outcome, sequence, place);
    IF array_remove(outcomes, 'released') <> '{}' THEN RAISE EXCEPTION USING ERRCODE = 'BA001'; END IF;
  EXCEPTION WHEN SQLSTATE 'BA001' THEN
    outcomes := array_replace(outcomes, 'released', (array_remove(outcomes, 'released'))[1]);
  END;
  RETURN QUERY SELECT * FROM unnest(outcomes, line.hold_ids, line.sku_ids, sequences);
END $$;
