-- Settles payments in the transaction that sells their orders, and records the refund in the one that cancels them: the
-- payment of an order that is FAILED or CANCELLED has to go back. The trigger is on updates of `orders`.
--
-- A statement for each end, because both find their rows in the index whatever the plan: a join of the orders with the
-- payments compared every one with every other.
CREATE OR REPLACE FUNCTION payments_follow_orders() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
  sold uuid[];
  ended uuid[];
BEGIN
  SELECT array_agg(order_id) FILTER (WHERE status = 'CONFIRMED'),
    array_agg(order_id) FILTER (WHERE status IN ('CANCELLED', 'FAILED'))
  INTO sold, ended
  FROM new_orders;
  IF sold IS NOT NULL THEN
    UPDATE payments SET status = 'CHARGED', next_try_at = NULL, tries = 0
    WHERE order_id = ANY (sold) AND status IN ('PENDING', 'CHARGED');
  END IF;
  IF ended IS NOT NULL THEN
    UPDATE payments SET next_try_at = now(), tries = 0
    WHERE order_id = ANY (ended) AND status IN ('PENDING', 'CHARGED');
  END IF;
  RETURN NULL;
END $$;
