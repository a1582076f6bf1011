import { codeOfSomeLine, takesStock } from '../../../src/history/operation.ts';
import { groupBy } from '../../../src/kernel/group-by.ts';
import type { Call } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';

const linesOf = (calls: readonly Call[]): Map<string, Call[]> =>
  groupBy(calls, ({ operation: { basket } }) => basket);

/** True if a basket was answered yes for some of its lines and otherwise for others. */
export const areHalf = (calls: readonly Call[]): boolean =>
  [...linesOf(calls).values()].some((lines) =>
    lines.some(({ operation }) => operation.outcome !== lines[0]?.operation.outcome),
  );

/**
 * Makes one call of the lines of each basket. The lines of a refused one stay looks of their own, each with its reason, unless the
 * answer does not tell of which line the reason is true: then it is one look at all of them. So it is for a call about holds or
 * orders, and for a purchase that was refused half-way.
 *
 * @param areWhole false: each line of a basket may happen alone
 */
export function joinLines(calls: readonly Call[], areWhole: boolean): Call[] {
  const baskets = linesOf(calls);
  return calls.flatMap((call) => {
    const { basket = '', kind, outcome, code } = call.operation;
    const lines = baskets.get(basket);
    const isOneRefusal =
      codeOfSomeLine(code) !== undefined ||
      ((!takesStock(kind) || code === 'CONTENTION_LOST') &&
        lines?.every((line) => line.operation.code === code));
    const isApart = outcome === 'fail' ? !isOneRefusal : !areWhole;
    if (lines === undefined || isApart) return [call];
    return call === lines[0] ? [{ ...call, lines }] : [];
  });
}

/** All lines of a basket happen at one moment, or none. */
export function together(
  moment: Moment,
  lines: readonly Call[],
  effectOf: (moment: Moment, line: Call) => Effect | undefined,
): Effect[] {
  const steps: Step[] = [];
  let { world } = moment;
  for (const line of lines) {
    const effect = effectOf({ ...moment, world }, line);
    if (effect === undefined) return [];
    steps.push(effect.step);
    world = effect.world;
  }
  const [step, ...others] = steps as [Step, ...Step[]];
  return [{ world, step, others, isComplete: true }];
}
