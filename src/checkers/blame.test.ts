import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign } from '../../test/judge/campaign-story.ts';
import { inShop, SHOP_CALLS, shopBooks, shopSale } from '../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../test/judge/story.ts';
import type { LedgerSnapshot } from '../history/ledger-snapshot.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './verdict.ts';

/** The checks that name a fault. No-contradiction is left out: it says that answers contradict each other, and not why. */
const accusing = (evidence: Evidence): string[] =>
  judge(evidence)
    .checks.filter(({ status, name }) => status === 'invalid' && name !== 'no-contradiction')
    .map(({ name }) => name);

const first = <Row>(rows: Row[]): Row => rows[0] as Row;

/** Ann and Bob reserve and buy the two units of a sale. */
const two = saleOf({ total: 2 });
const bothBuy = (ann: Partial<Call>, bob: Partial<Call>): Call[] => [
  said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a', sequence: 1 }),
  said('reserve', 'bob', [1, 11], { hold: 'b', callId: 'try-b', sequence: 2 }),
  said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a', sequence: 3, ...ann }),
  said('confirm', 'bob', [40, 50], { hold: 'b', order: 'order-b', sequence: 4, ...bob }),
];
const twoBooks = (): LedgerSnapshot =>
  booksOf(two, [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
    { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b' },
    { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    { kind: 'SOLD', hold: 'b', buyer: 'bob' },
  ]);

describe('a fault is laid on the check that it belongs to, and on no other', () => {
  const ledger = twoBooks();

  it('two buyers who were told of each other’s order are a matter of ownership', () => {
    const withHolds = bothBuy(
      { newHold: 'b', order: 'order-b' },
      { newHold: 'a', order: 'order-a' },
    );
    expect(accusing(evidenceOf(two, withHolds, { ledger }))).toEqual(['ownership']);
    expect(accusing(evidenceOf(two, withHolds))).toEqual(['ownership']);
    const ordersOnly = bothBuy({ order: 'order-b' }, { order: 'order-a' });
    expect(accusing(evidenceOf(two, ordersOnly, { ledger }))).toEqual(['ownership']);
  });

  it('a checkout that was answered with a hold that never was is a lost one', () => {
    const calls = bothBuy({}, { newHold: 'x' });
    expect(accusing(evidenceOf(two, calls, { ledger }))).toEqual(['no-lost-acknowledged']);
    expect(accusing(evidenceOf(two, calls))).toEqual([]);
  });

  it('a late checkout’s hold counts, if its buyer was told of it or the ledger has it', () => {
    const one = saleOf({ total: 1 });
    const [ann] = bothBuy({}, {}) as [Call];
    const late = said('confirm', 'ann', [1_500, 1_510], { hold: 'a', newHold: 'd', order: 'o' });
    const bob = said('reserve', 'bob', [1_600, 1_610], { hold: 'b' });
    expect(accusing(evidenceOf(one, [ann, late, bob]))).toEqual(['never-oversold']);
  });

  it('a ledger with fewer units than the sale is a matter of conservation', () => {
    const short = inShop(
      ({ inventory }) => {
        first(inventory).total = 2;
        first(inventory).available = 1;
      },
      [...SHOP_CALLS, refused('reserve', 'dan', [3, 13])],
    );
    const sale = { ...shopSale, skus: [{ skuId: SKU, total: 4 }] };
    expect(accusing({ ...short, sale: { ...short.sale, skus: sale.skus } })).toEqual([
      'conservation',
    ]);
  });

  it('a voucher with another code than its buyer was told is a lost one', () => {
    const calls = CAMPAIGN.slice(0, 3);
    const evidence = inCampaign(({ vouchers }) => {
      Object.assign(first(vouchers), { code: 'CODE-X', usedAt: null, usedByCallId: null });
    }, calls);
    expect(accusing(evidence)).toEqual(['no-lost-acknowledged']);
  });

  it('an order that was cancelled twice took a way that no hold takes', () => {
    const cancel = said('cancel', 'ann', [60, 70], { order: 'order-a' });
    const calls = [...bothBuy({}, {}), cancel, { ...cancel, invokedAtNs: 65e6 }];
    const books = booksOf(two, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'b', buyer: 'bob' },
      { kind: 'RETURNED', hold: 'a', buyer: 'ann' },
    ]);
    expect(accusing(evidenceOf(two, calls, { ledger: books }))).toEqual(['legal-transitions']);
  });

  it('a theft without an answer is a matter of ownership', () => {
    const stolen = SHOP_CALLS.map((call) =>
      call.kind === 'release' ? unanswered('release', 'eve', 21, { hold: 'b' }) : call,
    );
    expect(accusing(evidenceOf(shopSale, stolen, { ledger: shopBooks() }))).toEqual(['ownership']);
  });
});
