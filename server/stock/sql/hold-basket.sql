-- Holds the units of all lines of a basket, or none. The lines are decided by hold_batch, which locks their SKUs in the order of
-- their ids, so that baskets and batches never wait for each other in a circle.
--
-- Parameters:
--   basket_id  given by the caller
--   sku_ids    the SKUs, each once
--   hold_ids, quantities, call_ids   of the lines, in the order of sku_ids
--   user_id    the buyer
--   ttl_ms, way   as in hold.sql
--
-- Result: the row of hold_batch, of which `others` are the lines that cannot be held. If there is one, none is held, unless all
-- of them were held before by the same basket
CREATE OR REPLACE FUNCTION hold_basket(
  basket_id uuid, sku_ids text[], hold_ids uuid[], user_id uuid, quantities int[], call_ids text[], ttl_ms int,
  way way_of_selling
)
RETURNS TABLE (held_at timestamptz, expires_at timestamptz, sequences text, others json)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
  lines CONSTANT int := cardinality($2);
  held record;
BEGIN
  BEGIN
    SELECT * INTO held FROM hold_batch(
      $2, ARRAY(SELECT generate_series(1, lines)), $3, array_fill($4, ARRAY[lines]), $5, $6, $7, $8);
    IF held.others IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'BA001'; END IF;
    UPDATE reservations r SET basket_id = $1 WHERE r.reservation_id = ANY ($3);
  -- The block takes back what hold_batch has written for the other lines.
  EXCEPTION WHEN SQLSTATE 'BA001' THEN NULL;
  END;
  RETURN QUERY SELECT held.held_at, held.expires_at, held.sequences, held.others;
END $$;
