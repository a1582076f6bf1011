-- Baskets: lines of several SKUs that are held, bought, given back and cancelled together or not at all. A line is a hold and,
-- once it is bought, an order, like those of a single SKU; they say which basket they belong to.

-- Longer than the id of a call by the number of the line.
ALTER TABLE reservations ALTER COLUMN call_id TYPE varchar(104), ADD COLUMN basket_id uuid;
CREATE INDEX reservations_of_a_basket ON reservations (basket_id) WHERE basket_id IS NOT NULL;

ALTER TABLE orders ALTER COLUMN call_id TYPE varchar(104), ADD COLUMN basket_id uuid,
  -- One payment pays a basket: that of the order of its first line. The other orders name that order here, and have their own
  -- id as their transaction.
  ADD COLUMN payment_id uuid;
CREATE INDEX orders_of_a_payment ON orders (payment_id) WHERE payment_id IS NOT NULL;
