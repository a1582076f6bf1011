import type { Operation } from '../../../history/operation.ts';
import { entryOf } from '../../../kernel/group-by.ts';
import { skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { witnessOfCalls } from '../../prose.ts';
import { countUpTo } from '../../reading/count-up-to.ts';
import { findWishes } from '../../reading/wishes.ts';
import type { Wrong } from './finding.ts';
import { isStockRead } from './finding.ts';

/** The longest time by which stock reads were behind their sale, and the first answer that was further behind than it may. */
export interface Staleness {
  /** Undefined if no read carries a number. */
  readsBehindMs: number | undefined;
  wrong: Wrong | undefined;
}

/**
 * Measures by sequence numbers how far answers are behind. A read with number 7 is as old as the first answer with a
 * higher number: from then on, somebody knew of a later state. A read may be behind as far as its target says; a refusal
 * with a number was decided by the ledger during the call.
 */
export function measureStaleness(evidence: Evidence): Staleness {
  const { sale, operations } = evidence;
  const { decidedFromNs } = findWishes(evidence);
  const readLagNs = (sale.readLagMs ?? 0) * 1e6;
  const firstAbove = new Map<string | undefined, FirstAbove>();
  for (const [sku, first] of firstOfEachNumber(operations)) {
    firstAbove.set(sku, createFirstAbove(first));
  }
  let longestNs: number | undefined;
  /** By SKU, its first answer that is wrong. */
  const wrong = new Map<string | undefined, Wrong>();
  for (const call of operations) {
    const { sku, sequence } = call;
    if (sku === undefined || sequence === undefined) continue;
    const isRead = isStockRead(call);
    if (!isRead && call.outcome !== 'fail') continue;
    const fromNs = isRead ? call.invokedAtNs : decidedFromNs(call);
    const told = firstAbove.get(sku)?.(sequence);
    const behindNs = Math.max(0, fromNs - (told?.completedAtNs ?? Number.POSITIVE_INFINITY));
    if (isRead) longestNs = Math.max(longestNs ?? 0, behindNs);
    if (told === undefined || behindNs <= (isRead ? readLagNs : 0) || wrong.has(sku)) continue;
    wrong.set(sku, describe(sku, told, call, behindNs, evidence));
  }
  const firstSku = [...firstAbove.keys()].find((sku) => wrong.has(sku));
  return {
    readsBehindMs: longestNs === undefined ? undefined : longestNs / 1e6,
    wrong: wrong.get(firstSku),
  };
}

type FirstAbove = (sequence: number) => Operation | undefined;

/**
 * Creates the look-up of the answer that came first of all those with a number above the given one.
 *
 * @param first by each number, the answer with it that came first
 */
function createFirstAbove(first: Map<number, Operation>): FirstAbove {
  const numbers = Float64Array.from(first.keys()).sort();
  /** By the place in `numbers`: the answer that came first of those with that number or a higher one. */
  const firstFrom: Operation[] = [];
  for (const number of numbers.toReversed()) {
    firstFrom.push(earlierOf(firstFrom.at(-1), first.get(number) as Operation));
  }
  firstFrom.reverse();
  return (sequence) => firstFrom[countUpTo(numbers, sequence)];
}

/**
 * By SKU and number, the answer that came first, the SKUs in the order of their calls. A million refusals carry few numbers, so
 * this takes less room than lists of them.
 */
function firstOfEachNumber(
  operations: Operation[],
): Map<string | undefined, Map<number, Operation>> {
  const bySku = new Map<string | undefined, Map<number, Operation>>();
  for (const answer of operations) {
    const { sku, sequence } = answer;
    if (sequence === undefined) continue;
    const first = entryOf(bySku, sku, () => new Map<number, Operation>());
    first.set(sequence, earlierOf(first.get(sequence), answer));
  }
  return bySku;
}

const earlierOf = (known: Operation | undefined, answer: Operation): Operation =>
  known !== undefined && known.completedAtNs <= answer.completedAtNs ? known : answer;

function describe(
  sku: string,
  told: Operation,
  call: Operation,
  behindNs: number,
  { sale }: Evidence,
): Wrong {
  const what = call.kind === 'read' ? 'read' : 'refusal';
  const behind = `${Number((behindNs / 1e6).toFixed(3))} ms`;
  const allowed = what === 'read' && sale.readLagMs ? `; ${sale.readLagMs} ms are allowed` : '';
  return {
    summary: `a ${what} of ${skuName(sku)} was ${behind} behind an answer that was given before its call${allowed}`,
    witness: witnessOfCalls(
      `The first answer shows ${sku} after stock movement ${told.sequence}. The ${what} was asked for ${behind} later and shows it after movement ${call.sequence}${allowed}:`,
      [told, call],
      sale,
    ),
  };
}
