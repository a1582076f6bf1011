import type { Operation } from '../../../history/operation.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall } from '../../prose.ts';
import { eventfulCalls } from '../../reading/eventful-calls.ts';
import { ofBuyer } from '../../reading/ledger-index.ts';
import { mayHaveOlderRows } from '../../reading/other-people.ts';
import { FINAL, isDecisionRead } from './decisions.ts';
import type { Wrong } from './finding.ts';

/**
 * Finds a buyer who was told of a decision before any attempt of theirs can have been accepted. A described shop names its
 * attempts by ids, which a buyer may have from elsewhere.
 */
export function findDecisionOfNothing({ sale, operations }: Evidence): Wrong | undefined {
  if (sale.shop !== undefined) return undefined;
  const firstNs = new Map<string, number>();
  // An attempt that was refused is no eventful call.
  for (const { kind, sku, buyer, invokedAtNs } of eventfulCalls(operations)) {
    if (kind !== 'attempt') continue;
    const key = ofBuyer(sku, buyer);
    if (!firstNs.has(key)) firstNs.set(key, invokedAtNs);
  }
  const isOfNothing = (read: Operation): boolean => {
    const { sku, buyer, observed, completedAtNs } = read;
    if (!isDecisionRead(read) || !FINAL.has(observed?.decision ?? '')) return false;
    if (sku === undefined || buyer === undefined || mayHaveOlderRows(sku, sale)) return false;
    return (firstNs.get(ofBuyer(sku, buyer)) ?? Number.POSITIVE_INFINITY) > completedAtNs;
  };
  const read = operations.find(isOfNothing);
  if (read === undefined) return undefined;
  const decision = read.observed?.decision;
  return {
    summary: `a buyer was told ${decision} of an attempt that was not made`,
    witness: {
      prose: `${describeCall(read, sale)}: ${decision}. No attempt of buyer ${shortId(read.buyer)} at ${skuName(read.sku)} can have been accepted by then.`,
      operations: [read],
    },
  };
}
