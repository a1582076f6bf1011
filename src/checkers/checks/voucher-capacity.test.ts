import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign, voucherOf } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  evidenceOf,
  keeping,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { voucherCapacity } from './voucher-capacity.ts';

const sale = saleOf({ total: 2 });
const { check } = voucherCapacity;

describe('voucher-capacity', () => {
  it('is skipped where the evidence has nothing of its kind', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

  it('finds one voucher too many, handed out or kept', () => {
    const late = said('register', 'cid', [20, 30], { order: 'order-c', voucher: 'CODE-C' });
    const given = check(evidenceOf(sale, [...CAMPAIGN, late]));
    expect(given.summary).toBe('SKU-1 has room for 2 vouchers, and 3 were handed out');
    expect(given.witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'bob', 'cid']);
    const kept = inCampaign(({ vouchers }) => vouchers.push(voucherOf('c', 'cid')));
    expect(check(kept).summary).toBe('SKU-1 has room for 2 vouchers, and the final ledger has 3');
  });

  it('shows the last that fit and the first that did not, in the order of their answers', () => {
    const calls = Array.from({ length: 8 }, (_, place) =>
      said('register', `b${place}`, [place, 90 - place]),
    );
    const { witness } = check(evidenceOf(saleOf({ total: 6 }), calls));
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['b1', 'b2', 'b3', 'b4', 'b5']);
  });

  it('counts those that were handed out, though others got no answer', () => {
    const open = unanswered('register', 'dan', 5);
    expect(check(evidenceOf(saleOf({ total: 9 }), [...CAMPAIGN, open])).summary).toBe(
      '2 vouchers handed out, no campaign over its capacity',
    );
    expect(check(evidenceOf(sale, [...CAMPAIGN, open])).status).toBe('unknown');
  });

  it('looks at the vouchers of a ledger, though nobody registered', () => {
    const evidence = inCampaign(({ vouchers }) => vouchers.push(voucherOf('c', 'cid')), []);
    expect(check(evidence).status).toBe('invalid');
  });

  it('is settled by orders or by reservations as well', () => {
    const open = unanswered('register', 'dan', 5);
    const evidence = inCampaign(() => {}, [...CAMPAIGN, open]);
    expect(check(keeping(evidence, 'inventory', 'order')).status).toBe('valid');
    expect(check(keeping(evidence, 'inventory', 'reservation')).status).toBe('valid');
    expect(check(keeping(evidence, 'inventory')).status).toBe('unknown');
  });

  it('names ten of many vouchers of one order', () => {
    const evidence = inCampaign((ledger) => {
      ledger.vouchers = Array.from({ length: 11 }, (_, place) => ({
        ...voucherOf('a', 'ann'),
        voucherId: `v${place}`,
      }));
      for (const order of ledger.orders) order.quantity = 2;
    });
    evidence.sale.skus = [{ skuId: SKU, total: 99 }];
    expect(check(evidence).witness?.prose).toMatch(/: v0, v1, v2, v3, v4, v5, v6, v7, v8, v9\.$/);
  });

  it('finds a second voucher for one order', () => {
    const evidence = inCampaign((ledger) => {
      ledger.vouchers = [voucherOf('a', 'ann'), voucherOf('a', 'ann')];
    });
    expect(check(evidence).summary).toBe('order order-a of 1 unit issued 2 vouchers');
  });

  it('gives the room of a cancelled order to somebody else', () => {
    const calls = [
      ...CAMPAIGN,
      said('cancel', 'bob', [40, 50], { order: 'order-b' }),
      said('register', 'cid', [60, 70], { order: 'order-c', voucher: 'CODE-C' }),
    ];
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
    const refusing = calls.map((call) =>
      call.kind === 'cancel' ? refused('cancel', 'bob', [40, 50], { order: 'order-b' }) : call,
    );
    expect(check(evidenceOf(sale, refusing)).status).toBe('invalid');

    const kept = (status: 'CANCELLED' | 'CONFIRMED') =>
      inCampaign((ledger) => {
        ledger.vouchers.push(voucherOf('c', 'cid'));
        for (const order of ledger.orders.slice(0, 1)) order.status = status;
      });
    expect(check(kept('CANCELLED')).status).toBe('valid');
    expect(check(kept('CONFIRMED')).status).toBe('invalid');
  });

  it('gives no room for a cancellation that names no order', () => {
    const nameless = { order: undefined };
    const calls = ['ann', 'bob', 'cid'].map((buyer) => said('register', buyer, [0, 10], nameless));
    calls.push(said('cancel', 'ann', [20, 30], nameless));
    expect(check(evidenceOf(sale, calls)).status).toBe('invalid');
    const late = said('register', 'cid', [60, 70], { order: 'order-c', voucher: 'CODE-C' });
    const named = [...CAMPAIGN, said('cancel', 'bob', [40, 50], nameless), late];
    expect(check(evidenceOf(sale, named)).status).toBe('invalid');
    // In a described shop it is about an order of its buyer.
    const shop = { ...sale, shop: 'corner-shop' };
    expect(check(evidenceOf(shop, named)).status).toBe('valid');
    const ofDan = [...CAMPAIGN, said('cancel', 'dan', [40, 50], nameless), late];
    expect(check(evidenceOf(shop, ofDan)).status).toBe('invalid');
  });

  it('allows an order as many vouchers as it has units, and counts each campaign by itself', () => {
    const ofTwo = inCampaign((ledger) => {
      ledger.vouchers = [voucherOf('a', 'ann'), voucherOf('a', 'ann')];
      for (const order of ledger.orders) order.quantity = 2;
    });
    expect(check(ofTwo).status).toBe('valid');
    const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 1 }));
    const calls = skus.map(({ skuId }) => said('register', skuId, [0, 10], { sku: skuId }));
    expect(check(evidenceOf(saleOf({ skus }), calls)).status).toBe('valid');
  });

  describe('with calls that got no answer', () => {
    const cid = unanswered('register', 'cid', 20, { callId: 'try-d' });
    const cancel = unanswered('cancel', 'bob', 40, { order: 'order-b' });
    const late = said('register', 'cid', [60, 70], { order: 'order-c', voucher: 'CODE-C' });

    it('is unknown when they may have been given one voucher too many', () => {
      const { status, summary, witness } = check(evidenceOf(sale, [...CAMPAIGN, cid]));
      expect(status).toBe('unknown');
      expect(summary).toBe(
        'SKU-1 has room for 2 vouchers, and calls without an answer may have made it 3',
      );
      expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['cid']);
    });

    it('is unknown when a cancellation that made room may not have happened', () => {
      const { status, witness } = check(evidenceOf(sale, [...CAMPAIGN, cancel, late]));
      expect(status).toBe('unknown');
      expect(witness?.operations.map(({ kind }) => kind)).toEqual(['cancel']);
      const others = [
        unanswered('cancel', 'dan', 41, { order: 'order-x' }),
        unanswered('redeem', 'bob', 42, { order: 'order-b', voucher: 'CODE-B' }),
        unanswered('redeem', 'ann', 43, { voucher: 'CODE-A' }),
      ];
      const beside = check(evidenceOf(sale, [...CAMPAIGN, cancel, ...others, late]));
      expect(beside.witness?.operations.map(({ kind, buyer }) => `${kind} ${buyer}`)).toEqual([
        'cancel bob',
      ]);
    });

    it('shows ten of many', () => {
      const many = Array.from({ length: 11 }, (_, place) =>
        unanswered('register', `b${place}`, 20),
      );
      const { witness } = check(evidenceOf(sale, [...CAMPAIGN, ...many]));
      expect(witness?.prose).toContain('11 calls got no answer, of which the first 10:');
      expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
    });

    it('is valid while there is room for all of them, and when the ledger settles them', () => {
      expect(check(evidenceOf(saleOf({ total: 3 }), [...CAMPAIGN, cid])).status).toBe('valid');
      expect(check(inCampaign(() => {}, [...CAMPAIGN, cid])).status).toBe('valid');
    });

    it('is invalid when the ledger shows that the room was never made', () => {
      expect(check(inCampaign(() => {}, [...CAMPAIGN, cancel, late])).status).toBe('invalid');
      const made = inCampaign(
        ({ orders }) => Object.assign(orders[1] as object, { status: 'CANCELLED' }),
        [...CAMPAIGN, cancel, late],
      );
      expect(check(made).status).toBe('valid');
    });

    it('is invalid for the campaign that is overfull, though another is in doubt', () => {
      const skus = [
        { skuId: 'OTHER', total: 0 },
        { skuId: SKU, total: 2 },
      ];
      const calls = [...CAMPAIGN, unanswered('register', 'dan', 5, { sku: 'OTHER' }), late];
      expect(check(evidenceOf({ ...sale, skus }, calls)).status).toBe('invalid');
    });
  });
});

itCatches(voucherCapacity, ['overfull-campaign']);
