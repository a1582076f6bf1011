import type { Pool } from 'pg';
import { newId } from '../src/kernel/ids.ts';

/** Creates a SKU with `units` on sale. Returns its id. */
export async function stockSku(pool: Pool, units: number): Promise<string> {
  const skuId = `bench-${newId()}`;
  await pool.query(
    `WITH product AS (
       INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
       VALUES ($1, 'Bench', 10, 5, $2, 'bench') RETURNING sku_id)
     INSERT INTO inventory (sku_id, total_count, available_count) SELECT sku_id, $2, $2 FROM product`,
    [skuId, units],
  );
  return skuId;
}
