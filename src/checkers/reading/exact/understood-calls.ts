import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import type { Evidence } from '../../evidence.ts';
import { eventfulCalls } from '../eventful-calls.ts';
import { findOffers } from '../offers.ts';
import { findWishes } from '../wishes.ts';
import { COLUMNS } from './looks.ts';

/** The calls of a sale as far as the search understands them. */
export interface UnderstoodCalls {
  /** In the order of invocation. */
  bySku: Map<string, Operation[]>;
  /** True when nothing happened to a SKU but its calls. */
  isClear(sku: string): boolean;
  /** True when nothing happened to the holds and orders that a buyer has of a SKU but the calls of that buyer. */
  isClearFor(sku: string, buyer: string): boolean;
}

/** Calls whose effects the search knows. */
const KNOWN: ReadonlySet<Operation['kind']> = new Set([
  ...(['reserve', 'buy', 'confirm', 'release', 'cancel'] as const),
]);

/**
 * Sorts the calls by SKU. A call that names none belongs to that of its hold or order. A call is not understood fully if it
 * repeats an idempotency key, if its payment is under way, if it buys tickets, which are taken again for a late payment, if its buyer has no name, or if it names a hold or an order that
 * no answer named. Then its SKU is not clear, and neither is its buyer.
 */
export function understandCalls(evidence: Evidence): UnderstoodCalls {
  const { sale, operations } = evidence;
  const { isRepeated } = findWishes(evidence);
  const offers = findOffers(evidence);
  const { skuOf, ownerOf, toldTwice } = findThings(operations);
  const unclearSkus = new Set<string | undefined>(toldTwice);
  const unclearBuyers = new Set<string | undefined>();
  const bySku = groupBy(operations, (call) => {
    const { kind, outcome, status, buyer } = call;
    if (kind === 'track') return undefined;
    const sku = skuOf(call);
    if (kind === 'read') return sale.shop === undefined && isCount(call) ? sku : undefined;
    // Changes no stock.
    if (kind === 'check-in') return undefined;
    const isPending = outcome === 'info' && (status === 202 || makesOrder(call));
    const isNameless = outcome === 'ok' && !isNamed(call);
    const isUnclear =
      !KNOWN.has(kind) ||
      (kind === 'buy' && offers.get(sku ?? '')?.soldBy === 'tickets') ||
      buyer === undefined ||
      isPending ||
      isNameless ||
      isRepeated(call);
    const mayBeDone = outcome !== 'fail';
    const isStrange = sku === undefined && mayBeDone;
    if (isUnclear || isStrange) unclearSkus.add(isStrange ? undefined : (sku ?? call.sku));
    if (isStrange || (isUnclear && (mayBeDone || buyer !== undefined))) unclearBuyers.add(buyer);
    const owner = ownerOf(call);
    if (owner !== undefined && owner !== buyer) {
      unclearBuyers.add(buyer);
      if (mayBeDone) unclearBuyers.add(owner);
    }
    return sku;
  });
  return {
    bySku,
    isClear: (sku) => !unclearSkus.has(sku) && !unclearSkus.has(undefined),
    isClearFor: (sku, buyer) =>
      !toldTwice.has(sku) && !unclearBuyers.has(buyer) && !unclearBuyers.has(undefined),
  };
}

/**
 * Finds the SKU of each call, the buyer who has the hold or the order that it names, and the SKUs of which two answers name the
 * same one.
 */
function findThings(operations: readonly Operation[]) {
  const holds = new Map<string, Operation>();
  const orders = new Map<string, Operation>();
  const toldTwice = new Set<string | undefined>();
  const skuOf = (call: Operation): string | undefined => {
    const { kind, sku, hold = '', order = '' } = call;
    if (kind === 'reserve' || kind === 'buy' || kind === 'read') return sku;
    const maker = kind === 'cancel' ? orders.get(order) : holds.get(hold);
    return maker && skuOf(maker);
  };
  const add = (made: Map<string, Operation>, id: string | undefined, call: Operation): void => {
    if (call.outcome !== 'ok' || id === undefined) return;
    const other = made.get(id);
    if (other !== undefined) toldTwice.add(skuOf(call)).add(skuOf(other));
    made.set(id, call);
  };
  const calls = eventfulCalls(operations);
  for (const call of calls) if (call.kind === 'reserve') add(holds, call.hold, call);
  for (const call of calls) {
    if (call.kind === 'confirm' || call.kind === 'buy') add(orders, call.order, call);
  }
  const ownerOf = ({ kind, hold = '', order = '' }: Operation): string | undefined => {
    if (kind === 'confirm' || kind === 'release') return holds.get(hold)?.buyer;
    return orders.get(order)?.buyer;
  };
  return { skuOf, ownerOf, toldTwice };
}

/** True for an answered read of the stock. */
const isCount = ({ outcome, observed }: Operation): boolean =>
  outcome === 'ok' && COLUMNS.some((column) => observed?.[column] !== undefined);

const makesOrder = ({ kind, order }: Operation): boolean =>
  kind === 'confirm' && order !== undefined;

/** True when a yes names what it made. A purchase in one call needs no name: it is over. */
const isNamed = ({ kind, hold, order }: Operation): boolean => {
  if (kind === 'reserve') return hold !== undefined;
  return kind !== 'confirm' || order !== undefined;
};
