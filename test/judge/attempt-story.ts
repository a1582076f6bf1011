import type { Evidence } from '../../src/checkers/evidence.ts';
import type { LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import { campaignBooks } from './campaign-story.ts';
import { type Call, evidenceOf, SKU, said, saleOf } from './story.ts';

export const attemptSale = saleOf({ total: 2 });

/** Ann, Bob and Cid attempt to get one of two units: Ann and Bob succeed, Cid fails. */
export const ATTEMPTS: Call[] = [
  said('attempt', 'ann', [0, 10], { callId: 'try-a' }),
  said('attempt', 'bob', [1, 11], { callId: 'try-b' }),
  said('attempt', 'cid', [2, 12], { callId: 'try-c' }),
  said('read', 'ann', [40, 50], { observed: { decision: 'SUCCESS' } }),
];

/** The books of a ledger that made no mistake: the same orders as in the campaign, with attempts for vouchers. */
export const attemptBooks = (): LedgerSnapshot => {
  const ledger = { ...campaignBooks(), vouchers: [] };
  ledger.attempts = [attemptOf('a', 'ann'), attemptOf('b', 'bob'), attemptOf('c', 'cid')];
  Object.assign(ledger.attempts[2] as object, { status: 'FAILED', orderId: null });
  return ledger;
};

export const attemptOf = (name: string, userId: string): LedgerSnapshot['attempts'][number] => ({
  row: 'attempt',
  saleId: SKU,
  skuId: SKU,
  userId,
  status: 'SUCCESS',
  orderId: `order-${name}`,
  callId: `try-${name}`,
  createdAt: 'noon',
});

/** The evidence of the story, with its books changed by hand. */
export const inAttempts = (
  tamper: (ledger: LedgerSnapshot) => void = () => {},
  calls = ATTEMPTS,
): Evidence => {
  const ledger = attemptBooks();
  tamper(ledger);
  return evidenceOf(attemptSale, calls, { ledger });
};
