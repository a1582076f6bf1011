import { describe, expect, it } from 'vitest';
import { CAMPAIGN } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, type Call, evidenceOf, said, saleOf } from '../../../test/judge/story.ts';
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

  it('takes a repeated call for the same use', () => {
    const calls = [...CAMPAIGN.slice(0, 3), again({ callId: 'use-a' }), again()].map((call) => ({
      ...call,
      idempotencyKey: call.kind === 'redeem' ? 'use' : undefined,
    }));
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
  });
});

itCatches(singleRedemption, ['double-redemption']);
