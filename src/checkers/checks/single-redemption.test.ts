import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { singleRedemption } from './single-redemption.ts';

const sale = saleOf({ total: 2 });
const { check } = singleRedemption;

describe('single-redemption', () => {
  it('is skipped where the evidence has nothing of its kind', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

  const again = (facts: Partial<Call> = {}) =>
    said('redeem', 'ann', [21, 31], { callId: 'use-2', voucher: 'CODE-A', ...facts });

  it('finds a voucher that was used twice', () => {
    const { status, witness } = check(evidenceOf(sale, [...CAMPAIGN, again()]));
    expect(status).toBe('invalid');
    expect(witness?.operations).toHaveLength(2);
  });

  it('counts no refused call, and each voucher that was used', () => {
    const no = refused('redeem', 'eve', [21, 31], { voucher: 'CODE-A', code: 'VOUCHER_USED' });
    const lost = unanswered('redeem', 'bob', 22, { voucher: 'CODE-B' });
    expect(check(evidenceOf(sale, [...CAMPAIGN, no, lost]))).toEqual({
      status: 'valid',
      summary: '1 voucher used once each in 3 calls',
    });
    const yes = said('redeem', 'bob', [22, 32], { voucher: 'CODE-B' });
    expect(check(evidenceOf(sale, [...CAMPAIGN, no, yes])).summary).toBe(
      '2 vouchers used once each in 3 calls',
    );
  });

  it('takes a repeated call for the same use', () => {
    const calls = [...CAMPAIGN.slice(0, 3), again({ callId: 'use-a' }), again()].map((call) => ({
      ...call,
      idempotencyKey: call.kind === 'redeem' ? 'use' : undefined,
    }));
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
  });

  describe('with a call that got no answer', () => {
    const open = unanswered('redeem', 'ann', 21, { callId: 'use-2', voucher: 'CODE-A' });
    const withoutCallId = (ledger: LedgerSnapshot) =>
      Object.assign(ledger.vouchers[0] as object, { usedByCallId: null });

    it('is unknown when it may have been the second use', () => {
      const { status, summary, witness } = check(evidenceOf(sale, [...CAMPAIGN, open]));
      expect(status).toBe('unknown');
      expect(summary).toBe('1 call without an answer may have used voucher CODE-A a second time');
      expect(witness?.operations).toHaveLength(2);
      expect(check(inCampaign(withoutCallId, [...CAMPAIGN, open])).status).toBe('unknown');
      const more = Array.from({ length: 11 }, (_, place) => ({ ...open, callId: `use-${place}` }));
      const many = check(evidenceOf(sale, [...CAMPAIGN, ...more]));
      expect(many.summary).toContain('11 calls without an answer may have used voucher CODE-A');
      expect(many.witness?.prose.split('\n')).toHaveLength(1 + 10);
    });

    it('is valid when it is the only use, or the ledger names the other call', () => {
      expect(check(evidenceOf(sale, [...CAMPAIGN.slice(0, 3), open])).status).toBe('valid');
      expect(check(inCampaign(() => {}, [...CAMPAIGN, open])).status).toBe('valid');
    });

    it('is valid when the ledger has the voucher unused', () => {
      const unused = (ledger: LedgerSnapshot) =>
        Object.assign(ledger.vouchers[0] as object, { usedAt: null, usedByCallId: null });
      const calls = [...CAMPAIGN.slice(0, 3), open, { ...open, callId: 'use-3' }];
      expect(check(inCampaign(unused, calls)).status).toBe('valid');
      expect(check(inCampaign(withoutCallId, calls)).status).toBe('unknown');
    });

    it('is invalid when the ledger names it, and another was answered yes', () => {
      const usedBy = (ledger: LedgerSnapshot) =>
        Object.assign(ledger.vouchers[0] as object, { usedByCallId: 'use-2' });
      expect(check(inCampaign(usedBy, [...CAMPAIGN, open])).status).toBe('invalid');
    });

    it('does not hide another voucher that was surely used twice', () => {
      const bobs = said('redeem', 'bob', [22, 32], { callId: 'use-3', voucher: 'CODE-B' });
      const calls = [...CAMPAIGN, open, bobs, { ...bobs, callId: 'use-4' }];
      expect(check(evidenceOf(sale, calls)).summary).toBe('voucher CODE-B was used 2 times');
    });
  });
});

itCatches(singleRedemption, ['double-redemption']);
