import { codeOfSomeLine, type Operation } from '../../history/operation.ts';
import type { RefusalReason } from '../../history/refusal-reason.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';

/** A basket that was refused for some line, and the answer does not tell for which: it is true if it is of any of them. */
export interface RefusedBasket {
  reason: RefusalReason;
  lines: Operation[];
}

/** Finds the baskets that were refused for a reason of some line, in the order of invocation. */
export const findRefusedBaskets = memoized(({ operations, sale }: Evidence): RefusedBasket[] => {
  const reasonOf = ({ code }: Operation): RefusalReason | undefined =>
    sale.refusals[codeOfSomeLine(code) ?? ''];
  const baskets = groupBy(operations, (call) =>
    reasonOf(call) === undefined ? undefined : call.basket,
  );
  return [...baskets.values()].map((lines) => ({
    reason: reasonOf(lines[0] as Operation) as RefusalReason,
    lines,
  }));
});
