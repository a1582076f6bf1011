import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  SKU,
  said,
  saleOf,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { answersOnly, type Manifest } from '../../history/manifest.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { microsecondsOf } from '../../kernel/iso-time.ts';
import { createMomentOf } from './ledger-moment.ts';
import { createStates, type States } from './states.ts';

const manifest: Manifest = {
  ...answersOnly,
  ledger: ['inventory', 'reservation', 'order', 'movement'],
  oneClock: true,
};
const sale = saleOf({ total: 3, evidence: manifest });

/** Ann buys and cancels, Ben gives back, Cem's hold lapses: each call takes 2 ms, and its movement is dated in the middle. */
const CALLS: Call[] = [
  said('reserve', 'ann', [4, 6], { hold: 'a', sequence: 1 }),
  said('confirm', 'ann', [24, 26], { hold: 'a', order: 'order-a', sequence: 2 }),
  said('cancel', 'ann', [44, 46], { order: 'order-a', sequence: 3 }),
  said('reserve', 'ben', [64, 66], { hold: 'b', quantity: 2, sequence: 4 }),
  said('release', 'ben', [84, 86], { hold: 'b', sequence: 5 }),
  said('reserve', 'cem', [104, 106], { hold: 'c', sequence: 6 }),
];
const ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
  { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 25 },
  { kind: 'RETURNED', hold: 'a', buyer: 'ann', atMs: 45 },
  { kind: 'RESERVED', hold: 'b', buyer: 'ben', quantity: 2, atMs: 65 },
  { kind: 'RELEASED', hold: 'b', buyer: 'ben', quantity: 2, atMs: 85 },
  { kind: 'RESERVED', hold: 'c', buyer: 'cem', atMs: 105 },
  { kind: 'EXPIRED', hold: 'c', buyer: 'cem', atMs: 1_120 },
];

const statesOf = (
  facts: Partial<SaleFacts> = {},
  edit: (ledger: LedgerSnapshot) => void = () => {},
): States => {
  const ledger = booksOf(sale, ENTRIES);
  edit(ledger);
  return createStates(SKU, evidenceOf({ ...sale, ...facts }, CALLS, { ledger })) as States;
};

describe('the states of a stock', () => {
  it('are those after each movement of the ledger', () => {
    const { at } = statesOf();
    expect([0, 1, 2, 3, 4, 7].map(at)).toEqual([
      { available: 3, reserved: 0, sold: 0 },
      { available: 2, reserved: 1, sold: 0 },
      { available: 2, reserved: 0, sold: 1 },
      { available: 3, reserved: 0, sold: 0 },
      { available: 1, reserved: 2, sold: 0 },
      { available: 3, reserved: 0, sold: 0 },
    ]);
    expect(at(8)).toBeUndefined();
  });

  it('are those of the total in the books, whatever the sale says', () => {
    const { at } = statesOf({}, ({ inventory }) => {
      (inventory[0] as { total: number }).total = 5;
    });
    expect([0, 1].map(at)).toMatchObject([{ available: 5 }, { available: 4, reserved: 1 }]);
  });

  it('are told by the numbers in answers as far as what is on sale, where there is no ledger', () => {
    const { at, canJudge, mayHaveBeen } = createStates(
      SKU,
      evidenceOf(saleOf({ total: 3 }), CALLS),
    ) as States;
    expect([0, 1, 2, 3].map(at)).toEqual([
      { available: 3, reserved: 0, sold: 0 },
      { available: 2 },
      { available: 2 },
      { available: 3 },
    ]);
    expect([6, 7, undefined].map(canJudge)).toEqual([true, false, false]);
    expect(mayHaveBeen({ available: 9 }, 0, 1)).toBe(true);
  });

  it('are not known of a SKU without movements or numbers', () => {
    expect(createStates(SKU, evidenceOf(saleOf(), []))).toBeUndefined();
    expect(createStates('CUP', evidenceOf(saleOf(), CALLS))).toBeUndefined();
  });
});

describe('counts without a number', () => {
  const may = (counts: Parameters<States['mayHaveBeen']>[0], [fromMs, toMs]: [number, number]) =>
    statesOf().mayHaveBeen(counts, fromMs * 1e6, toMs * 1e6);

  it('may have been until an answer told of the next movement', () => {
    expect(statesOf().canJudge(undefined)).toBe(true);
    expect(may({ available: 3 }, [6, 7])).toBe(true);
    expect(may({ available: 3 }, [7, 8])).toBe(false);
    // The sale, its return, the giving back of a hold.
    expect(may({ reserved: 1 }, [26, 27])).toBe(true);
    expect(may({ reserved: 1 }, [27, 28])).toBe(false);
    expect(may({ sold: 1 }, [46, 47])).toBe(true);
    expect(may({ sold: 1 }, [47, 48])).toBe(false);
    expect(may({ reserved: 2 }, [86, 87])).toBe(true);
    expect(may({ reserved: 2 }, [87, 88])).toBe(false);
  });

  it('may have been at any time later if nobody was told of the next movement', () => {
    expect(may({ reserved: 1 }, [9_000, 9_001])).toBe(true);
    expect(may({ reserved: 2 }, [9_000, 9_001])).toBe(false);
    expect(may({ available: 3 }, [9_000, 9_001])).toBe(true);
  });

  it('cannot have been before the time that the ledger has for their movement', () => {
    // The calls leave two milliseconds open between the two clocks, and the drift adds a little.
    expect(may({ sold: 1 }, [20, 22])).toBe(false);
    expect(may({ sold: 1 }, [20, 23])).toBe(true);
    expect(may({ reserved: 0 }, [1_100, 1_117])).toBe(false);
    expect(may({ reserved: 0 }, [1_100, 1_118])).toBe(true);
    expect(may({ reserved: 0 }, [110, 5_000])).toBe(true);
    const evidence = evidenceOf(sale, CALLS, { ledger: booksOf(sale, ENTRIES) });
    const soldUs = microsecondsOf('2026-01-01T12:00:00.025Z');
    const soldNs = createMomentOf(evidence)?.(soldUs).fromNs as number;
    expect(statesOf().mayHaveBeen({ sold: 1 }, 0, soldNs)).toBe(true);
    expect(statesOf().mayHaveBeen({ sold: 1 }, 0, soldNs - 1)).toBe(false);
  });

  it('may be those of any moment of the call, and are all compared', () => {
    expect(may({ reserved: 2 }, [27, 200])).toBe(true);
    expect(may({ reserved: 2, sold: 1 }, [0, 9_000])).toBe(false);
    expect(may({ available: 2, reserved: 1 }, [0, 9_000])).toBe(true);
    expect(may({ available: 2, reserved: 2 }, [0, 9_000])).toBe(false);
    expect(may({ available: 1, reserved: 1 }, [0, 9_000])).toBe(false);
    expect(may({}, [0, 1])).toBe(true);
  });

  it('may have been at any time before it was told, where the ledger has no clock', () => {
    const without = statesOf({ evidence: { ...manifest, oneClock: undefined } });
    expect(without.canJudge(undefined)).toBe(true);
    expect(without.mayHaveBeen({ sold: 1 }, 0, 1)).toBe(true);
    expect(without.mayHaveBeen({ sold: 1 }, 47e6, 48e6)).toBe(false);
  });

  it('are not judged by a ledger with a gap in its numbers', () => {
    const gap = statesOf({}, ({ movements }) => {
      movements.splice(3, 1);
    });
    expect([3, 4, 5, undefined].map(gap.canJudge)).toEqual([true, false, false, false]);
    expect(gap.mayHaveBeen({ sold: 1 }, 9e9, 9e9)).toBe(true);
  });

  it('may have been long after a movement of a hold that nobody was told of', () => {
    const unknown = statesOf({}, ({ movements }) => {
      for (const movement of movements) movement.reservationId = 'x';
    });
    expect(unknown.mayHaveBeen({ sold: 1 }, 9e9, 9e9)).toBe(true);
  });
});
