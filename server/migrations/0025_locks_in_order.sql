-- A batch of the ledger locks the rows of several SKUs, in the order of their ids. These triggers change the rows of several
-- SKUs as well, and lock them in the same order before they do; else the two could wait for each other.

CREATE FUNCTION lock_stock(sku_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM inventory WHERE sku_id = ANY (sku_ids) ORDER BY sku_id FOR UPDATE;
END $$;

CREATE OR REPLACE FUNCTION stock_follows_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_stock(ARRAY(SELECT sku_id FROM new_products));
  UPDATE inventory i SET is_on_sale = p.is_active, version = i.version + 1, updated_at = now()
  FROM new_products p WHERE i.sku_id = p.sku_id AND i.is_on_sale <> p.is_active;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION stock_follows_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_stock(ARRAY(SELECT campaign_id FROM new_campaigns));
  UPDATE inventory i
  SET sold_by = 'campaign', opens_at = c.starts_at, closes_at = c.ends_at, units_per_buyer = 1,
      version = i.version + 1, updated_at = now()
  FROM new_campaigns c WHERE i.sku_id = c.campaign_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION stock_follows_ticket_types() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_stock(ARRAY(SELECT ticket_type_id FROM new_types));
  UPDATE inventory i
  SET sold_by = 'tickets', opens_at = t.opens_at, closes_at = t.closes_at, units_per_buyer = t.units_per_buyer,
      version = i.version + 1, updated_at = now()
  FROM new_types t WHERE i.sku_id = t.ticket_type_id;
  RETURN NULL;
END $$;

-- This one was called for each row, in the order of the rows.
DROP TRIGGER flash_sales_rule_stock ON flash_sales;
CREATE OR REPLACE FUNCTION stock_follows_flash_sales() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  refused record;
BEGIN
  PERFORM lock_stock(ARRAY(SELECT sku_id FROM new_sales));
  SELECT i.sku_id, i.sold_by INTO refused
  FROM new_sales s JOIN inventory i USING (sku_id)
  WHERE i.sold_by NOT IN ('reservations', 'flash-sale') OR (i.sold_by = 'reservations' AND i.reserved_count > 0)
  ORDER BY i.sku_id LIMIT 1;
  IF refused.sold_by = 'reservations' THEN
    RAISE EXCEPTION 'units of % are reserved', refused.sku_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_sales_begin_without_holds';
  ELSIF FOUND THEN
    RAISE EXCEPTION '% is sold in another way', refused.sku_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_sales_sell_products';
  END IF;
  UPDATE inventory i
  SET sold_by = 'flash-sale', opens_at = s.start_time, closes_at = s.end_time, units_per_buyer = 1,
      version = i.version + 1, updated_at = now()
  FROM new_sales s WHERE i.sku_id = s.sku_id;
  RETURN NULL;
END $$;
CREATE TRIGGER flash_sales_rule_stock AFTER INSERT ON flash_sales
  REFERENCING NEW TABLE AS new_sales FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_flash_sales();
CREATE TRIGGER flash_sales_rule_stock_again AFTER UPDATE ON flash_sales
  REFERENCING NEW TABLE AS new_sales FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_flash_sales();
