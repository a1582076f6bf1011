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

/** True when two calls, given in the order of invocation, have different keys and overlap. */
export function meetAcross(
  operations: Operation[],
  keyOf: (operation: Operation) => string | undefined,
): boolean {
  /** The key of the latest calls, and the end of the last of them. All calls with other keys ended before these began. */
  let last: { key: string; endNs: number } | undefined;
  for (const operation of operations) {
    const key = keyOf(operation);
    if (key === undefined) continue;
    const { invokedAtNs, completedAtNs } = operation;
    if (last?.key === key) last.endNs = Math.max(last.endNs, completedAtNs);
    else if (last !== undefined && invokedAtNs <= last.endNs) return true;
    else last = { key, endNs: completedAtNs };
  }
  return false;
}
