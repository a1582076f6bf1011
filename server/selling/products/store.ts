import type { Pool } from 'pg';
import type { Reader } from '../../platform/replicas.ts';
import type { InventoryRow, ProductRow } from './product.ts';

export interface ProductStore {
  /** Active products in the order of their SKUs, those after `cursor`. */
  listActive(page: { limit: number; cursor: string | undefined }): Promise<ProductRow[]>;
  find(skuId: string): Promise<ProductRow | undefined>;
  findStock(skuId: string): Promise<InventoryRow | undefined>;
}

const PRODUCT_COLUMNS = `sku_id, name, base_price, flash_sale_price, total_inventory, is_active,
  category, created_at`;

/** Stock is read from the primary: its sequence numbers are compared with those of answers that decided. */
export function createProductStore({ pool, reader }: { pool: Pool; reader: Reader }): ProductStore {
  return {
    async listActive({ limit, cursor }) {
      const { rows } = await reader.query<ProductRow>({
        name: 'products.list-active',
        text: `SELECT ${PRODUCT_COLUMNS} FROM products
               WHERE is_active AND sku_id > $1 ORDER BY sku_id LIMIT $2`,
        values: [cursor ?? '', limit],
      });
      return rows;
    },
    async find(skuId) {
      const { rows } = await reader.query<ProductRow>({
        name: 'products.find',
        text: `SELECT ${PRODUCT_COLUMNS} FROM products WHERE sku_id = $1`,
        values: [skuId],
      });
      return rows[0];
    },
    async findStock(skuId) {
      const { rows } = await pool.query<InventoryRow>({
        name: 'products.find-stock',
        text: `SELECT sku_id, total_count, available_count, reserved_count, sold_count, sequence
               FROM inventory WHERE sku_id = $1`,
        values: [skuId],
      });
      return rows[0];
    },
  };
}
