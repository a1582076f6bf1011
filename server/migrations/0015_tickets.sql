-- Tickets of shows. A ticket type is a SKU, a ticket is one unit of it, and a purchase is an order.
--
-- Servers of the version before call a function that is dropped here: they must be stopped before this version starts.

ALTER TYPE way_of_selling ADD VALUE 'tickets';

-- The way in which the payment buys: units that it holds again are held in the same way.
ALTER TABLE payments ADD COLUMN way way_of_selling NOT NULL DEFAULT 'reservations';
-- `migrate.ts` creates it with the way as one more parameter.
DROP FUNCTION IF EXISTS place_orders(
  uuid[], uuid[], uuid[], text[], int[], numeric[], text[], text[], text[], int
);

CREATE TABLE ticket_types (
  -- Price and capacity are those of this SKU.
  ticket_type_id  varchar(64) PRIMARY KEY REFERENCES products (sku_id),
  show_id         uuid NOT NULL REFERENCES shows,
  name            varchar(100) NOT NULL,
  opens_at        timestamptz NOT NULL,
  closes_at       timestamptz NOT NULL CHECK (closes_at > opens_at),
  units_per_buyer integer NOT NULL CHECK (units_per_buyer > 0),
  created_at      timestamptz NOT NULL
);
CREATE INDEX ticket_types_of_a_show ON ticket_types (show_id);

CREATE FUNCTION stock_follows_ticket_types() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE inventory i
  SET sold_by = 'tickets', opens_at = t.opens_at, closes_at = t.closes_at, units_per_buyer = t.units_per_buyer,
      version = i.version + 1, updated_at = now()
  FROM new_types t WHERE i.sku_id = t.ticket_type_id;
  RETURN NULL;
END $$;
CREATE TRIGGER ticket_types_rule_stock AFTER INSERT ON ticket_types
  REFERENCING NEW TABLE AS new_types FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_ticket_types();
CREATE TRIGGER ticket_types_rule_stock_again AFTER UPDATE ON ticket_types
  REFERENCING NEW TABLE AS new_types FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_ticket_types();

-- The units of a ticket type are sold in no flash sale either.
CREATE OR REPLACE FUNCTION stock_follows_flash_sales() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stock inventory%ROWTYPE;
BEGIN
  SELECT * INTO stock FROM inventory WHERE sku_id = NEW.sku_id FOR UPDATE;
  IF stock.sold_by NOT IN ('reservations', 'flash-sale') THEN
    RAISE EXCEPTION '% is sold in another way', NEW.sku_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_sales_sell_products';
  END IF;
  IF stock.sold_by = 'reservations' AND stock.reserved_count > 0 THEN
    RAISE EXCEPTION 'units of % are reserved', NEW.sku_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_sales_begin_without_holds';
  END IF;
  UPDATE inventory
  SET sold_by = 'flash-sale', opens_at = NEW.start_time, closes_at = NEW.end_time, units_per_buyer = 1,
      version = version + 1, updated_at = now()
  WHERE sku_id = NEW.sku_id;
  RETURN NULL;
END $$;

CREATE TABLE tickets (
  ticket_id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  ticket_type_id        varchar(64) NOT NULL REFERENCES ticket_types,
  user_id               uuid NOT NULL,
  order_id              uuid NOT NULL REFERENCES orders,
  -- Counts the tickets of the order from 1.
  number                integer NOT NULL,
  issued_at             timestamptz NOT NULL,
  checked_in_at         timestamptz,
  checked_in_by         uuid,
  gate                  varchar(100),
  checked_in_by_call_id varchar(100),
  -- Id of the check-in, given by the call that made it.
  check_in_id           uuid,
  UNIQUE (order_id, number),
  CHECK ((checked_in_at IS NULL) = (checked_in_by IS NULL))
);
CREATE INDEX tickets_of_a_user ON tickets (user_id, order_id, number);
CREATE INDEX tickets_checked_in ON tickets (ticket_type_id) WHERE checked_in_at IS NOT NULL;

-- Issues a ticket for each unit in the transaction that sells it, for every flow and strategy, and tells of tickets that
-- were bought or cancelled. The status of an order is that of its tickets, so a cancelled order leaves no valid one.
CREATE FUNCTION tickets_follow_orders() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  -- Looked up in the index by every plan. A subquery with a LIMIT is executed per row, by index.
  IF NOT EXISTS (
    SELECT FROM ticket_types WHERE ticket_type_id = ANY (ARRAY(SELECT sku_id FROM new_orders))
  ) THEN RETURN NULL; END IF;

  -- A confirmed order without tickets has just been confirmed; a cancelled one with tickets has just been cancelled.
  PERFORM publish_events(
    ARRAY['flashsale.tickets'], ARRAY[told.type], array_agg(told.sku_id ORDER BY told.order_id),
    array_agg(told.payload ORDER BY told.order_id), clock_timestamp())
  FROM (
    SELECT CASE o.status WHEN 'CONFIRMED' THEN 'ticket.purchased' ELSE 'ticket.cancelled' END AS type,
      o.order_id, o.sku_id::text AS sku_id,
      jsonb_build_object('skuId', o.sku_id, 'showId', t.show_id, 'orderId', o.order_id, 'userId', o.user_id,
                         'quantity', o.quantity) AS payload
    FROM new_orders o JOIN ticket_types t ON t.ticket_type_id = o.sku_id
    WHERE o.status IN ('CONFIRMED', 'CANCELLED')
      AND (o.status = 'CONFIRMED')
        = ((SELECT true FROM tickets k WHERE k.order_id = o.order_id LIMIT 1) IS NULL)
  ) told
  GROUP BY told.type;

  INSERT INTO tickets (ticket_type_id, user_id, order_id, number, issued_at)
  SELECT o.sku_id, o.user_id, o.order_id, number, clock_timestamp()
  FROM new_orders o
  JOIN ticket_types t ON t.ticket_type_id = o.sku_id
  CROSS JOIN LATERAL generate_series(1, o.quantity) number
  WHERE o.status = 'CONFIRMED'
    AND (SELECT true FROM tickets k WHERE k.order_id = o.order_id LIMIT 1) IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_issue_tickets AFTER INSERT ON orders
  REFERENCING NEW TABLE AS new_orders FOR EACH STATEMENT EXECUTE FUNCTION tickets_follow_orders();
-- Not for the update by which another trigger fulfils the orders of vouchers.
CREATE TRIGGER orders_issue_paid_tickets AFTER UPDATE ON orders
  REFERENCING NEW TABLE AS new_orders FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
  EXECUTE FUNCTION tickets_follow_orders();

-- Set when nothing of a cancelled show is left that could be sold or must be given back.
ALTER TABLE shows ADD COLUMN cleared_at timestamptz;
CREATE INDEX shows_to_clear ON shows (cancelled_at) WHERE cancelled_at IS NOT NULL AND cleared_at IS NULL;

-- The tickets sold and checked in of each show, as the queue has told so far. Nothing is decided by them.
CREATE TABLE show_counts (
  show_id    uuid PRIMARY KEY REFERENCES shows,
  sold       integer NOT NULL,
  checked_in integer NOT NULL
);
