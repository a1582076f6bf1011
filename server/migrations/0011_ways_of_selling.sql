-- The rules by which a SKU is sold stand in its row of the ledger, so that they hold whichever route a buyer takes: the
-- statement that takes the units reads them with the counts, under the same lock.
--
-- Servers of the version before sell a SKU in any way: they must be stopped before this version starts. Their functions
-- are dropped; `migrate.ts` creates them with the new parameters.

CREATE TYPE way_of_selling AS ENUM ('reservations', 'campaign', 'flash-sale');

ALTER TABLE inventory
  ADD COLUMN sold_by         way_of_selling NOT NULL DEFAULT 'reservations',
  ADD COLUMN is_on_sale      boolean NOT NULL DEFAULT true,
  -- Units are taken from opens_at on and before closes_at. Of a flash sale, attempts are accepted then.
  ADD COLUMN opens_at        timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN closes_at       timestamptz NOT NULL DEFAULT 'infinity',
  -- A buyer has one reservation of a SKU, of no more units than this.
  ADD COLUMN units_per_buyer integer NOT NULL DEFAULT 10 CHECK (units_per_buyer > 0);

UPDATE inventory i SET is_on_sale = p.is_active FROM products p WHERE p.sku_id = i.sku_id;
-- A SKU of both is a campaign's: it had that id first.
UPDATE inventory i
SET sold_by = 'flash-sale', opens_at = s.start_time, closes_at = s.end_time, units_per_buyer = 1
FROM flash_sales s WHERE s.sku_id = i.sku_id;
UPDATE inventory i
SET sold_by = 'campaign', opens_at = c.starts_at, closes_at = c.ends_at, units_per_buyer = 1
FROM campaigns c WHERE c.campaign_id = i.sku_id;

DROP FUNCTION IF EXISTS hold_stock(text, uuid[], uuid[], int[], text[], int);
DROP FUNCTION IF EXISTS confirm_holds(text, uuid[], uuid[], uuid[], text[], text[], text[]);

-- The rows of products, campaigns and flash sales are where rules are written, and the ledger follows in the same
-- transaction. Each change increases `version`, by which strategies without a lock notice it.

CREATE FUNCTION stock_follows_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE inventory i SET is_on_sale = p.is_active, version = i.version + 1, updated_at = now()
  FROM new_products p WHERE i.sku_id = p.sku_id AND i.is_on_sale <> p.is_active;
  RETURN NULL;
END $$;
CREATE TRIGGER products_rule_stock AFTER INSERT ON products
  REFERENCING NEW TABLE AS new_products FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_products();
CREATE TRIGGER products_rule_stock_again AFTER UPDATE ON products
  REFERENCING NEW TABLE AS new_products FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_products();

CREATE FUNCTION stock_follows_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE inventory i
  SET sold_by = 'campaign', opens_at = c.starts_at, closes_at = c.ends_at, units_per_buyer = 1,
      version = i.version + 1, updated_at = now()
  FROM new_campaigns c WHERE i.sku_id = c.campaign_id;
  RETURN NULL;
END $$;
CREATE TRIGGER campaigns_rule_stock AFTER INSERT ON campaigns
  REFERENCING NEW TABLE AS new_campaigns FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_campaigns();
CREATE TRIGGER campaigns_rule_stock_again AFTER UPDATE ON campaigns
  REFERENCING NEW TABLE AS new_campaigns FOR EACH STATEMENT EXECUTE FUNCTION stock_follows_campaigns();

-- A product becomes a flash sale's only while nobody has a reservation of it: that could not be checked out any more.
CREATE FUNCTION stock_follows_flash_sales() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stock inventory%ROWTYPE;
BEGIN
  SELECT * INTO stock FROM inventory WHERE sku_id = NEW.sku_id FOR UPDATE;
  IF stock.sold_by = 'campaign' THEN
    RAISE EXCEPTION '% is a campaign', NEW.sku_id
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
CREATE TRIGGER flash_sales_rule_stock AFTER INSERT OR UPDATE ON flash_sales
  FOR EACH ROW EXECUTE FUNCTION stock_follows_flash_sales();
