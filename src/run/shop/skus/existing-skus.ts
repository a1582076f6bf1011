import { UserError } from '../../../kernel/errors.ts';
import type { Fields, SalePreparation } from '../../../target/file/schema.ts';
import type { PlannedSku } from '../../sale/sale-plan.ts';
import { readRows } from '../buyers/buyer-rows.ts';
import type { ShopMeans } from '../shop-means.ts';
import { readOutput } from '../steps/command-step.ts';
import { asFields } from '../steps/fields.ts';
import { queryRows } from '../steps/sql-step.ts';
import { moneyOf, wholeNumber } from './create-skus.ts';
import type { ShopSku } from './shop-sku.ts';

/** Reads the units that are on sale of a SKU now, by an operation or from the rows of `stock`. */
export type CountUnits = (sku: ShopSku, by: 'read' | 'evidence') => Promise<number>;

/**
 * The SKUs that are on sale already, as many as the scenario needs: from the first one on, until there are as many SKUs and
 * units as it plans. So a scenario with 100 units sells 100 seats of one unit, or one product with at least as many.
 *
 * @throws UserError when they cannot be read, or one has no id
 */
export async function existingSkus(
  source: NonNullable<SalePreparation['skus']>,
  planned: PlannedSku[],
  countUnits: CountUnits,
  means: ShopMeans,
): Promise<ShopSku[]> {
  const rows = await rowsOf(source, means);
  const needed = planned.reduce((units, { stock }) => units + stock, 0);
  const skus: ShopSku[] = [];
  let units = 0;
  for (const row of rows) {
    if (skus.length >= planned.length && units >= needed) break;
    const sku = await skuOf(row, skus.length, countUnits);
    units += sku.total;
    skus.push(sku);
  }
  if (units > 0) return skus;
  throw UserError.environment('nothing is on sale in the shop', {
    why: rows.length === 0 ? 'sale.skus gives no row' : 'none of its SKUs has a unit left',
    next: 'stock the shop up, or name other SKUs in the target file',
  });
}

async function rowsOf(
  source: NonNullable<SalePreparation['skus']>,
  means: ShopMeans,
): Promise<Fields[]> {
  const place = 'sale.skus';
  if (Array.isArray(source)) return source.map((sku) => asFields(sku, place));
  if ('sql' in source) return queryRows(source, {}, place, means);
  return readOutput(source, {}, place, means, (stdout) => readRows(stdout, place));
}

async function skuOf(row: Fields, place: number, countUnits: CountUnits): Promise<ShopSku> {
  const { id, stock, price, ...others } = row;
  if (id === undefined || id === null) {
    throw UserError.environment(`SKU ${place + 1} of sale.skus has no id`, {
      why: `it has: ${Object.keys(row).join(', ')}`,
      next: 'name its column id, as: SELECT seat_id AS id, 1 AS stock FROM seats',
    });
  }
  const skuId = String(id);
  const sku: ShopSku = {
    ...others,
    ...{ skuId, total: 0 },
    ...(price === undefined || price === null
      ? {}
      : { unitPrice: moneyOf(price as string | number) }),
  };
  const isAsked = stock === 'read' || stock === 'evidence';
  return { ...sku, total: isAsked ? await countUnits(sku, stock) : wholeNumber(stock, skuId) };
}
