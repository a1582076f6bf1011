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
  const latestEndNs = new Map<string, number>();
  for (const operation of operations) {
    const key = keyOf(operation);
    if (key === undefined) continue;
    for (const [other, endNs] of latestEndNs) {
      if (other !== key && operation.invokedAtNs <= endNs) return true;
    }
    latestEndNs.set(key, Math.max(latestEndNs.get(key) ?? 0, operation.completedAtNs));
  }
  return false;
}
