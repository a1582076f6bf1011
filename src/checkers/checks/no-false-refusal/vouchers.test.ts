import { describe, expect, it } from 'vitest';
import { campaignSale, inCampaign, voucherOf } from '../../../../test/judge/campaign-story.ts';
import { type Call, evidenceOf, refused, said, unanswered } from '../../../../test/judge/story.ts';
import { check, sale, shownIn, statusOf } from './testing/refusals.ts';

describe('"the voucher was used before"', () => {
  const told = (times: [number, number]) =>
    refused('redeem', 'ann', times, { sku: undefined, voucher: 'CODE-A', code: 'VOUCHER_USED' });
  const used = said('redeem', 'ann', [20, 30], { sku: undefined, voucher: 'CODE-A' });

  it('is true once another call may have used it', () => {
    expect(statusOf(told([5, 10]))).toBe('invalid');
    expect(statusOf(used, told([15, 19]))).toBe('invalid');
    expect(statusOf(used, told([15, 20]))).toBe('valid');
    const open = unanswered('redeem', 'ann', 1, { sku: undefined, voucher: 'CODE-A' });
    expect(statusOf(open, told([5, 10]))).toBe('valid');
  });

  it('may be true once its buyer, or nobody knows who, used one without naming it', () => {
    const nameless = said('redeem', 'ann', [5, 8], { sku: undefined });
    expect(statusOf(nameless, told([2, 5]))).toBe('valid');
    expect(statusOf(nameless, told([2, 4]))).toBe('invalid');
    expect(statusOf({ ...nameless, buyer: undefined }, told([9, 10]))).toBe('valid');
    for (const other of [
      { buyer: 'bob' },
      { outcome: 'fail' as const },
      { kind: 'read' as const },
    ]) {
      expect(statusOf({ ...nameless, ...other }, told([9, 10]))).toBe('invalid');
    }
  });

  it('is false of a voucher that the final ledger has unused', () => {
    const told2 = (code: string, buyer: string) => {
      const { ledger, operations } = inCampaign();
      const call = { ...told([40, 50]), buyer, voucher: code };
      return check(evidenceOf(campaignSale, [...operations, call], { ledger })).status;
    };
    expect(told2('CODE-B', 'bob')).toBe('invalid');
    expect(told2('CODE-A', 'ann')).toBe('valid');
  });

  it('is false of a voucher that the final ledger has used, but by a later call', () => {
    const { ledger, operations } = inCampaign();
    const early = { ...told([12, 15]), buyer: 'ann' };
    expect(check(evidenceOf(campaignSale, [...operations, early], { ledger })).status).toBe(
      'invalid',
    );
  });

  it('leaves a use that no call explains to another check', () => {
    const { ledger, operations } = inCampaign((books) => {
      books.vouchers = [voucherOf('a', 'ann'), { ...voucherOf('b', 'bob'), usedAt: 'noon' }];
    });
    const call = { ...told([40, 50]), buyer: 'bob', voucher: 'CODE-B' };
    const calls = [...operations.slice(0, 3), call];
    expect(check(evidenceOf(campaignSale, calls, { ledger })).status).toBe('valid');
  });

  it('and that its time is over is false of a voucher that is used later', () => {
    const over = (times: [number, number]) => ({ ...told(times), code: 'VOUCHER_EXPIRED' });
    expect(statusOf(used, over([10, 19]))).toBe('invalid');
    expect(statusOf(used, over([10, 20]))).toBe('valid');
  });
});

describe('the witness against a refusal of a voucher', () => {
  const about = { sku: undefined, voucher: 'CODE-B' };
  const told = (code: string) => refused('redeem', 'bob', [40, 50], { ...about, code });
  const issue = said('register', 'bob', [0, 10], { voucher: 'CODE-B' });
  const later = said('redeem', 'bob', [60, 70], about);

  it('has the registration that issued it, and those who used it later', () => {
    const { ledger, operations } = inCampaign();
    const unused = [...operations, told('VOUCHER_USED')];
    const before = refused('redeem', 'bob', [20, 25], { ...about, code: 'LATER' });
    expect(shownIn(evidenceOf(campaignSale, [...unused, before], { ledger }))).toEqual([
      'register bob',
      'redeem bob',
    ]);
    expect(shownIn(evidenceOf(sale, [issue, told('VOUCHER_USED'), later]))).toEqual([
      ...['register bob', 'redeem bob', 'redeem bob'],
    ]);
  });

  it('has the later use that shows that its time was not over, and a refusal shows nothing', () => {
    const over = (call: Call) => shownIn(evidenceOf(sale, [told('VOUCHER_EXPIRED'), call]));
    expect(over(later)).toEqual(['redeem bob', 'redeem bob']);
    expect(over({ ...later, outcome: 'fail', code: 'VOUCHER_EXPIRED' })).toBeUndefined();
    expect(over({ ...issue, invokedAtNs: 60e6, completedAtNs: 70e6 })).toBeUndefined();
  });
});
