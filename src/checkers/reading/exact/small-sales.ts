import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import type { Evidence } from '../../evidence.ts';
import { indexLedger } from '../ledger-index.ts';
import { mayBeTakenUnseen } from '../other-people.ts';
import { findWishes } from '../wishes.ts';
import { COLUMNS } from './looks.ts';
import { cutAtRest, type Window } from './windows.ts';

/** So few calls for a SKU that every order of them can be tried: all that there are, or those of a window. */
export interface SmallSale extends Window {
  skuId: string;
  total: number;
  /** All calls for the SKU. */
  all: readonly Operation[];
  /** True if there are calls before or after these. */
  isPart: boolean;
}

/** The most calls for which all orders are tried. */
const CALLS_MAX = 10;

/** The most calls of a sale in which windows of few calls are looked for. */
const CALLS_CUT_MAX = 20_000;

/** Calls whose effects the search knows. */
const KNOWN: ReadonlySet<Operation['kind']> = new Set([
  ...(['reserve', 'buy', 'confirm', 'release', 'cancel'] as const),
]);

/**
 * Finds the SKUs with few calls, and of others the windows with few calls. A call that names no SKU belongs to that of its
 * hold or order. A SKU is left out if a call is not understood fully: one that repeats an idempotency key, whose payment is
 * under way, whose buyer has no name, or that names a hold or an order that no answer named.
 *
 * Reads of our own server, which counts each hold at once, are among the calls unless they make them too many.
 */
export function findSmallSales(evidence: Evidence): SmallSale[] {
  const { sale, operations } = evidence;
  if (
    evidence.truncated ||
    mayBeTakenUnseen(sale, indexLedger(evidence).index) ||
    !mayBeSmall(evidence)
  )
    return [];
  const wishes = findWishes(evidence);
  const skuOfHold = new Map<string, string>();
  const skuOfOrder = new Map<string, string>();
  const unclear = new Set<string | undefined>();
  const skuOf = (call: Operation): string | undefined => {
    const { kind, sku, hold = '', order = '' } = call;
    if (kind === 'reserve' || kind === 'buy' || kind === 'read') return sku;
    return kind === 'cancel' ? skuOfOrder.get(order) : skuOfHold.get(hold);
  };
  for (const { kind, outcome, sku, hold } of operations) {
    if (kind !== 'reserve' || outcome !== 'ok' || sku === undefined || hold === undefined) continue;
    if (skuOfHold.has(hold)) unclear.add(sku).add(skuOfHold.get(hold));
    skuOfHold.set(hold, sku);
  }
  for (const call of operations) {
    const { kind, outcome, order } = call;
    const sku = kind === 'confirm' || kind === 'buy' ? skuOf(call) : undefined;
    if (outcome !== 'ok' || order === undefined || sku === undefined) continue;
    if (skuOfOrder.has(order)) unclear.add(sku).add(skuOfOrder.get(order));
    skuOfOrder.set(order, sku);
  }

  let isStrange = false;
  const calls = operations.filter((call) => {
    if (call.kind === 'read') return sale.shop === undefined && isCount(call);
    const sku = skuOf(call) ?? call.sku;
    const isPending = call.outcome === 'info' && (call.status === 202 || makesOrder(call));
    const isNameless = call.outcome === 'ok' && !isNamed(call);
    const isUnclear =
      !KNOWN.has(call.kind) ||
      call.buyer === undefined ||
      isPending ||
      isNameless ||
      wishes.isRepeated(call);
    if (isUnclear) unclear.add(sku);
    if (skuOf(call) === undefined && call.outcome !== 'fail') isStrange = true;
    return skuOf(call) !== undefined;
  });
  if (isStrange || unclear.has(undefined)) return [];
  const bySku = groupBy(calls, skuOf);
  return sale.skus.flatMap(({ skuId, total }) => {
    const all = bySku.get(skuId) ?? [];
    if (unclear.has(skuId) || !all.some(isChange)) return [];
    if (all.filter(isChange).length <= CALLS_MAX) {
      return [{ skuId, total, all, calls: fewOf(all), before: [], isPart: false }];
    }
    if (operations.length > CALLS_CUT_MAX) return [];
    return cutAtRest(all, sale)
      .map(({ calls, before }) => ({
        ...{ skuId, total, all, before },
        ...{ calls: fewOf(calls), isPart: calls.length < all.length },
      }))
      .filter(({ calls }) => calls.some(isChange) && calls.length <= CALLS_MAX);
  });
}

const isChange = ({ kind }: Operation): boolean => kind !== 'read';

/** The calls, without reads if they are too many. */
const fewOf = (calls: Operation[]): Operation[] =>
  calls.length <= CALLS_MAX ? calls : calls.filter(isChange);

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

/** True when a SKU, or a window, may have few calls. Big sales have none, and this finds it out at once. */
function mayBeSmall({ sale, operations }: Evidence): boolean {
  if (operations.length <= CALLS_CUT_MAX) return true;
  const counts = new Map<string | undefined, number>();
  for (const { sku } of operations) counts.set(sku, (counts.get(sku) ?? 0) + 1);
  return sale.skus.some(({ skuId }) => (counts.get(skuId) ?? 0) <= CALLS_MAX);
}
