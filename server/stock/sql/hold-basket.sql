-- Holds the units of all lines of a basket, or none. The lines are decided by hold_units, which locks their SKUs in the order of
-- their ids, so that baskets and batches never wait for each other in a circle.
--
-- Parameters:
--   basket_id  given by the caller
--   sku_ids    the SKUs, each once
--   hold_ids, quantities, call_ids   of the lines, in the order of sku_ids
--   user_id    the buyer
--   ttl_ms, way   as in hold.sql
--
-- Result: the row of hold_units, of which `others` are the lines that cannot be held. If there is one, none is held, unless all
-- of them were held before by the same basket
CREATE OR REPLACE FUNCTION hold_basket(
  basket_id uuid, sku_ids text[], hold_ids uuid[], user_id uuid, quantities int[], call_ids text[], ttl_ms int,
  way way_of_selling
)
RETURNS TABLE (held_at timestamptz, expires_at timestamptz, sequences text, others json)
LANGUAGE plpgsql
AS $$
BEGIN
  RETURN QUERY SELECT * FROM hold_units(
    $2, ARRAY(SELECT generate_series(1, cardinality($2))), $3, array_fill($4, ARRAY[cardinality($2)]), $5, $6, $7, $8, $1);
END $$;
