import type { Operation, SaleFacts } from '../../history/operation.ts';
import { bulletList, count } from '../../kernel/wording.ts';
import type { Checker, Witness } from '../checker.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { isExplained } from '../reading/exact/search.ts';
import type { SoughtCall } from '../reading/exact/situation.ts';
import { findSmallSales, type SmallSale } from '../reading/exact/small-sales.ts';

/**
 * Answers that are possible one by one and not together: no order of events explains them all. Two refusals may exclude each
 * other, or one hold would have to lapse early for one buyer and late for another.
 *
 * The bounds of other checks look at one answer at a time. This check tries all orders, so it looks only at SKUs with few
 * calls, and it gives up where even those have too many orders.
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
        summary: 'no SKU had so few calls that all their orders can be tried',
      };
    }
    let situationsLeft = SITUATIONS_MAX;
    let explained = 0;
    for (const candidate of small) {
      if (situationsLeft <= 0) break;
      const calls = candidate.calls.map((call) => soughtCall(call, candidate.calls));
      situationsLeft -= SITUATIONS_PER_SKU_MAX;
      const answer = isExplained(calls, candidate.total, sale, SITUATIONS_PER_SKU_MAX);
      if (answer) explained += 1;
      if (answer !== false) continue;
      return {
        status: 'invalid',
        summary: `no order of events explains the answers of ${candidate.skuId}`,
        witness: contradiction(candidate, calls, sale),
      };
    }
    return {
      status: 'valid',
      summary: `an order of events explains all answers of ${count(explained, 'SKU')} with few calls`,
    };
  },
};

const SITUATIONS_PER_SKU_MAX = 3_000;
const SITUATIONS_MAX = 300_000;

const soughtCall = (operation: Operation, calls: Operation[]): SoughtCall => ({
  operation,
  fromNs: operation.invokedAtNs,
  toNs: operation.completedAtNs,
  definite: operation.outcome !== 'info',
  isPaidElsewhere: calls.some(
    (other) =>
      other !== operation &&
      other.kind === 'confirm' &&
      other.hold === operation.hold &&
      other.invokedAtNs <= operation.completedAtNs,
  ),
});

/** Leaves out every answer without which the others still contradict each other. */
function contradiction({ skuId, total }: SmallSale, calls: SoughtCall[], sale: SaleFacts): Witness {
  let core = calls;
  for (const call of calls) {
    // A call whose answer nobody trusts may have happened at any time, or never.
    const weaker = { ...call, toNs: Number.POSITIVE_INFINITY, definite: false };
    const rest =
      call.operation.outcome === 'fail'
        ? core.filter((other) => other !== call)
        : core.map((other) => (other === call ? weaker : other));
    if (isExplained(rest, total, sale, SITUATIONS_PER_SKU_MAX) === false) core = rest;
  }
  const shown = core.map(({ operation }) => operation);
  return {
    prose: bulletList(
      `${skuId} has ${count(total, 'unit')}, and a buyer may have ${sale.unitsPerBuyerMax}. A hold lapses ${sale.holdTtlMs} ms after it was made, and its units ` +
        `are back at the latest ${sale.sweepGraceMs} ms after that. These answers are not all true, in whatever order things happened:`,
      shown.map((call) => describeCall(call, sale)),
    ),
    operations: witnessOperations(shown),
  };
}
