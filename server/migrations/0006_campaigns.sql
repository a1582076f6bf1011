-- Campaigns and their vouchers.

CREATE TABLE campaigns (
  -- The capacity of the campaign is the stock of this SKU.
  campaign_id         varchar(64) PRIMARY KEY REFERENCES products (sku_id),
  name                varchar(200) NOT NULL,
  starts_at           timestamptz NOT NULL,
  ends_at             timestamptz NOT NULL CHECK (ends_at > starts_at),
  voucher_valid_until timestamptz
);

CREATE TABLE vouchers (
  voucher_id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The code has 122 random bits.
  code               varchar(32) NOT NULL UNIQUE DEFAULT upper(replace(gen_random_uuid()::text, '-', '')),
  campaign_id        varchar(64) NOT NULL REFERENCES campaigns,
  user_id            uuid NOT NULL,
  order_id           uuid NOT NULL UNIQUE REFERENCES orders,
  issued_at          timestamptz NOT NULL,
  used_at            timestamptz,
  used_by_attempt_id varchar(100),
  -- Id of the use, given by the call that used the voucher.
  use_id             uuid
);
CREATE INDEX vouchers_of_a_user ON vouchers (user_id, order_id);

CREATE TABLE campaign_registrations (
  campaign_id   varchar(64) NOT NULL REFERENCES campaigns,
  user_id       uuid NOT NULL,
  voucher_id    uuid NOT NULL UNIQUE REFERENCES vouchers,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, user_id)
);

-- Issues voucher and registration in the transaction that sells a unit of a campaign, for every flow and strategy, once
-- per batch of orders. The order is fulfilled at the same time: it cannot be cancelled any more, so no voucher is left
-- whose unit is on sale again.
CREATE FUNCTION issue_vouchers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH issued AS (
    INSERT INTO vouchers (campaign_id, user_id, order_id, issued_at)
    SELECT o.sku_id, o.user_id, o.order_id, o.created_at
    FROM new_orders o JOIN campaigns c ON c.campaign_id = o.sku_id
    WHERE o.status = 'CONFIRMED'
    RETURNING voucher_id, campaign_id, user_id, order_id, issued_at
  ),
  registered AS (
    INSERT INTO campaign_registrations (campaign_id, user_id, voucher_id, registered_at)
    SELECT campaign_id, user_id, voucher_id, issued_at FROM issued
  )
  UPDATE orders SET status = 'FULFILLED' FROM issued WHERE orders.order_id = issued.order_id;
  RETURN NULL;
END $$;

CREATE TRIGGER orders_issue_vouchers AFTER INSERT ON orders
  REFERENCING NEW TABLE AS new_orders FOR EACH STATEMENT EXECUTE FUNCTION issue_vouchers();
-- An order with a payment exists before it is confirmed, so UPDATE needs a trigger as well. The function's own UPDATE does
-- not call it again: it happens at a trigger depth above 0.
CREATE TRIGGER orders_issue_paid_vouchers AFTER UPDATE ON orders
  REFERENCING NEW TABLE AS new_orders FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
  EXECUTE FUNCTION issue_vouchers();
