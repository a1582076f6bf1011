import { expect, it } from 'vitest';
import { evidenceOf, refused, saleOf, unanswered } from '../../../test/judge/story.ts';
import type { RefusalReasons } from '../../history/refusal-reason.ts';
import { createSoldOutTest } from './sold-out.ts';

const isSoldOut = (call: ReturnType<typeof refused>, refusals?: RefusalReasons): boolean => {
  const { sale, operations } = evidenceOf(saleOf(refusals && { refusals }), [call]);
  return operations.every(createSoldOutTest(sale));
};

it('knows a refusal for want of stock by its code', () => {
  expect(isSoldOut(refused('reserve', 'ann', [0, 1], { code: 'OUT_OF_STOCK' }))).toBe(true);
  expect(isSoldOut(refused('register', 'ann', [0, 1], { code: 'CAMPAIGN_FULL' }))).toBe(true);
  expect(isSoldOut(refused('reserve', 'ann', [0, 1], { code: 'ALREADY_RESERVED' }))).toBe(false);
  expect(isSoldOut(refused('confirm', 'ann', [0, 1], { code: 'OUT_OF_STOCK' }))).toBe(false);
  expect(isSoldOut(refused('reserve', 'ann', [0, 1], { code: undefined }))).toBe(false);
  expect(isSoldOut({ ...unanswered('reserve', 'ann', 0), code: 'OUT_OF_STOCK' })).toBe(false);
});

it('knows the codes of the target alone', () => {
  const call = refused('reserve', 'ann', [0, 1], { code: 'AUSVERKAUFT' });
  expect(isSoldOut(call, { AUSVERKAUFT: 'sold-out' })).toBe(true);
  expect(isSoldOut(refused('reserve', 'ann', [0, 1]), { AUSVERKAUFT: 'sold-out' })).toBe(false);
});
