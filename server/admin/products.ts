import type { Pool, PoolClient } from 'pg';
import type * as z from 'zod';
import type { SeededProducts, SeedProducts } from '../../src/protocol/admin.ts';
import { transaction } from '../platform/postgres.ts';

type Wanted = z.output<typeof SeedProducts>['products'];

/**
 * Creates the products that do not exist yet, with their stock, all or none. An existing SKU stays as it is, because its
 * stock has a history that seeding must not rewrite. The id of a campaign or of tickets is refused, and nothing is created.
 */
export async function putProducts(
  pool: Pool,
  products: Wanted,
): Promise<SeededProducts | { takenId: string }> {
  // Rows are written in the same order by all callers, so that two of them cannot deadlock.
  const sorted = products.toSorted((a, b) => (a.skuId < b.skuId ? -1 : 1));
  const ids = sorted.map(({ skuId }) => skuId);
  try {
    return await transaction(pool, async (tx) => {
      const created = await insert(tx, sorted);
      await assertProducts(tx, ids);
      return {
        created: ids.filter((id) => created.has(id)),
        existing: ids.filter((id) => !created.has(id)),
      };
    });
  } catch (error) {
    if (error instanceof TakenId) return { takenId: error.message };
    throw error;
  }
}

/** Rolls the transaction back, because this id is that of something else. */
class TakenId extends Error {}

/** Inserts the products whose ids nothing has. Returns their ids. */
async function insert(tx: PoolClient, products: Wanted): Promise<Set<string>> {
  const { rows } = await tx.query<{ sku_id: string }>(
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
      products.map((product) => product.skuId),
      products.map((product) => product.name),
      products.map((product) => product.basePrice),
      products.map((product) => product.flashSalePrice),
      products.map((product) => product.totalInventory),
      products.map((product) => product.category),
      products.map((product) => product.unitsPerBuyerMax),
    ],
  );
  return new Set(rows.map((row) => row.sku_id));
}

/** Makes sure that none of the ids is that of a campaign or of tickets, also of one that was created a moment ago. */
async function assertProducts(tx: PoolClient, ids: string[]): Promise<void> {
  const { rows } = await tx.query<{ sku_id: string }>(
    `SELECT sku_id FROM inventory WHERE sku_id = ANY ($1) AND sold_by IN ('campaign', 'tickets') ORDER BY sku_id`,
    [ids],
  );
  if (rows[0] !== undefined) throw new TakenId(rows[0].sku_id);
}
