import { type Operation, takesStock } from '../../history/operation.ts';
import type { Evidence } from '../evidence.ts';
import { type LedgerIndex, ofBuyer } from './ledger-index.ts';
import type { Wishes } from './wishes.ts';

/** The moment at which each buyer was first told that their attempt had succeeded, by `ofBuyer`. */
export function firstSuccesses({ operations }: Evidence): Map<string, number> {
  const firstNs = new Map<string, number>();
  for (const { sku, buyer, observed, completedAtNs } of operations) {
    if (observed?.decision !== 'SUCCESS') continue;
    const key = ofBuyer(sku, buyer);
    firstNs.set(key, Math.min(firstNs.get(key) ?? completedAtNs, completedAtNs));
  }
  return firstNs;
}

/** The buyers who were told that their attempt had failed, and never that it had succeeded, by `ofBuyer`. */
export function declinedBuyers({ operations }: Evidence): Set<string> {
  const told = new Map<string, string>();
  for (const { sku, buyer, observed } of operations) {
    const decision = observed?.decision;
    if (decision !== 'SUCCESS' && decision !== 'FAILED') continue;
    const key = ofBuyer(sku, buyer);
    if (told.get(key) !== 'SUCCESS') told.set(key, decision);
  }
  return new Set([...told].flatMap(([key, decision]) => (decision === 'FAILED' ? key : [])));
}

/**
 * For each buyer who was told of a success (`knownAtNs`), the attempt that succeeded: one that was accepted, else the one
 * that the ledger names, else the first that may have been accepted. Buyers who also bought the SKU otherwise are left out: an
 * attempt may succeed with the purchase that they made that way, and then took no units of its own.
 */
export function callsThatSucceeded(
  { calls, callIdsOf }: Wishes,
  knownAtNs: Map<string, number>,
  ledger: LedgerIndex | undefined,
): Operation[] {
  const named = new Set((ledger?.reservations ?? []).map(({ callId }) => callId));
  const likelihood = (call: Operation): number => {
    if (call.outcome === 'ok') return 2;
    return callIdsOf(call).some((callId) => named.has(callId)) ? 1 : 0;
  };
  const best = new Map<string, Operation>();
  if (knownAtNs.size === 0) return [];
  const others = buyersOfOtherUnits(calls);
  for (const call of calls) {
    const key = ofBuyer(call.sku, call.buyer);
    if (call.kind !== 'attempt' || call.outcome === 'fail' || !knownAtNs.has(key)) continue;
    if (others.has(key)) continue;
    const other = best.get(key);
    if (other === undefined || likelihood(call) > likelihood(other)) best.set(key, call);
  }
  return [...best.values()];
}

/** The buyers who took units in another way than by an attempt, or may have, by `ofBuyer`. */
function buyersOfOtherUnits(calls: Operation[]): Set<string> {
  const buyers = new Set<string>();
  for (const { kind, outcome, sku, buyer } of calls) {
    if (kind !== 'attempt' && takesStock(kind) && outcome !== 'fail')
      buyers.add(ofBuyer(sku, buyer));
  }
  return buyers;
}
