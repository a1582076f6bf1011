import { expect, it } from 'vitest';
import { NOT_ALONE } from '../history/operation.ts';
import { groupBy } from '../kernel/group-by.ts';
import { simulateSale } from './simulate-sale.ts';

it('lets no basket be cancelled once one of its tickets is in, and names the line of that ticket', () => {
  const { evidence } = simulateSale({
    ...{ seed: 1, flow: 'tickets', buyers: 300, total: 60, skus: 3, basketRate: 0.6 },
  });
  const cancels = evidence.operations.filter(({ kind }) => kind === 'cancel');
  const baskets = [...groupBy(cancels, ({ basket }) => basket).values()];
  const codes = baskets.map((lines) => lines.map(({ code }) => code));
  const half = codes.filter((line) => new Set(line).size === 2);
  expect(half.length).toBeGreaterThan(0);
  expect(new Set(half.flat())).toEqual(new Set(['ORDER_NOT_CANCELLABLE', NOT_ALONE]));
});
