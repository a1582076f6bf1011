import { codeOfSomeLine } from '../../../src/history/operation.ts';
import { groupBy } from '../../../src/kernel/group-by.ts';
import type { Call } from './calls.ts';

const linesOf = (calls: readonly Call[]): Map<string, Call[]> =>
  groupBy(calls, ({ operation: { basket } }) => basket);

/** True if a basket was answered yes for some of its lines and otherwise for others. */
export const areHalf = (calls: readonly Call[]): boolean =>
  [...linesOf(calls).values()].some((lines) =>
    lines.some(({ operation }) => operation.outcome !== lines[0]?.operation.outcome),
  );

/**
 * Makes one call of the lines of each basket. The lines of a refused one stay looks of their own, each with its reason, unless the
 * answer does not tell of which line the reason is true: then it is one look at all of them.
 *
 * @param areWhole false: each line of a basket may happen alone
 */
export function joinLines(calls: readonly Call[], areWhole: boolean): Call[] {
  const baskets = linesOf(calls);
  return calls.flatMap((call) => {
    const { basket = '', outcome, code } = call.operation;
    const lines = baskets.get(basket);
    const isApart = outcome === 'fail' ? codeOfSomeLine(code) === undefined : !areWhole;
    if (lines === undefined || isApart) return [call];
    return call === lines[0] ? [{ ...call, lines }] : [];
  });
}
