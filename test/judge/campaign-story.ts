import type { Evidence } from '../../src/checkers/evidence.ts';
import type { LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import { booksOf, type Call, evidenceOf, refused, SKU, said, saleOf } from './story.ts';

export const campaignSale = saleOf({ total: 2 });

/** Ann and Bob register for a campaign with room for two, Cid is too late; Ann uses her voucher. */
export const CAMPAIGN: Call[] = [
  said('register', 'ann', [0, 10], { callId: 'try-a', order: 'order-a', voucher: 'CODE-A' }),
  said('register', 'bob', [1, 11], { callId: 'try-b', order: 'order-b', voucher: 'CODE-B' }),
  refused('register', 'cid', [8, 18], { callId: 'try-c', code: 'CAMPAIGN_FULL' }),
  said('redeem', 'ann', [20, 30], { sku: undefined, callId: 'use-a', voucher: 'CODE-A' }),
];

export const voucherOf = (name: string, userId: string): LedgerSnapshot['vouchers'][number] => ({
  row: 'voucher',
  voucherId: `voucher-${name}`,
  code: `CODE-${name.toUpperCase()}`,
  campaignId: SKU,
  skuId: SKU,
  userId,
  orderId: `order-${name}`,
  issuedAt: 'noon',
  usedAt: null,
  usedByCallId: null,
});

/** The books of a ledger that made no mistake. */
export const campaignBooks = (): LedgerSnapshot => {
  const ledger = booksOf(campaignSale, [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
    { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 5 },
    { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 6 },
    { kind: 'SOLD', hold: 'b', buyer: 'bob', atMs: 6 },
  ]);
  ledger.vouchers = [voucherOf('a', 'ann'), voucherOf('b', 'bob')];
  Object.assign(ledger.vouchers[0] as object, { usedAt: 'noon', usedByCallId: 'use-a' });
  return ledger;
};

/** The evidence of the story, with its books changed by hand. */
export const inCampaign = (
  tamper: (ledger: LedgerSnapshot) => void = () => {},
  calls = CAMPAIGN,
): Evidence => {
  const ledger = campaignBooks();
  tamper(ledger);
  return evidenceOf(campaignSale, calls, { ledger });
};
