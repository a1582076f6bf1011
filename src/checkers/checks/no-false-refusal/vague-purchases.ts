import { groupBy } from '../../../kernel/group-by.ts';
import { memoized } from '../../../kernel/memo.ts';
import type { Evidence } from '../../evidence.ts';
import { findHolds } from '../../reading/holds.ts';
import { ofBuyer } from '../../reading/ledger-index.ts';
import type { Span } from '../../reading/spans.ts';

/**
 * The times in which buyers may have had a purchase, by `ofBuyer`, of which nobody knows the hold: a described shop answered a
 * checkout with yes that names none, its buyer had several, and it may have taken units again for a late payment.
 */
export const findVaguePurchases = memoized((evidence: Evidence): Map<string, Span[]> => {
  const { sale, operations } = evidence;
  const spans = new Map<string, Span[]>();
  if (sale.shop === undefined) return spans;
  const vague = operations.filter(
    ({ kind, outcome, hold }) => kind === 'confirm' && outcome === 'ok' && hold === undefined,
  );
  if (vague.length === 0) return spans;
  const holds = groupBy([...findHolds(evidence).bySku.values()].flat(), ({ buyer }) => buyer);
  for (const { buyer, sku, invokedAtNs } of vague) {
    const own = buyer === undefined ? [] : (holds.get(buyer) ?? []);
    if (own.length < 2) continue;
    for (const ofSku of new Set(sku === undefined ? own.map((hold) => hold.sku) : [sku])) {
      const key = ofBuyer(ofSku, buyer);
      const span = { from: invokedAtNs, until: Number.POSITIVE_INFINITY };
      spans.set(key, [...(spans.get(key) ?? []), span]);
    }
  }
  return spans;
});
