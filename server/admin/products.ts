import type { Pool } from 'pg';
import type * as z from 'zod';
import type { SeededProducts, SeedProducts } from '../../src/protocol/admin.ts';

/**
 * Creates the products that do not exist yet, with their stock, all or none. An existing SKU stays as it is, because its
 * stock has a history that seeding must not rewrite. The id of a campaign or of tickets is refused, and nothing is created.
 */
export async function putProducts(
  pool: Pool,
  products: z.output<typeof SeedProducts>['products'],
): Promise<SeededProducts | { takenId: string }> {
  // Rows are written in the same order by all callers, so that two of them cannot deadlock.
  const sorted = products.toSorted((a, b) => (a.skuId < b.skuId ? -1 : 1));
  const { rows: taken } = await pool.query<{ sku_id: string }>(
    `SELECT sku_id FROM inventory WHERE sku_id = ANY ($1) AND sold_by IN ('campaign', 'tickets') ORDER BY sku_id`,
    [sorted.map((product) => product.skuId)],
  );
  if (taken[0] !== undefined) return { takenId: taken[0].sku_id };
  const { rows } = await pool.query<{ sku_id: string }>(
    `WITH product AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::int[], $6::text[], $7::int[])
         AS p (sku_id, name, base_price, price, units, category, units_per_buyer)
     ), created AS (
       INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
       SELECT sku_id, name, base_price, price, units, category FROM product
       ON CONFLICT (sku_id) DO NOTHING
       RETURNING sku_id, total_inventory
     ), stocked AS (
       INSERT INTO inventory (inventory_id, sku_id, total_count, available_count, units_per_buyer)
       SELECT gen_random_uuid(), sku_id, total_inventory, total_inventory, units_per_buyer
       FROM created JOIN product USING (sku_id)
     )
     SELECT sku_id FROM created`,
    [
      sorted.map((product) => product.skuId),
      sorted.map((product) => product.name),
      sorted.map((product) => product.basePrice),
      sorted.map((product) => product.flashSalePrice),
      sorted.map((product) => product.totalInventory),
      sorted.map((product) => product.category),
      sorted.map((product) => product.unitsPerBuyerMax),
    ],
  );
  const created = new Set(rows.map((row) => row.sku_id));
  return {
    created: sorted.map(({ skuId }) => skuId).filter((skuId) => created.has(skuId)),
    existing: sorted.map(({ skuId }) => skuId).filter((skuId) => !created.has(skuId)),
  };
}
