import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { conservation } from './conservation.ts';
import { legalTransitions } from './legal-transitions.ts';
import { noLostAcknowledged } from './no-lost-acknowledged.ts';
import { noPhantom } from './no-phantom.ts';
import { noStrandedStock } from './no-stranded-stock.ts';
import { onePerBuyer } from './one-per-buyer.ts';
import { sequenceOrder } from './sequence-order.ts';

const sale = saleOf({ total: 3 });

/** Ann buys, Bob cancels, Cid's hold lapses. */
const CALLS: Call[] = [
  said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a', sequence: 1 }),
  said('reserve', 'bob', [1, 11], { hold: 'b', callId: 'try-b', sequence: 2 }),
  said('reserve', 'cid', [2, 12], { hold: 'c', callId: 'try-c', sequence: 3 }),
  said('confirm', 'ann', [20, 30], { hold: 'a', callId: 'pay-a', sequence: 4 }),
  said('release', 'bob', [21, 31], { hold: 'b', sequence: 5 }),
];
const ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
  { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 6 },
  { kind: 'RESERVED', hold: 'c', buyer: 'cid', callId: 'try-c', atMs: 7 },
  { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 25 },
  { kind: 'RELEASED', hold: 'b', buyer: 'bob', atMs: 26 },
  { kind: 'EXPIRED', hold: 'c', buyer: 'cid', atMs: 1_020 },
];

const books = (): LedgerSnapshot => booksOf(sale, ENTRIES);

/** The story with its books changed by hand. */
const tampered = (tamper: (ledger: LedgerSnapshot) => void, calls = CALLS) => {
  const ledger = books();
  tamper(ledger);
  return evidenceOf(sale, calls, { ledger });
};

const reservation = (ledger: LedgerSnapshot, id: string) => {
  const row = ledger.reservations.find(({ reservationId }) => reservationId === id);
  if (row === undefined) throw new Error(`no reservation ${id} in this story`);
  return row;
};

const LEDGER_CHECKS = [noLostAcknowledged, noPhantom, conservation, noStrandedStock];

describe('every check of the ledger', () => {
  it.each(
    [...LEDGER_CHECKS, legalTransitions, onePerBuyer, sequenceOrder].map(
      (c) => [c.name, c] as const,
    ),
  )('finds nothing in honest books: %s', (_name, checker) => {
    expect(checker.check(evidenceOf(sale, CALLS, { ledger: books() })).status).toBe('valid');
  });

  it.each(LEDGER_CHECKS.map((c) => [c.name, c] as const))(
    'is skipped without a ledger, and says how to give one: %s',
    (_name, checker) => {
      const { status, summary } = checker.check(evidenceOf(sale, CALLS));
      expect(status).toBe('skipped');
      expect(summary).toContain('admin API');
    },
  );
});

describe('no-lost-acknowledged', () => {
  const check = noLostAcknowledged.check;

  it('misses a reservation that is not there', () => {
    const { status, witness } = check(
      tampered((ledger) => {
        ledger.reservations = ledger.reservations.filter((row) => row.reservationId !== 'c');
      }),
    );
    expect(status).toBe('invalid');
    expect(witness?.operations.map(({ hold }) => hold)).toEqual(['c']);
    expect(witness?.prose).toContain('the ledger has no reservation c');
  });

  it.each([
    ['of another buyer', { userId: 'eve' }, 'belongs to buyer eve'],
    ['of another size', { quantity: 2 }, 'of 2 units'],
    ['cancelled by nobody', { status: 'CANCELLED' as const }, 'which nobody asked for'],
  ])('misses a reservation that is %s', (_what, change, words) => {
    const evidence = tampered((ledger) => Object.assign(reservation(ledger, 'c'), change));
    const { status, witness } = check(evidence);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain(words);
  });

  it('misses a purchase without its order, or whose reservation went back', () => {
    const noOrder = tampered((ledger) => {
      ledger.orders = [];
    });
    expect(check(noOrder).witness?.prose).toContain('the ledger has no order for it');
    const lapsed = tampered((ledger) => {
      reservation(ledger, 'a').status = 'EXPIRED';
    });
    expect(check(lapsed).witness?.prose).toContain('the reservation is EXPIRED');
  });

  it('misses a cancellation that did not happen', () => {
    const { status } = check(
      tampered((ledger) => {
        reservation(ledger, 'b').status = 'RESERVED';
      }),
    );
    expect(status).toBe('invalid');
  });

  it('does not miss a reservation that lapsed, or whose cancellation got no answer', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      unanswered('release', 'ann', 20, { hold: 'a' }),
    ];
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
    ]);
    expect(check(evidenceOf(sale, calls, { ledger })).status).toBe('valid');
  });
});

describe('no-phantom', () => {
  const check = noPhantom.check;
  const extra = (callId: string | undefined, buyer = 'dan') =>
    booksOf(sale, [...ENTRIES, { kind: 'RESERVED', hold: 'd', buyer, callId }]);

  it('finds a reservation nobody asked for', () => {
    const { status, witness } = check(evidenceOf(sale, CALLS, { ledger: extra('try-d') }));
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('reservation d of 1 unit of SKU-1 for buyer dan');
  });

  it('knows the call behind a reservation whose answer was lost, by call id or by buyer', () => {
    const lost = unanswered('reserve', 'dan', 40, { callId: 'try-d' });
    for (const ledger of [extra('try-d'), extra(undefined)]) {
      expect(check(evidenceOf(sale, [...CALLS, lost], { ledger })).status).toBe('valid');
    }
  });

  it('finds a reservation whose buyer was told no', () => {
    const no = refused('reserve', 'dan', [40, 50], { callId: 'try-d', code: 'CONTENTION_LOST' });
    const { status, witness } = check(evidenceOf(sale, [...CALLS, no], { ledger: extra('try-d') }));
    expect(status).toBe('invalid');
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['dan']);
  });

  it('finds the second reservation of one call', () => {
    const { status, witness } = check(evidenceOf(sale, CALLS, { ledger: extra('try-c', 'cid') }));
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('is the second from one call');
  });

  it('lets one lost answer explain one reservation, not two', () => {
    const lost = unanswered('reserve', 'dan', 40);
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'd', buyer: 'dan' },
      { kind: 'RESERVED', hold: 'e', buyer: 'dan' },
    ]);
    expect(check(evidenceOf(sale, [lost], { ledger })).status).toBe('invalid');
  });

  it('finds an order after a refused checkout, a second order, and an order of nothing', () => {
    const order = books().orders[0] as LedgerSnapshot['orders'][number];
    const withOrder = (change: Partial<typeof order>, calls = CALLS) =>
      tampered((ledger) => ledger.orders.push({ ...order, orderId: 'order-2', ...change }), calls);
    const declined = refused('confirm', 'cid', [40, 50], { hold: 'c', callId: 'pay-c' });
    const afterNo = withOrder({ reservationId: 'c', callId: 'pay-c' }, [...CALLS, declined]);
    expect(check(afterNo).witness?.prose).toContain('although it was refused');
    expect(check(withOrder({})).witness?.prose).toContain('is the second for its reservation');
    expect(check(withOrder({ reservationId: 'x' })).witness?.prose).toContain('does not exist');
  });

  it('finds a sale without a checkout', () => {
    const evidence = tampered((ledger) => {
      reservation(ledger, 'c').status = 'CONFIRMED';
    });
    expect(check(evidence).witness?.prose).toContain('no checkout may have done it');
  });
});

describe('conservation', () => {
  const check = conservation.check;
  const column = (change: Partial<LedgerSnapshot['inventory'][number]>) =>
    check(tampered((ledger) => Object.assign(ledger.inventory[0] as object, change)));

  it('finds columns that do not add up to the total', () => {
    expect(column({ available: 1 }).witness?.prose).toContain(
      `${SKU}: 1 available + 0 reserved + 1 sold is 2, the total is 3`,
    );
  });

  it('finds a negative column, though the sum is right', () => {
    expect(column({ available: 3, reserved: -1 }).witness?.prose).toContain('reserved is -1');
  });

  it('finds columns that differ from the rows they count, though the sum is right', () => {
    const { witness } = column({ available: 1, sold: 2 });
    expect(witness?.prose).toContain('sold is 2, confirmed reservations have 1 unit');
    expect(witness?.prose).toContain('sold is 2, orders have 1 unit');
    expect(witness?.prose).toContain('available is 1, the movements leave 2');
  });

  it('finds a gap, a repetition and a missing end in the movements', () => {
    const without = (sequence: number) =>
      check(
        tampered((ledger) => {
          ledger.movements = ledger.movements.filter((row) => row.sequence !== sequence);
        }),
      );
    expect(without(3).witness?.prose).toContain('movement 3 is due, movement 4 is there');
    expect(without(6).witness?.prose).toContain('the last movement should be 6, it is 5');
    const repeated = tampered((ledger) => {
      const last = ledger.movements.at(-1) as LedgerSnapshot['movements'][number];
      ledger.movements.push({ ...last });
    });
    expect(check(repeated).witness?.prose).toContain('movement 7 is due, movement 6 is there');
  });

  it('counts a lapsed hold that was not swept yet as reserved', () => {
    const ledger = booksOf(sale, ENTRIES.slice(0, 3));
    for (const row of ledger.reservations) row.lapsed = true;
    expect(check(evidenceOf(sale, CALLS, { ledger })).status).toBe('valid');
  });
});

describe('no-stranded-stock', () => {
  const check = noStrandedStock.check;

  it('finds units that are neither on sale nor anybody’s', () => {
    const { status, summary } = check(
      tampered((ledger) => {
        (ledger.inventory[0] as { available: number }).available = 1;
      }),
    );
    expect(status).toBe('invalid');
    expect(summary).toBe('1 unit of SKU-1 stranded: neither on sale nor anybody’s');
  });

  it('finds a lapsed hold that had to be swept before the last call', () => {
    const unswept = (lastCallMs: number) => {
      const ledger = booksOf(sale, ENTRIES.slice(0, 5));
      reservation(ledger, 'c').lapsed = true;
      const last = said('read', 'dan', [lastCallMs, lastCallMs + 1]);
      return check(evidenceOf(sale, [...CALLS, last], { ledger })).status;
    };
    expect(unswept(1_112)).toBe('valid');
    expect(unswept(1_112.001)).toBe('invalid');
  });
});

describe('one-per-buyer', () => {
  const check = onePerBuyer.check;
  const twice = (...calls: Call[]) => check(evidenceOf(saleOf({ total: 9 }), calls));

  it('finds a buyer who was given two', () => {
    const { status, witness } = twice(
      said('reserve', 'ann', [0, 10]),
      said('reserve', 'ann', [5, 12]),
      said('reserve', 'bob', [0, 10]),
    );
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('At 12:00:00.012 UTC buyer ann had 2');
  });

  it('allows another after the first was cancelled or may have lapsed', () => {
    const again = said('reserve', 'ann', [1_000, 1_001]);
    expect(twice(said('reserve', 'ann', [0, 10]), again).status).toBe('valid');
    const cancelled = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [20, 30], { hold: 'a' }),
    ];
    expect(twice(...cancelled, said('reserve', 'ann', [25, 26])).status).toBe('valid');
  });

  it('is unknown when a call without an answer may have been the second', () => {
    const calls = [said('reserve', 'ann', [0, 10]), unanswered('reserve', 'ann', 20)];
    expect(twice(...calls).status).toBe('unknown');
  });

  it('counts units against the limit of the sale', () => {
    const two = saleOf({ total: 9, unitsPerBuyerMax: 2 });
    const of = (quantity: number) =>
      check(evidenceOf(two, [said('reserve', 'ann', [0, 10], { quantity })])).status;
    expect(of(2)).toBe('valid');
    expect(of(3)).toBe('invalid');
  });

  it('finds two of one buyer in the final ledger, whatever the answers were', () => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
    ]);
    expect(check(evidenceOf(sale, [unanswered('reserve', 'ann', 0)], { ledger })).status).toBe(
      'invalid',
    );
  });
});

describe('legal-transitions', () => {
  const check = legalTransitions.check;
  const told = (...calls: Call[]) => check(evidenceOf(sale, calls));
  const held = said('reserve', 'ann', [0, 10], { hold: 'a' });

  it.each([
    ['bought twice', 'confirm', 'confirm'],
    ['cancelled twice', 'release', 'release'],
    ['both bought and cancelled', 'confirm', 'release'],
  ] as const)('finds a hold that was %s', (what, first, second) => {
    const { status, summary } = told(
      held,
      said(first, 'ann', [20, 30], { hold: 'a' }),
      said(second, 'ann', [21, 31], { hold: 'a' }),
    );
    expect(status).toBe('invalid');
    expect(summary).toContain(what.split(' ')[0]);
  });

  it('allows a checkout and a cancellation to race, if one of them loses', () => {
    const { status } = told(
      held,
      said('confirm', 'ann', [20, 30], { hold: 'a' }),
      refused('release', 'ann', [20, 31], { hold: 'a', code: 'RESERVATION_NOT_ACTIVE' }),
    );
    expect(status).toBe('valid');
  });

  it('finds a checkout of a hold that had surely lapsed, to the nanosecond', () => {
    const boughtAt = (atMs: number) =>
      told(held, said('confirm', 'ann', [atMs, atMs + 5], { hold: 'a' })).status;
    expect(boughtAt(1_010)).toBe('valid');
    expect(boughtAt(1_010.000001)).toBe('invalid');
  });

  it.each([
    ['SOLD after EXPIRED', ['RESERVED', 'EXPIRED', 'SOLD'], 'movement 3 may not follow'],
    ['RELEASED twice', ['RESERVED', 'RELEASED', 'RELEASED'], 'movement 3 may not follow'],
    ['sold unreserved', ['SOLD'], 'movement 1 may not follow'],
  ] as const)('finds in the movements: %s', (_what, kinds, words) => {
    const entries = kinds.map((kind, place) => ({
      kind,
      hold: 'a',
      buyer: 'ann',
      atMs: place * 2_000,
    }));
    const ledger = booksOf(sale, entries);
    expect(check(evidenceOf(sale, [held], { ledger })).witness?.prose).toContain(words);
  });

  it('finds a sale at or after the lapse, and an expiry before it, by the ledger’s own times', () => {
    const movedAt = (kind: 'SOLD' | 'EXPIRED', atMs: number) => {
      const ledger = booksOf(sale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
        { kind, hold: 'a', buyer: 'ann', atMs },
      ]);
      return check(evidenceOf(sale, [held], { ledger })).status;
    };
    expect(movedAt('SOLD', 1_004)).toBe('valid');
    expect(movedAt('SOLD', 1_005)).toBe('invalid');
    expect(movedAt('EXPIRED', 1_005)).toBe('valid');
    expect(movedAt('EXPIRED', 1_004)).toBe('invalid');
  });

  it('compares the ledger’s times to the microsecond', () => {
    const evidence = tampered((ledger) => {
      reservation(ledger, 'a').expiresAt = '2026-01-01T12:00:00.025001Z';
      (ledger.movements[3] as { at: string }).at = '2026-01-01T12:00:00.025Z';
    });
    expect(check(evidence).status).toBe('valid');
  });

  it('finds a state that its movements do not lead to', () => {
    const evidence = tampered((ledger) => {
      reservation(ledger, 'c').status = 'CANCELLED';
    });
    expect(check(evidence).witness?.prose).toContain(
      'reservation c is CANCELLED although its last movement is EXPIRED',
    );
  });
});

describe('sequence-order', () => {
  const check = sequenceOrder.check;
  const numbered = (first: number, second: number, calledMs: number) =>
    check(
      evidenceOf(sale, [
        said('reserve', 'ann', [0, 10], { sequence: first }),
        said('reserve', 'bob', [calledMs, 20], { sequence: second }),
      ]),
    ).status;

  it('lets overlapping calls have any order, and calls after one another only one', () => {
    expect(numbered(2, 1, 5)).toBe('valid');
    expect(numbered(2, 1, 10)).toBe('valid');
    expect(numbered(2, 1, 10.000001)).toBe('invalid');
    expect(numbered(1, 2, 11)).toBe('valid');
  });

  it('wants a number of its own for each change, and for each only', () => {
    expect(numbered(1, 1, 5)).toBe('invalid');
    const refusals = [
      refused('reserve', 'ann', [0, 10], { sequence: 7 }),
      refused('reserve', 'bob', [20, 30], { sequence: 7 }),
    ];
    expect(check(evidenceOf(sale, refusals)).status).toBe('valid');
  });

  it('holds changes to what refusals told before', () => {
    const calls = [
      refused('reserve', 'ann', [0, 10], { sequence: 7 }),
      said('reserve', 'bob', [20, 30], { sequence: 7 }),
    ];
    expect(check(evidenceOf(sale, calls)).status).toBe('invalid');
  });

  it('finds a number that the ledger gave to something else', () => {
    const ledger = books();
    const calls = CALLS.map((call) => (call.hold === 'c' ? { ...call, hold: 'z' } : call));
    expect(check(evidenceOf(sale, calls, { ledger })).status).toBe('invalid');
  });

  it('is skipped for targets without numbers', () => {
    expect(check(evidenceOf(sale, [said('reserve', 'ann', [0, 1])])).status).toBe('skipped');
  });
});
