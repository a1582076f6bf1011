import { expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf } from '../../../test/judge/story.ts';
import { ofSomeLine } from '../../history/operation.ts';
import { findRefusedBaskets } from './refused-baskets.ts';

it('finds the baskets that were refused for a reason of some line, each with all of its lines', () => {
  const code = ofSomeLine('OUT_OF_STOCK');
  const ofBob = ['SKU-1', 'SKU-2'].map((sku) =>
    refused('reserve', 'bob', [20, 30], { sku, code, basket: 'two' }),
  );
  const evidence = evidenceOf(saleOf(), [
    said('reserve', 'ann', [0, 10], { basket: 'one' }),
    ...ofBob,
    refused('reserve', 'cid', [40, 50], { basket: 'three' }),
    refused('reserve', 'dan', [60, 70], { basket: 'four', code: ofSomeLine('RIVAL') }),
  ]);
  expect(findRefusedBaskets(evidence)).toEqual([
    { reason: 'sold-out', lines: [evidence.operations[1], evidence.operations[2]] },
  ]);
});
