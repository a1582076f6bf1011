import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign, voucherOf } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, evidenceOf, said, saleOf, unanswered } from '../../../test/judge/story.ts';
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

  it('finds a second voucher for one order', () => {
    const evidence = inCampaign((ledger) => {
      ledger.vouchers = [voucherOf('a', 'ann'), voucherOf('a', 'ann')];
    });
    expect(check(evidence).summary).toBe('order order-a of 1 unit issued 2 vouchers');
  });

  it('gives the room of a cancelled order to somebody else', () => {
    const calls = [
      ...CAMPAIGN,
      unanswered('cancel', 'bob', 40, { order: 'order-b' }),
      said('register', 'cid', [60, 70], { order: 'order-c', voucher: 'CODE-C' }),
    ];
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
  });
});

itCatches(voucherCapacity, ['overfull-campaign']);
