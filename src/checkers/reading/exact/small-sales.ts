import { type Operation, type SaleFacts, takesStock } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import type { Evidence } from '../../evidence.ts';
import { indexLedger } from '../ledger-index.ts';
import { mayBeTakenUnseen } from '../other-people.ts';
import { mayLeaveHold } from './looks.ts';
import { createPaidElsewhere, type Situation, type SoughtCall, soughtCall } from './situation.ts';
import { understandCalls } from './understood-calls.ts';
import { cutAtRest, type Window } from './windows.ts';

/** So few calls for a SKU that every order of them can be tried. */
export interface SmallSale {
  skuId: string;
  /** Infinite for the calls of one buyer, which are tried whatever units others have. */
  total: number;
  calls: SoughtCall[];
  /** The holds before the first of the calls. */
  before: Situation;
  /** All calls for the SKU, those between two moments of rest, or those of one buyer. */
  scope: 'sale' | 'part' | 'buyer';
}

export interface SmallSales {
  /** Those first in which a contradiction is the likeliest. */
  sales: SmallSale[];
  /** The number of parts and of buyers with too many calls. */
  tooBig: number;
}

/** The most calls for which all orders are tried. */
const CALLS_MAX = 10;

/** Parts of one call are looked at up to this number: alone, an answer is seldom wrong in a way that no other check sees. */
const SINGLE_CALLS_MAX = 1_000;

/**
 * Finds the SKUs with few calls; of others, the parts with few calls between two moments of rest; and where a part has more,
 * the calls of each buyer. Those are tried without the stock: what a buyer is told of their own holds and orders depends on
 * nothing that others do.
 *
 * Reads of our own server, which counts each hold at once, are among the calls unless they make them too many.
 */
export function findSmallSales(evidence: Evidence): SmallSales {
  const { sale } = evidence;
  const found: SmallSales = { sales: [], tooBig: 0 };
  if (evidence.truncated || mayBeTakenUnseen(sale, indexLedger(evidence).index)) return found;
  const { bySku, isClear, isClearFor } = understandCalls(evidence);
  for (const { skuId, total } of sale.skus) {
    const calls = bySku.get(skuId) ?? [];
    if (!calls.some(isChange)) continue;
    const isPaidElsewhere = createPaidElsewhere(calls);
    const add = (scope: SmallSale['scope'], { calls: some, before }: Window): void => {
      found.sales.push({
        ...{ skuId, scope, before, total: scope === 'buyer' ? Number.POSITIVE_INFINITY : total },
        calls: fewOf(some).map((call) => soughtCall(call, isPaidElsewhere(call))),
      });
    };
    if (isClear(skuId) && isFew(calls)) {
      add('sale', { calls, before: [] });
      continue;
    }
    const { parts, crowds } = isClear(skuId) ? cut(calls, sale) : { parts: [], crowds: [calls] };
    for (const part of parts) add('part', part);
    const isClearBuyer = (buyer: string): boolean => isClearFor(skuId, buyer);
    for (const own of callsOfBuyers(calls, crowds, sale, isClearBuyer)) {
      const ofBuyer = isFew(own)
        ? { parts: [{ calls: own, before: [] }], crowds: [] }
        : cut(own, sale);
      for (const part of ofBuyer.parts) add('buyer', part);
      crowds.push(...ofBuyer.crowds);
    }
    found.tooBig += crowds.length;
  }
  // An answer alone was looked at by the other checks already.
  const isAlone = ({ calls }: SmallSale): boolean => calls.length === 1;
  const { sales, tooBig } = found;
  return { sales: [...sales.filter((each) => !isAlone(each)), ...sales.filter(isAlone)], tooBig };
}

/** Cuts calls at their moments of rest. `crowds`: the calls of the parts that have too many. */
function cut(
  calls: readonly Operation[],
  sale: SaleFacts,
): { parts: Window[]; crowds: (readonly Operation[])[] } {
  const crowds: (readonly Operation[])[] = [];
  let singles = 0;
  const isWanted = (some: readonly Operation[]): boolean => {
    if (!isFew(some)) crowds.push(some);
    else if (some.length > 1) return some.some(isChange);
    else return isChange(some[0] as Operation) && ++singles <= SINGLE_CALLS_MAX;
    return false;
  };
  return { parts: [...cutAtRest(calls, sale, isWanted)], crowds };
}

/**
 * The calls of each buyer in a crowd whose answers may contradict one another: those who were refused for something that is
 * true of them or not, or asked for units again, at least twice in all. One such answer alone is for other checks.
 */
function callsOfBuyers(
  calls: readonly Operation[],
  crowds: readonly (readonly Operation[])[],
  sale: SaleFacts,
  isClear: (buyer: string) => boolean,
): Iterable<Operation[]> {
  const takers = new Set<string>();
  const doubts = new Map<string, number>();
  for (const crowd of crowds) {
    for (const call of crowd) {
      const { kind, outcome, buyer } = call;
      if (buyer === undefined || !isOfBuyer(call, sale)) continue;
      const isDoubt = outcome === 'fail' || (takesStock(kind) && takers.has(buyer));
      if (isDoubt) doubts.set(buyer, (doubts.get(buyer) ?? 0) + 1);
      // A buyer who has something to pay for or to give back has taken it before.
      else takers.add(buyer);
    }
  }
  const doubtful = new Set<string>();
  for (const [buyer, times] of doubts) if (times > 1 && isClear(buyer)) doubtful.add(buyer);
  if (doubtful.size === 0) return [];
  return groupBy(calls, (call) => {
    if (!isOfBuyer(call, sale)) return undefined;
    const { buyer } = call;
    return buyer !== undefined && doubtful.has(buyer) ? buyer : undefined;
  }).values();
}

/** True for a call that changes the holds of its buyer, or whose refusal says something about them. */
function isOfBuyer(call: Operation, sale: SaleFacts): boolean {
  const { kind, outcome, code = '' } = call;
  if (kind === 'read') return false;
  if (outcome !== 'fail' || !takesStock(kind)) return true;
  const reason = sale.refusals[code];
  return (reason !== undefined && reason !== 'sold-out') || mayLeaveHold(call, sale);
}

const isChange = ({ kind }: Operation): boolean => kind !== 'read';

function isFew(calls: readonly Operation[]): boolean {
  let changes = 0;
  for (const call of calls) if (isChange(call) && ++changes > CALLS_MAX) return false;
  return true;
}

/** The calls, without reads if they are too many. */
const fewOf = (calls: readonly Operation[]): readonly Operation[] =>
  calls.length <= CALLS_MAX ? calls : calls.filter(isChange);
