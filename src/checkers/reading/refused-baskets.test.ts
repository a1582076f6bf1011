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

it('takes a code that all holds or orders of a basket were refused with for that of some line', () => {
  const cancel = (basket: string | undefined, code = 'ORDER_NOT_CANCELLABLE') =>
    refused('cancel', 'ann', [0, 10], { basket, code });
  const evidence = evidenceOf(saleOf(), [
    cancel('one'),
    cancel('one'),
    cancel('one', 'NOT_FOUND'),
    cancel('two', 'RIVAL'),
    cancel(undefined),
    refused('reserve', 'ann', [0, 10], { basket: 'three', code: 'ALREADY_RESERVED' }),
    { ...cancel('four'), outcome: 'info' },
  ]);
  const [first, second, third] = evidence.operations;
  expect(findRefusedBaskets(evidence)).toEqual([
    { reason: 'order-ended', lines: [first, second] },
    { reason: 'not-found', lines: [third] },
  ]);
});
