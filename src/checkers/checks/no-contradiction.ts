import type { Operation, SaleFacts } from '../../history/operation.ts';
import { bulletList, count, skuName } from '../../kernel/wording.ts';
import type { Checker, Witness } from '../checker.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { isLook, mayLeaveHold } from '../reading/exact/looks.ts';
import { isExplained } from '../reading/exact/search.ts';
import { type SoughtCall, soughtCall } from '../reading/exact/situation.ts';
import { findSmallSales, type SmallSale } from '../reading/exact/small-sales.ts';
import { describeCounts } from './monotonic-reads/finding.ts';

/**
 * Answers that are possible one by one and not together: no order of events explains them all. Two refusals may exclude each
 * other, or one hold would have to lapse early for one buyer and late for another.
 *
 * The bounds of other checks look at one answer at a time. This check tries all orders, so it looks only at SKUs with few
 * calls, and at parts of a sale with few calls between two moments at which nothing is under way or held. It gives up where
 * even those have too many orders.
 */
export const noContradiction: Checker = {
  name: 'no-contradiction',
  needs: [],
  isLastResort: true,
  check(evidence) {
    const { sale } = evidence;
    const small = findSmallSales(evidence);
    if (small.length === 0) {
      return {
        status: 'skipped',
        summary:
          'no SKU, and no part of a sale, had so few calls that all their orders can be tried',
      };
    }
    let situationsLeft = SITUATIONS_MAX;
    const explained: SmallSale[] = [];
    for (const candidate of small) {
      if (situationsLeft <= 0) break;
      const calls = candidate.calls.map((call) => soughtCall(call, candidate.all));
      situationsLeft -= SITUATIONS_PER_SKU_MAX;
      const answer = isExplainedFrom(candidate, calls, sale);
      if (answer) explained.push(candidate);
      if (answer !== false) continue;
      return {
        status: 'invalid',
        summary: `no order of events explains the answers of ${skuName(candidate.skuId)}`,
        witness: contradiction(candidate, calls, sale),
      };
    }
    return { status: 'valid', summary: summaryOf(explained) };
  },
};

function summaryOf(explained: SmallSale[]): string {
  const parts = explained.filter(({ isPart }) => isPart);
  const skus = count(explained.length - parts.length, 'SKU');
  const and = parts.length === 0 ? '' : `, and of ${count(parts.length, 'part')} of others`;
  return `an order of events explains all answers of ${skus} with few calls${and}`;
}

const isExplainedFrom = (
  { total, before }: SmallSale,
  calls: SoughtCall[],
  sale: SaleFacts,
): boolean | undefined => isExplained(calls, total, sale, SITUATIONS_PER_SKU_MAX, before);

const SITUATIONS_PER_SKU_MAX = 3_000;
const SITUATIONS_MAX = 300_000;

function describeRules({ unitsPerBuyerMax, holdTtlMs, sweepGraceMs }: SaleFacts): string {
  const limit =
    unitsPerBuyerMax === undefined ? '.' : `, and a buyer may have ${unitsPerBuyerMax}.`;
  if (holdTtlMs === undefined) return limit;
  return `${limit} A hold lapses ${holdTtlMs} ms after it was made, and its units are back at the latest ${sweepGraceMs} ms after that.`;
}

/** Leaves out every answer without which the others still contradict each other. */
function contradiction(candidate: SmallSale, calls: SoughtCall[], sale: SaleFacts): Witness {
  const { skuId, total, before } = candidate;
  let core = calls;
  for (const call of calls) {
    if (mayLeaveHold(call.operation, sale)) continue;
    // A call whose answer nobody trusts may have happened at any time, or never.
    const weaker = { ...call, toNs: Number.POSITIVE_INFINITY, definite: false };
    const rest = isLook(call)
      ? core.filter((other) => other !== call)
      : core.map((other) => (other === call ? weaker : other));
    if (isExplainedFrom(candidate, rest, sale) === false) core = rest;
  }
  const shown = core.map(({ operation }) => operation);
  const sold = before.flatMap(({ phase, units }) => (phase === 'sold' ? units : []));
  const left = sold.reduce((units, each) => units - each, total);
  const units = candidate.isPart
    ? `When nothing was held or under way, ${count(left, 'unit')} of ${skuName(skuId)} were left`
    : `${skuName(skuId)} has ${count(total, 'unit')}`;
  return {
    prose: bulletList(
      `${units}${describeRules(sale)} These answers are not all true, in whatever order things happened:`,
      shown.map((call) => describeAnswer(call, sale)),
    ),
    operations: witnessOperations(shown),
  };
}

const describeAnswer = (call: Operation, sale: SaleFacts): string =>
  call.kind === 'read'
    ? `${describeCall(call, sale)}: ${describeCounts(call.observed ?? {})}`
    : describeCall(call, sale);
