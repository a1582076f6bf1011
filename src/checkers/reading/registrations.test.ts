import { expect, it } from 'vitest';
import { evidenceOf, refused, SKU, said, saleOf } from '../../../test/judge/story.ts';
import { ofBuyer } from './ledger-index.ts';
import { firstRegistrations } from './registrations.ts';

it('finds the first registration of each buyer, refused or not', () => {
  const calls = [
    refused('register', 'ann', [3, 4]),
    said('register', 'ann', [5, 6]),
    said('register', 'bob', [7, 8]),
    said('reserve', 'cid', [1, 2]),
  ];
  expect([...firstRegistrations(evidenceOf(saleOf(), calls))]).toEqual([
    [ofBuyer(SKU, 'ann'), 3e6],
    [ofBuyer(SKU, 'bob'), 7e6],
  ]);
});
