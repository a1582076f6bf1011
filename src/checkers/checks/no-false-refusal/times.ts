import type { Operation } from '../../../history/operation.ts';
import { memoized } from '../../../kernel/memo.ts';
import { skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { findWishes } from '../../reading/wishes.ts';
import type { Disprove } from './refusal.ts';

/** Instances decide by their own clocks if a sale is on, and their clocks may be this far apart. */
const CLOCKS_APART_MS = 1_000;

/** Kinds of calls that a sale with a beginning and an end may refuse outside of it. */
const SOLD_IN_TIME: ReadonlySet<Operation['kind']> = new Set(['register', 'attempt', 'buy']);

/** The calls that were answered yes first, and that were made last of those. */
interface SpanOfSale {
  first: Operation;
  last: Operation;
}

/** The time in which each SKU was surely sold, by the kind of call and the SKU. An answer from memory shows no sale. */
export const findSpansOfSale = memoized((evidence: Evidence): Map<string, SpanOfSale> => {
  const { isRepeated } = findWishes(evidence);
  const spans = new Map<string, SpanOfSale>();
  for (const call of evidence.operations) {
    const { kind, sku, outcome } = call;
    if (outcome !== 'ok' || !SOLD_IN_TIME.has(kind)) continue;
    if (isRepeated(call)) continue;
    const span = spans.get(`${kind} ${sku}`);
    if (span === undefined) {
      spans.set(`${kind} ${sku}`, { first: call, last: call });
      continue;
    }
    if (call.completedAtNs < span.first.completedAtNs) span.first = call;
    // Calls come in the order in which they were made.
    span.last = call;
  }
  return spans;
});

/** Disproves that the sale of a SKU has not begun: it was sold before. */
export function disproveSaleNotBegun(evidence: Evidence): Disprove {
  const spans = findSpansOfSale(evidence);
  return ({ call: { kind, sku }, fromNs }) => {
    const first = spans.get(`${kind} ${sku}`)?.first;
    if (first === undefined || first.completedAtNs + CLOCKS_APART_MS * 1e6 >= fromNs) {
      return undefined;
    }
    return { why: `${skuName(sku)} had been sold before`, operations: [first] };
  };
}

/** Disproves that the sale of a SKU is over: it was sold later. */
export function disproveSaleOver(evidence: Evidence): Disprove {
  const spans = findSpansOfSale(evidence);
  return ({ call: { kind, sku }, toNs }) => {
    const last = spans.get(`${kind} ${sku}`)?.last;
    if (last === undefined || last.invokedAtNs <= toNs + CLOCKS_APART_MS * 1e6) return undefined;
    return { why: `${skuName(sku)} was sold later`, operations: [last] };
  };
}
