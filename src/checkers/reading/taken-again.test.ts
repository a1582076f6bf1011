import { expect, it } from 'vitest';
import { booksOf, type Entry, evidenceOf, SKU, said, saleOf } from '../../../test/judge/story.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';
import { indexLedger } from './ledger-index.ts';
import { isUnsold } from './taken-again.ts';

it('takes a hold for unsold only if its row says so, and not where it has none', () => {
  const sale = saleOf({ total: 5 });
  const unsold = (...kinds: Entry['kind'][]) => {
    const ledger = booksOf(
      sale,
      kinds.map((kind) => ({ kind, hold: 'a', buyer: 'ann' })),
    );
    const evidence = evidenceOf(sale, [said('reserve', 'ann', [0, 10], { hold: 'a' })], { ledger });
    const [hold] = findHolds(evidence).bySku.get(SKU) ?? [];
    return isUnsold(hold as Hold, indexLedger(evidence).index);
  };
  expect([unsold(), unsold('RESERVED'), unsold('RESERVED', 'SOLD')]).toEqual([false, true, false]);
});
