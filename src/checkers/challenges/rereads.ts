import type { Operation } from '../../history/operation.ts';

/**
 * True when something was read again that might have changed back: the decision over an attempt by a buyer who knew it,
 * or the stock of a SKU after a change that came after an earlier reading.
 */
export const isAnythingReread = (operations: Operation[]): boolean =>
  isDecisionReread(operations) || isStockReread(operations);

function isDecisionReread(operations: Operation[]): boolean {
  const knownSinceNs = new Map<string, number>();
  for (const call of operations) {
    const { sku, buyer, outcome, observed, invokedAtNs, completedAtNs } = call;
    if (outcome !== 'ok' || observed?.decision === undefined) continue;
    const key = `${sku} ${buyer}`;
    const knownNs = knownSinceNs.get(key) ?? Number.POSITIVE_INFINITY;
    if (invokedAtNs >= knownNs) return true;
    if (observed.decision !== 'PENDING') {
      knownSinceNs.set(key, Math.min(knownNs, completedAtNs));
    }
  }
  return false;
}

function isStockReread(operations: Operation[]): boolean {
  /** For each SKU, the earliest end of a reading, and of a change that began after it. */
  const readNs = new Map<string, number>();
  const changedNs = new Map<string, number>();
  for (const call of operations) {
    const { kind, sku, outcome, observed, invokedAtNs, completedAtNs } = call;
    if (sku === undefined || outcome !== 'ok') continue;
    if (kind !== 'read') {
      const isAfterReading = invokedAtNs >= (readNs.get(sku) ?? Number.POSITIVE_INFINITY);
      if (isAfterReading) lower(changedNs, sku, completedAtNs);
    } else if (observed?.available !== undefined) {
      if (invokedAtNs >= (changedNs.get(sku) ?? Number.POSITIVE_INFINITY)) return true;
      lower(readNs, sku, completedAtNs);
    }
  }
  return false;
}

function lower(times: Map<string, number>, key: string, atNs: number): void {
  times.set(key, Math.min(times.get(key) ?? Number.POSITIVE_INFINITY, atNs));
}
