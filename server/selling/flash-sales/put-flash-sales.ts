import pg, { type Pool, type PoolClient } from 'pg';
import type * as z from 'zod';
import type { SeededFlashSales, SeedFlashSales } from '../../../src/protocol/flash-sales.ts';
import { transaction } from '../../platform/postgres.ts';

export type Wanted = z.output<typeof SeedFlashSales>['sales'];

/** The reason why no sale was created: a product that cannot be sold in a flash sale, or the id of another product's sale. */
export type NotPut = (typeof NOT_PUT)[keyof typeof NOT_PUT] | 'sells_another_product';

/** By the constraint that is violated. */
const NOT_PUT = {
  flash_sales_sku_id_fkey: 'unknown_product',
  flash_sales_one_per_product: 'product_has_sale',
  flash_sales_sell_products: 'sold_another_way',
  flash_sales_begin_without_holds: 'is_reserved',
} as const;

/** Creates the sales that do not exist yet, all or none. From then on their products are sold by attempts alone. */
export async function putFlashSales(pool: Pool, sales: Wanted): Promise<SeededFlashSales | NotPut> {
  const sorted = sales.toSorted((a, b) => (a.saleId < b.saleId ? -1 : 1));
  try {
    const created = await transaction(pool, async (tx) => {
      await lockProducts(tx, sorted);
      const inserted = await insertSales(tx, sorted);
      await assertSameProducts(tx, sorted);
      return inserted;
    });
    const ids = sorted.map(({ saleId }) => saleId);
    return {
      created: ids.filter((id) => created.has(id)),
      existing: ids.filter((id) => !created.has(id)),
    };
  } catch (error) {
    if (error instanceof OtherProduct) return 'sells_another_product';
    const { constraint } = error instanceof pg.DatabaseError ? error : {};
    const notPut = Object.entries(NOT_PUT).find(([name]) => name === constraint)?.[1];
    if (notPut === undefined) throw error;
    return notPut;
  }
}

/** Rolls the transaction back, because a sale that exists sells another product than the one that is wanted. */
class OtherProduct extends Error {}

/**
 * Lets one caller at a time put sales of these products. Sales are named by their ids and by their products, so two callers might
 * otherwise wait for each other, or the second be told of the product what it should be told of the sale.
 */
async function lockProducts(tx: PoolClient, sales: Wanted): Promise<void> {
  await tx.query('SELECT lock_stock($1)', [sales.map(({ skuId }) => skuId)]);
}

/** Inserts the sales whose ids are free. Returns their ids. */
async function insertSales(tx: PoolClient, sales: Wanted): Promise<Set<string>> {
  const { rows } = await tx.query<{ sale_id: string }>(
    `INSERT INTO flash_sales (sale_id, sku_id, start_time, end_time, product_description)
     SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])
     ON CONFLICT (sale_id) DO NOTHING
     RETURNING sale_id`,
    [
      sales.map(({ saleId }) => saleId),
      sales.map(({ skuId }) => skuId),
      sales.map(({ startTime }) => startTime),
      sales.map(({ endTime }) => endTime),
      sales.map(({ productDescription }) => productDescription),
    ],
  );
  return new Set(rows.map((row) => row.sale_id));
}

async function assertSameProducts(tx: PoolClient, sales: Wanted): Promise<void> {
  const { rowCount } = await tx.query(
    `SELECT FROM unnest($1::text[], $2::text[]) AS wanted (sale_id, sku_id) JOIN flash_sales s USING (sale_id)
     WHERE s.sku_id <> wanted.sku_id`,
    [sales.map(({ saleId }) => saleId), sales.map(({ skuId }) => skuId)],
  );
  if (rowCount !== 0) throw new OtherProduct();
}
