import { expect, it } from 'vitest';
import { booksOf, evidenceOf, saleOf } from '../../test/judge/story.ts';
import { checkLedger } from './ledger-check.ts';
import { examine } from './verdict.ts';

const sale = saleOf();
const checker = checkLedger('counting', ['reservation'], ({ reservations }) => ({
  status: 'valid',
  summary: `${reservations.length} reservations`,
}));

it('gives a check the rows of the SKUs on sale', () => {
  const ledger = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
  ledger.reservations.push(...ledger.reservations.map((row) => ({ ...row, skuId: 'OTHER' })));
  expect(checker.check(evidenceOf(sale, [], { ledger })).summary).toBe('1 reservations');
});

it('is skipped by the judge when the target gives no ledger', () => {
  expect(examine(checker, evidenceOf(sale, [])).status).toBe('skipped');
});
