import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { bulletList, count } from '../../../kernel/wording.ts';
import type { Witness } from '../../checker.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall, witnessOperations } from '../../prose.ts';
import { totalInBooks } from '../../reading/books-total.ts';
import { highestWithin, windowsOf } from '../../reading/highest-within.ts';
import { findPossibleUnits } from '../../reading/possible-units.ts';
import type { RefusedBasket } from '../../reading/refused-baskets.ts';
import { findWishes } from '../../reading/wishes.ts';

/**
 * Finds a basket that was refused because some line is sold out, the answer does not tell which, though every line could be had
 * during the whole call.
 */
export function findFreeBasket(baskets: RefusedBasket[], evidence: Evidence): Witness | undefined {
  const { sale } = evidence;
  const linesBySku = groupBy(
    baskets.flatMap(({ lines }) => lines),
    ({ sku }) => sku,
  );
  const free = new Map<Operation, string>();
  for (const { skuId } of sale.skus) {
    const lines = linesBySku.get(skuId);
    if (lines === undefined) continue;
    const total = totalInBooks(skuId, evidence);
    const left = leftAtLeast(skuId, total, lines, evidence);
    for (const [place, line] of lines.entries()) {
      const units = left[place] as number;
      if (units < line.quantity) continue;
      const which = `${describeCall(line, sale)}; ${count(units, 'unit')} of ${total} stayed free all along`;
      free.set(line, which);
    }
  }
  const basket = baskets.find(({ lines }) => lines.every((line) => free.has(line)));
  return (
    basket && {
      prose: bulletList(
        'A basket was refused because some line of it is sold out, and none was:',
        basket.lines.map((line) => free.get(line) as string),
      ),
      operations: witnessOperations(basket.lines),
    }
  );
}

/** The least units of a SKU that can have been free for each of some refused lines of it, at any moment of the call. */
function leftAtLeast(sku: string, total: number, lines: Operation[], evidence: Evidence): number[] {
  const intervals = findPossibleUnits(sku, evidence);
  const { decidedFromNs } = findWishes(evidence);
  const lagNs = (evidence.sale.refusalLagMs ?? 0) * 1e6;
  const begunNs = ({ invokedAtNs }: Operation): number => invokedAtNs;
  const justBeforeNs = (line: Operation): number => begunNs(line) - 1;
  const during = highestWithin(
    intervals,
    windowsOf(lines, begunNs, ({ completedAtNs }) => completedAtNs),
  );
  const earlier = highestWithin(
    intervals,
    windowsOf(
      lines,
      (line) => Math.min(decidedFromNs(line) - lagNs, justBeforeNs(line)),
      justBeforeNs,
    ),
  );
  // Units that the line itself may have had were free for it.
  const own = new Map<Operation | undefined, number>();
  for (const { inVain, units } of intervals) own.set(inVain, units);
  return lines.map((line, place) => {
    const ofOthers = (during[place] as number) - (own.get(line) ?? 0);
    return total - Math.max(ofOthers, earlier[place] as number);
  });
}
