import type { Pool } from 'pg';
import { newId } from '../../src/kernel/ids.ts';

/** Creates SKUs, each with `units` on sale. Returns their ids. */
export async function stockSkus(pool: Pool, count: number, units: number): Promise<string[]> {
  const skuIds = Array.from({ length: count }, () => `bench-${newId()}`);
  await pool.query(
    `WITH product AS (
       INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
       SELECT sku_id, 'Bench', 10, 5, $2, 'bench' FROM unnest($1::text[]) AS sku_id RETURNING sku_id)
     INSERT INTO inventory (sku_id, total_count, available_count) SELECT sku_id, $2, $2 FROM product`,
    [skuIds, units],
  );
  return skuIds;
}

/** Creates a SKU with `units` on sale. Returns its id. */
export async function stockSku(pool: Pool, units: number): Promise<string> {
  const [skuId] = await stockSkus(pool, 1, units);
  return skuId as string;
}
