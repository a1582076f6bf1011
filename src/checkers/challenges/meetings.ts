import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';

/** True when two of the calls, given in the order of invocation, overlap. */
export function meet(calls: Operation[]): boolean {
  let latestEndNs = Number.NEGATIVE_INFINITY;
  for (const { invokedAtNs, completedAtNs } of calls) {
    if (invokedAtNs <= latestEndNs) return true;
    latestEndNs = Math.max(latestEndNs, completedAtNs);
  }
  return false;
}

/** True when two calls with the same key overlap. */
export function meetWithin(
  operations: Operation[],
  keyOf: (operation: Operation) => string | undefined,
): boolean {
  for (const calls of groupBy(operations, keyOf).values()) {
    if (meet(calls)) return true;
  }
  return false;
}

/** True when two calls with different keys overlap. */
export function meetAcross(
  operations: Operation[],
  keyOf: (operation: Operation) => string | undefined,
): boolean {
  /** The call that ends last, and the one that ends last of those with another key. */
  let last: { key: string; endNs: number } | undefined;
  let lastOfOthers: { key: string; endNs: number } | undefined;
  for (const operation of operations) {
    const key = keyOf(operation);
    if (key === undefined) continue;
    const other = last?.key === key ? lastOfOthers : last;
    if (other !== undefined && operation.invokedAtNs <= other.endNs) return true;
    const ended = { key, endNs: operation.completedAtNs };
    if (last === undefined || ended.endNs >= last.endNs) {
      if (last?.key !== key) lastOfOthers = last;
      last = ended;
    } else if (last.key !== key && ended.endNs >= (lastOfOthers?.endNs ?? 0)) {
      lastOfOthers = ended;
    }
  }
  return false;
}
