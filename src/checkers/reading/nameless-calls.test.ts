import { describe, expect, it } from 'vitest';
import { said } from '../../../test/judge/story.ts';
import type { Operation } from '../../history/operation.ts';
import type { Hold } from './hold.ts';
import type { LedgerIndex } from './ledger-index.ts';
import { createNamelessCalls } from './nameless-calls.ts';

const callOf = (...[kind, buyer, times, facts]: Parameters<typeof said>): Operation => ({
  ...said(kind, buyer, times, facts),
  id: times[0],
});

/** A hold that was asked for after so many ms, without any call about it. */
function holdOf(buyer: string | undefined, askedMs: number, facts: Partial<Hold> = {}): Hold {
  const reserve = callOf('reserve', buyer ?? '', [askedMs, askedMs + 5], { buyer });
  return {
    ...{ id: undefined, sku: 'SKU-1', buyer, quantity: 1, reserve, askedAtNs: askedMs * 1e6 },
    ...{ knownAtNs: (askedMs + 5) * 1e6, decision: undefined, made: 'answered' },
    ...{ confirmed: 'no', confirms: [], refusedConfirms: [], releases: [], released: 'no' },
    ...{ cancels: [], cancelled: 'no', reservation: undefined },
    ...facts,
  } as Hold;
}

/** The beginnings, in ms, of the calls that may have given each hold back, sold it or cancelled it. */
const added = (holds: Hold[], calls: Operation[], ledger?: LedgerIndex): number[][] => {
  const nameless = createNamelessCalls(holds, ledger);
  for (const call of calls) nameless.add(call);
  return holds.map(({ releases, confirms, cancels }) =>
    [...releases, ...confirms, ...cancels].map(({ invokedAtNs }) => invokedAtNs / 1e6),
  );
};

const back = (buyer: string | undefined, fromMs: number, facts: Partial<Operation> = {}) =>
  callOf('release', buyer ?? '', [fromMs, fromMs + 2], { buyer, ...facts });

describe('a call that names no hold', () => {
  it('is about the only one of its buyer that was asked for by then', () => {
    const holds = [holdOf('ann', 0), holdOf('bob', 0), holdOf('ann', 13)];
    const call = back('ann', 10);
    expect(createNamelessCalls(holds, undefined).add(call)).toBe(holds[0]);
    expect(holds.map(({ released }) => released)).toEqual(['yes', 'no', 'no']);
    expect(added([holdOf('ann', 0), holdOf('ann', 12)], [call])).toEqual([[10], [10]]);
  });

  it('may be about each of several, and surely ended none', () => {
    const holds = [holdOf('ann', 0), holdOf('ann', 5), holdOf('ann', 12), holdOf('ann', 13)];
    expect(createNamelessCalls(holds, undefined).add(back('ann', 10))).toBeUndefined();
    expect(holds.map(({ released }) => released)).toEqual(['maybe', 'maybe', 'maybe', 'no']);
  });

  it('may be about holds of an unknown buyer, and those of all if it does not tell its own', () => {
    const holds = () => [holdOf('ann', 0), holdOf('bob', 0), holdOf(undefined, 0)];
    expect(added(holds(), [back('ann', 10)])).toEqual([[10], [], [10]]);
    expect(added(holds(), [back(undefined, 10)])).toEqual([[10], [10], [10]]);
  });

  it('is about holds of its SKU, or of any if it names none', () => {
    const holds = () => [holdOf('ann', 0), holdOf('ann', 0), holdOf('ann', 0, { sku: 'SKU-2' })];
    expect(added(holds(), [back('ann', 10)])).toEqual([[10], [10], []]);
    expect(added(holds(), [back('ann', 10, { sku: undefined })])).toEqual([[10], [10], [10]]);
  });

  it('does not end what it made itself', () => {
    const [first, second] = [holdOf('ann', 0), holdOf('ann', 10)];
    const late = callOf('confirm', 'ann', [10, 15]);
    second.reserve = late;
    expect(createNamelessCalls([first, second], undefined).add(late)).toBe(first);
    const several = () => [
      holdOf('ann', 0),
      holdOf('ann', 5),
      holdOf('ann', 10, { reserve: late }),
    ];
    expect(added(several(), [late])).toEqual([[10], [10], []]);
    const next = callOf('confirm', 'ann', [20, 25]);
    expect(added(several(), [late, next])).toEqual([[10], [10], [20]]);
    const third = callOf('confirm', 'ann', [30, 35]);
    expect(added(several(), [late, next, third])).toEqual([[10], [10], [20]]);
  });
});

describe('several calls that name no hold', () => {
  const two = () => [holdOf('ann', 0), holdOf('ann', 1)];

  it('add to each hold the first of them that may be about it', () => {
    expect(added([...two(), holdOf('ann', 20)], [back('ann', 10), back('ann', 30)])).toEqual([
      ...[[10], [10], [30]],
    ]);
    const unordered = [holdOf('ann', 20), ...two()];
    expect(added(unordered, [back('ann', 10), back('ann', 30)])).toEqual([[30], [10], [10]]);
  });

  it('are counted for each kind, buyer and SKU', () => {
    expect(added(two(), [back('ann', 10), callOf('confirm', 'ann', [30, 35])])).toEqual([
      ...[
        [10, 30],
        [10, 30],
      ],
    ]);
    const of = (buyer: string) => [holdOf(buyer, 0), holdOf(buyer, 1)];
    const both = [...of('ann'), ...of('bob')];
    expect(added(both, [back('ann', 10), back('bob', 30)])).toEqual([[10], [10], [30], [30]]);
    const anybodys = back(undefined, 30);
    expect(added(two(), [back('ann', 10), anybodys]).every((calls) => calls.length === 2)).toBe(
      true,
    );
  });

  it('are counted apart where the books do not tell which of them made a row', () => {
    const attribution = { open: new Set(['c2']), vague: new Set() };
    const ledger = { attribution, keeps: () => true } as unknown as LedgerIndex;
    const paid = (fromMs: number, callId: string) =>
      callOf('confirm', 'ann', [fromMs, fromMs + 5], { callId });
    expect(added(two(), [paid(10, 'c1'), paid(20, 'c2')], ledger)).toEqual([[20], [20]]);
  });
});
