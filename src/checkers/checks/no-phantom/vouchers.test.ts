import { expect, it } from 'vitest';
import { CAMPAIGN, campaignBooks, campaignSale } from '../../../../test/judge/campaign-story.ts';
import { type Call, evidenceOf, keeping, refused, said } from '../../../../test/judge/story.ts';
import type { SaleFacts } from '../../../history/operation.ts';
import { noPhantom } from '../no-phantom.ts';

const registered = CAMPAIGN.slice(0, 3);
const judged = (calls: Call[], facts: Partial<SaleFacts> = {}) =>
  evidenceOf({ ...campaignSale, ...facts }, calls, { ledger: campaignBooks() });
const wrongIn = (...story: Parameters<typeof judged>) =>
  noPhantom.check(judged(...story)).witness?.prose;

it('finds a voucher that only a call of another kind can have used', () => {
  const other = said('reserve', 'ann', [20, 30], { callId: 'use-a', hold: 'a' });
  expect(wrongIn([...registered, other])).toContain('voucher-a of buyer ann was used by nobody');
});

it('leaves a voucher that somebody else may have used alone, and none that was refused', () => {
  const others = { nobodyElseBuys: false };
  expect(wrongIn(registered, others)).toBeUndefined();
  const no = refused('redeem', 'ann', [20, 30], { callId: 'use-a', voucher: 'CODE-A' });
  expect(wrongIn([...registered, no], others)).toContain('is used although that was refused');
});

it('asks for the order of a voucher only where the ledger keeps orders', () => {
  const evidence = judged(CAMPAIGN);
  const orphaned = { ...evidence, ledger: { ...campaignBooks(), orders: [] } };
  expect(noPhantom.check(orphaned).witness?.prose).toContain('is for an order that is not there');
  const without = keeping(orphaned, 'reservation', 'voucher');
  expect(noPhantom.check(without).status).toBe('valid');
});
