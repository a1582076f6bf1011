import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, shortId, skuName } from '../../../kernel/wording.ts';
import type { Finding } from '../../checker.ts';
import type { Evidence } from '../../evidence.ts';
import { witnessOfCalls } from '../../prose.ts';
import { eventfulCalls } from '../../reading/eventful-calls.ts';
import { ofBuyer } from '../../reading/ledger-index.ts';
import { findWishes } from '../../reading/wishes.ts';

/**
 * Finds a buyer of whom two attempts at one SKU were accepted. Our own server accepts one, whatever becomes of it; a described
 * shop may accept several. A repetition with one idempotency key is no second attempt.
 */
export function findSecondAttempt(evidence: Evidence): Finding | undefined {
  const { sale } = evidence;
  if (sale.shop !== undefined) return undefined;
  const accepted = eventfulCalls(findWishes(evidence).calls).filter(
    ({ kind, outcome }) => kind === 'attempt' && outcome === 'ok',
  );
  const byBuyer = groupBy(accepted, ({ sku, buyer }) =>
    sku === undefined || buyer === undefined ? undefined : ofBuyer(sku, buyer),
  );
  for (const calls of byBuyer.values()) {
    if (calls.length < 2) continue;
    const [call] = calls as [Operation];
    const { sku, buyer } = call;
    return {
      status: 'invalid',
      summary: describeAttempts(call, calls.length),
      witness: witnessOfCalls(
        `A buyer has one attempt at ${skuName(sku)}. Of buyer ${shortId(buyer)} ${count(calls.length, 'attempt')} were accepted:`,
        calls,
        sale,
      ),
    };
  }
  return undefined;
}

export const describeAttempts = ({ sku, buyer }: Operation, accepted: number): string =>
  `${count(accepted, 'attempt')} of buyer ${shortId(buyer)} at ${skuName(sku)} were accepted, where one is allowed`;
