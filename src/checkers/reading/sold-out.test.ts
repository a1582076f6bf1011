import { expect, it } from 'vitest';
import { evidenceOf, refused, saleOf } from '../../../test/judge/story.ts';
import { createSoldOutTest } from './sold-out.ts';

const isSoldOut = (call: ReturnType<typeof refused>, soldOutCodes?: string[]): boolean => {
  const { sale, operations } = evidenceOf(saleOf({ soldOutCodes }), [call]);
  return operations.every(createSoldOutTest(sale));
};

it('knows a refusal for want of stock by its code', () => {
  expect(isSoldOut(refused('reserve', 'ann', [0, 1], { code: 'OUT_OF_STOCK' }))).toBe(true);
  expect(isSoldOut(refused('register', 'ann', [0, 1], { code: 'CAMPAIGN_FULL' }))).toBe(true);
  expect(isSoldOut(refused('reserve', 'ann', [0, 1], { code: 'ALREADY_RESERVED' }))).toBe(false);
  expect(isSoldOut(refused('confirm', 'ann', [0, 1], { code: 'OUT_OF_STOCK' }))).toBe(false);
});

it('uses the codes of the target instead, where the sale has some', () => {
  const call = refused('reserve', 'ann', [0, 1], { code: 'AUSVERKAUFT' });
  expect(isSoldOut(call, ['AUSVERKAUFT'])).toBe(true);
  expect(isSoldOut(refused('reserve', 'ann', [0, 1]), ['AUSVERKAUFT'])).toBe(false);
});
