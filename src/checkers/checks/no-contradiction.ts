import type { Operation, SaleFacts } from '../../history/operation.ts';
import { countWhere } from '../../kernel/count-where.ts';
import { bulletList, count, skuName } from '../../kernel/wording.ts';
import type { Checker, Witness } from '../checker.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { isLook, mayLeaveHold } from '../reading/exact/looks.ts';
import { type Explanation, explain } from '../reading/exact/search.ts';
import type { SoughtCall } from '../reading/exact/situation.ts';
import { findSmallSales, type SmallSale } from '../reading/exact/small-sales.ts';
import { describeCounts } from './monotonic-reads/finding.ts';

/** Limits of a search, so that a big sale is judged in a time that grows with its size. */
interface SearchLimits {
  /** The most situations that are tried for one SKU, part of a sale or buyer. */
  situationsEachMax: number;
  /** The same for all of them together. */
  situationsMax: number;
}

/**
 * Answers that are possible one by one and not together: no order of events explains them all. Two refusals may exclude each
 * other, or one hold would have to lapse early for one buyer and late for another.
 *
 * The bounds of other checks look at one answer at a time. This check tries all orders, so it looks only at SKUs with few
 * calls; of others, at parts with few calls between two moments at which nothing is under way or held; and where a part has
 * more, at the calls of one buyer, whatever others did. It gives up where even those have too many orders.
 */
export const createNoContradiction = ({
  situationsEachMax,
  situationsMax,
}: SearchLimits): Checker => ({
  name: 'no-contradiction',
  needs: [],
  isLastResort: true,
  check(evidence) {
    const { sale } = evidence;
    const { sales, tooBig } = findSmallSales(evidence);
    if (sales.length === 0) {
      return {
        status: 'skipped',
        summary:
          'no SKU, no part of a sale and no buyer had so few calls that all their orders can be tried',
      };
    }
    const explainAs = ({ total, before }: SmallSale, calls: SoughtCall[]): Explanation =>
      explain(calls, total, sale, situationsEachMax, before);
    let situations = 0;
    const explained: SmallSale[] = [];
    for (const candidate of sales) {
      if (situations >= situationsMax) break;
      const { isPossible, tried } = explainAs(candidate, candidate.calls);
      situations += tried;
      if (isPossible) explained.push(candidate);
      if (isPossible !== false) continue;
      return {
        status: 'invalid',
        summary: `no order of events explains the answers of ${skuName(candidate.skuId)}`,
        witness: contradiction(candidate, sale, explainAs),
      };
    }
    const leftOut = sales.length - explained.length + tooBig;
    return { status: 'valid', summary: summaryOf(explained, leftOut) };
  },
});

export const noContradiction = createNoContradiction({
  situationsEachMax: 3_000,
  situationsMax: 300_000,
});

function summaryOf(explained: SmallSale[], leftOut: number): string {
  const having = (scope: SmallSale['scope']): number =>
    countWhere(explained, (sale) => sale.scope === scope);
  const [parts, buyers] = [having('part'), having('buyer')];
  return [
    `an order of events explains all answers of ${count(having('sale'), 'SKU')} with few calls`,
    ...(parts > 0 ? [`, and of ${count(parts, 'part')} of others`] : []),
    ...(buyers > 0 ? [`, and those to ${count(buyers, 'buyer')}, each taken alone`] : []),
    ...(leftOut > 0
      ? [`; ${count(leftOut, 'part')} left out, with too many calls or orders to try`]
      : []),
  ].join('');
}

function describeRules({ unitsPerBuyerMax, holdTtlMs, sweepGraceMs }: SaleFacts): string {
  const limit =
    unitsPerBuyerMax === undefined ? '.' : `, and a buyer may have ${unitsPerBuyerMax}.`;
  if (holdTtlMs === undefined) return limit;
  return `${limit} A hold lapses ${holdTtlMs} ms after it was made, and its units are back at the latest ${sweepGraceMs} ms after that.`;
}

/** Leaves out every refusal and every read without which the others still contradict each other. */
function contradiction(
  candidate: SmallSale,
  sale: SaleFacts,
  explainAs: (candidate: SmallSale, calls: SoughtCall[]) => Explanation,
): Witness {
  let core = candidate.calls;
  for (const call of candidate.calls) {
    // A change that a call may have made belongs to the story.
    if (!isLook(call) || mayLeaveHold(call.operation, sale)) continue;
    const rest = core.filter((other) => other !== call);
    if (explainAs(candidate, rest).isPossible === false) core = rest;
  }
  const shown = core.map(({ operation }) => operation);
  return {
    prose: bulletList(
      `${describeStock(candidate)}${describeRules(sale)} These answers are not all true, in whatever order things happened:`,
      shown.map((call) => describeAnswer(call, sale)),
    ),
    operations: witnessOperations(shown),
  };
}

function describeStock({ skuId, total, before, scope }: SmallSale): string {
  if (scope === 'sale') return `${skuName(skuId)} has ${count(total, 'unit')}`;
  if (scope === 'buyer') return `One buyer of ${skuName(skuId)} was told all of this`;
  const sold = before.flatMap(({ phase, units }) => (phase === 'sold' ? units : []));
  const left = sold.reduce((units, each) => units - each, total);
  return `When nothing was held or under way, ${count(left, 'unit')} of ${skuName(skuId)} were left`;
}

const describeAnswer = (call: Operation, sale: SaleFacts): string =>
  call.kind === 'read'
    ? `${describeCall(call, sale)}: ${describeCounts(call.observed ?? {})}`
    : describeCall(call, sale);
