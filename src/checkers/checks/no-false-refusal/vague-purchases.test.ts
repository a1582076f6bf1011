import { expect, it } from 'vitest';
import { type Call, evidenceOf, SKU, said, saleOf } from '../../../../test/judge/story.ts';
import { ofBuyer } from '../../reading/ledger-index.ts';
import { findVaguePurchases } from './vague-purchases.ts';

const held = (hold: string) => said('reserve', 'ann', [0, 10], { hold });
const paid = said('confirm', 'ann', [20, 30], { hold: undefined });

/** The buyers who may have bought something that nobody can name, with the times in ms. */
const vagueIn = (shop: string | undefined, ...calls: Call[]) =>
  [...findVaguePurchases(evidenceOf(saleOf({ total: 5, shop }), calls))].map(([buyer, spans]) => [
    buyer,
    ...spans.map(({ from, until }) => [from / 1e6, until]),
  ]);

it('finds the checkouts of a described shop that name none of the holds of their buyer', () => {
  const both = [held('a'), held('b')];
  const vague = [[ofBuyer(SKU, 'ann'), [20, Number.POSITIVE_INFINITY]]];
  expect(vagueIn('corner', ...both, paid)).toEqual(vague);
  expect(vagueIn('corner', ...both, { ...paid, sku: undefined })).toEqual(vague);
  expect(vagueIn(undefined, ...both, paid)).toEqual([]);
  expect(vagueIn('corner', held('a'), paid)).toEqual([]);
  expect(vagueIn('corner', ...both, { ...paid, hold: 'a' })).toEqual([]);
  expect(vagueIn('corner', ...both, { ...paid, outcome: 'fail' })).toEqual([]);
});
