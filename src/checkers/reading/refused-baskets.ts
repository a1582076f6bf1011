import { codeOfSomeLine, type Operation, takesStock } from '../../history/operation.ts';
import type { RefusalReason } from '../../history/refusal-reason.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';

/** A basket that was refused for some line, and the answer does not tell for which: it is true if it is of any of them. */
export interface RefusedBasket {
  reason: RefusalReason;
  lines: Operation[];
}

/**
 * The code of a basket that was refused for some line; undefined for any other refusal. A call about the holds or orders of a
 * basket is refused with one code for all of them, also if it is true of one alone.
 */
export const codeOfBasket = ({ kind, basket, code }: Operation): string | undefined =>
  codeOfSomeLine(code) ?? (basket === undefined || takesStock(kind) ? undefined : code);

/** Finds the baskets that were refused for a reason of some line, in the order of invocation. */
export const findRefusedBaskets = memoized(({ operations, sale }: Evidence): RefusedBasket[] => {
  const reasonOf = (call: Operation): RefusalReason | undefined =>
    call.outcome === 'fail' ? sale.refusals[codeOfBasket(call) ?? ''] : undefined;
  const baskets = groupBy(operations, (call) =>
    reasonOf(call) === undefined ? undefined : `${call.basket} ${call.code}`,
  );
  return [...baskets.values()].map((lines) => ({
    reason: reasonOf(lines[0] as Operation) as RefusalReason,
    lines,
  }));
});
