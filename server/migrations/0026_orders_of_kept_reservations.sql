-- An order is written with its reservation at hand, and a payment with its order. Their foreign keys looked each of them up
-- again, and locked its row, for every order: a sixth of what PostgreSQL spent on a purchase. Instead, what is referred to is
-- kept: reservations always, as the rows of the inventory are, and orders as long as they have a payment.

ALTER TABLE orders DROP CONSTRAINT orders_reservation_id_fkey, DROP CONSTRAINT orders_sku_id_fkey;
CREATE TRIGGER reservations_are_kept
  BEFORE DELETE OR TRUNCATE OR UPDATE OF reservation_id, sku_id ON reservations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

ALTER TABLE payments DROP CONSTRAINT payments_order_id_fkey;
CREATE FUNCTION keep_paid_orders() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
  IF EXISTS (SELECT FROM payments WHERE order_id = ANY (ARRAY(SELECT order_id FROM old_orders))) THEN
    RAISE EXCEPTION 'orders with a payment are kept';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_with_a_payment_are_kept AFTER DELETE ON orders
  REFERENCING OLD TABLE AS old_orders FOR EACH STATEMENT EXECUTE FUNCTION keep_paid_orders();
CREATE TRIGGER orders_keep_their_ids
  BEFORE TRUNCATE OR UPDATE OF order_id, sku_id ON orders
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

-- One order of a reservation stands; those that failed have their own id here. The index names no status, as that before did:
-- so an order that is paid stays where it is in all indexes, if its page has room for its next version.
ALTER TABLE orders ADD COLUMN failed_id uuid GENERATED ALWAYS AS (CASE WHEN status = 'FAILED' THEN order_id END) STORED;
DROP INDEX orders_one_per_reservation;
CREATE UNIQUE INDEX orders_one_per_reservation ON orders (reservation_id, failed_id) NULLS NOT DISTINCT;
ALTER TABLE orders SET (fillfactor = 50);
