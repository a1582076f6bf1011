import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { createDescribedBooks } from '../books/described-books.ts';
import type { ShopMeans } from '../shop-means.ts';
import { readPlace } from '../steps/read-place.ts';
import { sendRequest } from '../steps/send-request.ts';
import { wholeNumber } from './create-skus.ts';
import { fieldsOfSku, type ShopSku } from './shop-sku.ts';

/**
 * Reads the units of a SKU that are on sale now: by the operation `read`, as the buyer, or from the rows of `stock`.
 *
 * @throws UserError when the shop does not say it
 */
export function unitsOnSale(
  sku: ShopSku,
  by: 'read' | 'evidence',
  buyer: Fields,
  means: ShopMeans,
  clock: Clock,
): Promise<number> {
  return by === 'read' ? unitsInAnswer(sku, buyer, means) : unitsInRows(sku, means, clock);
}

async function unitsInAnswer(sku: ShopSku, buyer: Fields, means: ShopMeans): Promise<number> {
  const { read } = means.file.operations;
  const place = read?.answer.available;
  if (read === undefined || place === undefined) {
    throw UserError.usage(`the stock of SKU ${sku.skuId} cannot be read`, {
      why: 'the target file has no operation `read` whose answer has a place for `available`',
      next: 'add it, or write the number of units as `stock`',
    });
  }
  const { userId, ...fields } = buyer;
  const known = { ...fields, buyer: userId ?? null, id: userId ?? null, ...fieldsOfSku(sku) };
  const answer = await sendRequest(read, known, 'operations.read', means);
  const units = readPlace(answer, place);
  if (units !== undefined) return wholeNumber(units, sku.skuId);
  throw UserError.environment(`the stock of SKU ${sku.skuId} is unknown`, {
    why: `${read.request} answered ${answer.status} without ${place}`,
    next: 'correct operations.read of the target file',
  });
}

async function unitsInRows(sku: ShopSku, means: ShopMeans, clock: Clock): Promise<number> {
  const { file, env, signal } = means;
  let units: number | null = null;
  const books = createDescribedBooks(file, [sku], { env, clock, signal });
  const { problem } = await books.readBooks(sku.skuId, (entry) => {
    if (entry.row === 'inventory') units = entry.available ?? entry.total;
  });
  if (problem === undefined && units !== null) return units;
  throw UserError.usage(`the stock of SKU ${sku.skuId} is unknown`, {
    why: problem ?? 'evidence.stock gives no row with `available` or `total` for it',
    next: 'correct evidence.stock of the target file, or write the number of units',
  });
}
