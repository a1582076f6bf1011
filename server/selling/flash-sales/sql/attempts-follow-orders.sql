-- Makes an attempt succeed in the transaction that sells its hold. An attempt that has failed cannot be sold any more, even by
-- a worker that was taken for dead and continues. The triggers are on inserts and updates of `orders`.
CREATE OR REPLACE FUNCTION attempts_follow_orders() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  -- Looked up in the index by every plan; most orders are of no flash sale.
  IF NOT EXISTS (SELECT FROM flash_sales WHERE sku_id = ANY (ARRAY(SELECT sku_id FROM new_orders))) THEN
    RETURN NULL;
  END IF;
  UPDATE purchase_attempts a SET status = 'SUCCESS', order_id = o.order_id, decided_at = o.created_at
  FROM new_orders o
  WHERE a.hold_id = o.reservation_id AND o.status = 'CONFIRMED' AND a.status = 'PENDING';
  IF EXISTS (
    SELECT FROM new_orders o JOIN purchase_attempts a ON a.hold_id = o.reservation_id WHERE a.status = 'FAILED'
  ) THEN
    RAISE EXCEPTION 'an attempt that has failed cannot buy' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
