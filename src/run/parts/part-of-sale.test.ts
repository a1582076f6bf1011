import { expect, it } from 'vitest';
import { shareOfProcess } from '../../load/schedule/share.ts';
import { simulateSale } from '../../simulation/simulate-sale.ts';
import type { RunDeps } from '../context.ts';
import { type PartOptions, partOfSale } from './part-of-sale.ts';

const { sale } = simulateSale({ seed: 1, buyers: 5, total: 2 }).evidence;
const { startedAtMs: _, startedAtNs: __, ...facts } = sale;
const script = { name: facts.scenario, sale: {}, options: { share: shareOfProcess(1, 3) } };

const open = (
  options: Partial<PartOptions>,
  others: { startAtMs?: number; name?: string } = {},
) => {
  const { startAtMs, name = script.name } = others;
  const prepared = { version: '1', id: 'monday', facts, target: 'flashsale', seed: 1 };
  return () =>
    partOfSale(
      { ...script, name } as never,
      { ...prepared, ...(startAtMs !== undefined && { startAtMs }) },
      { saleFile: 'sale.json', historyFile: 'part-2.ndjson', ...options } as PartOptions,
      {} as RunDeps,
    );
};

it('may be fired where the history is kept, and nothing concerns the other parts', () => {
  expect(open({})).not.toThrow();
  expect(open({}, { startAtMs: 5 })).not.toThrow();
  expect(open({ k6: { env: {} } })).not.toThrow();
});

it.each([
  ['another scenario than the prepared one', {}, { name: 'tickets' }, /not prepared for tickets/],
  ['no history', { historyFile: undefined }, {}, /history of a part has to be kept/],
  ['rounds', { rounds: 2 }, {}, /cannot be run with --rounds/],
  ['faults', { faults: 'random' }, {}, /cannot be run with --faults/],
  [
    'an end at the first violation',
    { stopOn: 'violation' as const },
    {},
    /with --stop-on violation/,
  ],
  ['a common start by k6', { k6: { env: {} } }, { startAtMs: 5 }, /k6 cannot wait/],
])('refuses %s', (_, options, others, what) => {
  expect(open(options as Partial<PartOptions>, others)).toThrow(what);
});
