import { UserError } from '../../../kernel/errors.ts';
import type { Fields, Step } from '../../../target/file/schema.ts';
import { fieldsIn } from '../../../target/file/template.ts';
import type { PlannedSku } from '../../sale/sale-plan.ts';
import type { ShopMeans } from '../shop-means.ts';
import { fieldsOfSteps, placeSteps } from '../steps/step.ts';
import type { Removal } from './removal.ts';
import { fieldsOfSku, type ShopSku } from './shop-sku.ts';

/** Each SKU costs one more than the one before it, so that an order at the price of another SKU shows. */
const FIRST_PRICE = 49;

/**
 * Puts SKUs on sale by the steps of the target file, one after another. A step may give the name (`sku`) of what it made, the
 * units that the shop has decided on (`stock`), its `price`, and any other field. `removal` is told of everything that is
 * made, also of a SKU whose next step fails.
 *
 * @throws UserError when a step fails, or nothing says how many units there are
 */
export async function createSkus(
  create: Step[],
  planned: (PlannedSku & { skuId: string })[],
  means: ShopMeans,
  removal: Removal,
): Promise<ShopSku[]> {
  const skus: ShopSku[] = [];
  const uncut = { ...means, signal: lateSignal(means.signal) };
  for (const [place, { skuId, stock, price }] of planned.entries()) {
    means.signal.throwIfAborted();
    const given = { sku: skuId, stock, price: price ?? `${FIRST_PRICE + place}.00` };
    const added = await fieldsOfSteps(placeSteps(create, 'sale.create'), given, uncut, (made) => {
      removal.add(skuId, { ...given, ...made });
      means.signal.throwIfAborted();
    });
    const sku = skuOf(given, added, create);
    removal.add(skuId, fieldsOfSku(sku));
    skus.push(sku);
  }
  return skus;
}

/** A step that was begun may end, because nobody knows if one that is cut off has put something on sale. */
const STEP_ENDS_WITHIN_MS = 5_000;

/** Aborts some time after another signal. */
function lateSignal(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  const abort = (): void => {
    setTimeout(() => late.abort(signal.reason), STEP_ENDS_WITHIN_MS).unref();
  };
  signal.addEventListener('abort', abort, { once: true });
  return late.signal;
}

function skuOf(
  given: { sku: string; stock: number; price: string },
  added: Fields,
  steps: Step[],
): ShopSku {
  if (!isTold('stock', steps) && added.stock === undefined) {
    throw UserError.usage('nothing says how many units are on sale', {
      why: 'no step of sale.create has {stock}, and none gave the field stock',
      next: 'send {stock} to the shop, or have a step give what the shop decided, as answer: { stock: PLACE }',
    });
  }
  const { sku, stock, price, ...others } = { ...given, ...added };
  // A price that the shop was not told is not the price at which it sells.
  const isPriced = isTold('price', steps) || added.price !== undefined;
  return {
    ...others,
    skuId: String(sku),
    total: wholeNumber(stock, String(sku)),
    ...(isPriced && price !== null ? { unitPrice: moneyOf(price as string | number) } : {}),
  };
}

/** True if a step hands the field to the shop. A function may do so with everything it gets. */
const isTold = (field: string, steps: Step[]): boolean =>
  steps.some((step) => 'run' in step || fieldsIn(step).includes(field));

/** @throws UserError (environment) when the value is no number of units */
export function wholeNumber(value: unknown, skuId: string): number {
  const units = Number(value);
  if (value !== null && value !== '' && Number.isInteger(units) && units >= 0) return units;
  throw UserError.environment(`the units of SKU ${skuId} are unknown`, {
    why: `its stock is ${JSON.stringify(value)}, which is no whole number`,
    next: 'correct the place or the column of `stock` in the target file',
  });
}

/** A price as text with two decimals; one that is no number stays as it is. */
export function moneyOf(price: string | number): string {
  const amount = Number(price);
  return Number.isFinite(amount) ? amount.toFixed(2) : String(price);
}
