import { expect, it } from 'vitest';
import { bulletList, count, shortId, skuName } from './wording.ts';

it('puts a number before its noun, in the singular for one alone', () => {
  expect(count(1, 'unit')).toBe('1 unit');
  expect(count(0, 'unit')).toBe('0 units');
  expect(count(2_000, 'unit')).toBe('2,000 units');
  expect(count(1, 'call was', 'calls were')).toBe('1 call was');
  expect(count(3, 'call was', 'calls were')).toBe('3 calls were');
});

it('says that a SKU is one where its id reads as an amount', () => {
  expect([skuName('LAMP'), skuName('42'), skuName('0199-ab')]).toEqual([
    ...['LAMP', 'SKU 42', 'SKU 0199-ab'],
  ]);
});

it('shortens an id from the front, and leaves a short one as it is', () => {
  expect(shortId('0199c2f0-7a11-7000-8000-00000000002f')).toBe('…0000002f');
  expect(shortId('twelve-chars')).toBe('twelve-chars');
  expect(shortId(undefined)).toBe('(unnamed)');
});

it('shortens an address from the back', () => {
  expect(shortId('buyer-17@shop.example')).toBe('buyer-17@…');
  expect(shortId('ann@shop.eu')).toBe('ann@shop.eu');
});

it('puts each line of a list under the first sentence', () => {
  expect(bulletList('Wrong:', ['one', 'two'])).toBe('Wrong:\n  - one\n  - two');
});
