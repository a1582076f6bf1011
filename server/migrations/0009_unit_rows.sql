-- A pool of single units per SKU for the strategy `unit-rows`: the transaction that locks a row has the unit, and no other
-- waits for it. There are never more rows than available units; the inventory row is the truth, and the pool is filled
-- from it.
CREATE TABLE stock_units (
  unit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku_id  varchar(64) NOT NULL REFERENCES products
);
CREATE INDEX stock_units_of_a_sku ON stock_units (sku_id, unit_id);
