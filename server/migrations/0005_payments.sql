-- One payment for each order that costs money. Order and payment are inserted together, both PENDING, before the provider
-- is asked, so the result of a call can be looked up after any failure.

CREATE TYPE payment_status AS ENUM ('PENDING', 'CHARGED', 'DECLINED', 'REFUNDED');

CREATE TABLE payments (
  -- The provider knows the payment by the same id.
  order_id    uuid PRIMARY KEY REFERENCES orders,
  -- PENDING: the result is not known yet. DECLINED: the provider took no money and never will.
  status      payment_status NOT NULL,
  amount      numeric(14, 2) NOT NULL,
  -- Time at which the reconciler takes it up (again). NULL: nothing is left to be done.
  next_try_at timestamptz,
  tries       integer NOT NULL DEFAULT 0,
  -- Number of checkouts that asked for this payment.
  calls       integer NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL
);
CREATE INDEX payments_to_do ON payments (next_try_at) WHERE next_try_at IS NOT NULL;

-- Settles the payment in the transaction that sells its order, and records the refund in the one that cancels it: the
-- payment of an order that is FAILED or CANCELLED has to go back.
CREATE FUNCTION payments_follow_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE payments p
  SET status = CASE o.status WHEN 'CONFIRMED' THEN 'CHARGED' ELSE p.status END,
      next_try_at = CASE o.status WHEN 'CONFIRMED' THEN NULL ELSE now() END,
      tries = 0
  FROM new_orders o
  WHERE p.order_id = o.order_id AND o.status IN ('CONFIRMED', 'CANCELLED', 'FAILED')
    AND p.status IN ('PENDING', 'CHARGED');
  RETURN NULL;
END $$;

CREATE TRIGGER orders_settle_payments AFTER UPDATE ON orders
  REFERENCING NEW TABLE AS new_orders FOR EACH STATEMENT EXECUTE FUNCTION payments_follow_orders();

-- Events that the provider's webhook has delivered, by its ids, kept for as long as their signatures would be accepted
-- again.
CREATE TABLE payment_events (
  event_id    varchar(100) PRIMARY KEY,
  received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payment_events_by_age ON payment_events (received_at);
