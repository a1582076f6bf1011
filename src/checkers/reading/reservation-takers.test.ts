import { describe, expect, it } from 'vitest';
import { reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import { type Call, refused, said, unanswered } from '../../../test/judge/story.ts';
import type { Operation } from '../../history/operation.ts';
import type { LedgerReservation } from '../../protocol/ledger.ts';
import { findReservationTakers } from './reservation-takers.ts';

/** The calls that may have made a reservation, each as `kind of buyer: units (id)`. */
const takersIn = (calls: Call[], rows: Partial<LedgerReservation>[] = []) => {
  const evidence = shopOf({ total: 9 }, calls, { reservations: rows.map(reservation) });
  const told = new Map(
    evidence.operations.flatMap((call): [string, Operation][] =>
      call.kind === 'reserve' && call.hold !== undefined ? [[call.hold, call]] : [],
    ),
  );
  return findReservationTakers(evidence, told).map(
    ({ operation, buyer, quantity, id = '-' }) =>
      `${operation.kind} of ${buyer}: ${quantity} (${id})`,
  );
};

const held = said('reserve', 'ann', [0, 10], { hold: 'h', quantity: 2 });
const RESERVE = 'reserve of ann: 2 (h)';

describe('a reservation may be made', () => {
  it('by calls that ask for units and were not refused, those that sell them at once last', () => {
    expect(
      takersIn([
        said('buy', 'ben', [0, 10]),
        unanswered('register', 'cem', 1),
        said('attempt', 'dan', [2, 10]),
        held,
        unanswered('reserve', 'eve', 3),
        refused('reserve', 'fay', [4, 10]),
        said('read', 'gus', [4, 10]),
        said('release', 'ann', [20, 30], { hold: 'h' }),
      ]),
    ).toEqual([
      RESERVE,
      'reserve of eve: 1 (-)',
      'buy of ben: 1 (-)',
      'register of cem: 1 (-)',
      'attempt of dan: 1 (-)',
    ]);
  });

  it('by a checkout that was told of a second hold, which nobody who asked for units was told of', () => {
    const paid = (newHold?: string) => said('confirm', 'ann', [20, 30], { hold: 'h', newHold });
    expect(takersIn([held, paid('n')])).toEqual([RESERVE, 'confirm of ann: 2 (n)']);
    expect(takersIn([held, said('buy', 'ben', [15, 18]), paid('n')])).toEqual([
      RESERVE,
      'confirm of ann: 2 (n)',
      'buy of ben: 1 (-)',
    ]);
    expect(takersIn([held, paid()])).toEqual([RESERVE]);
    expect(takersIn([held, paid('h')])).toEqual([RESERVE]);
    const declined = refused('confirm', 'ann', [20, 30], { hold: 'h', newHold: 'n' });
    expect(takersIn([held, declined])).toEqual([RESERVE]);
    expect(takersIn([{ ...paid('n'), hold: 'x' }])).toEqual([]);
    expect(takersIn([held, { ...paid('n'), buyer: 'ben' }])).toEqual([
      RESERVE,
      'confirm of ann: 2 (n)',
    ]);
  });

  it('by a checkout without an answer, unless the hold that it names is sold, or another buyer’s', () => {
    const lost = unanswered('confirm', 'ann', 20, { hold: 'h' });
    const both = [RESERVE, 'confirm of ann: 2 (-)'];
    expect(takersIn([held, lost])).toEqual(both);
    expect(takersIn([held, lost], [{ reservationId: 'h', status: 'EXPIRED' }])).toEqual(both);
    expect(takersIn([held, lost], [{ reservationId: 'x', status: 'CONFIRMED' }])).toEqual(both);
    expect(takersIn([held, lost], [{ reservationId: 'h', status: 'CONFIRMED' }])).toEqual([
      RESERVE,
    ]);
    expect(takersIn([held, { ...lost, buyer: 'ben' }])).toEqual([RESERVE]);
    expect(takersIn([held, { ...lost, buyer: undefined }])).toEqual(both);
    expect(takersIn([held, { ...lost, hold: 'x' }])).toEqual([RESERVE]);
  });

  it('by a checkout that names no hold, if its buyer asked for one thing alone', () => {
    const lost = unanswered('confirm', 'ann', 20);
    const again = unanswered('reserve', 'ann', 5, { quantity: 2 });
    const late = 'confirm of ann: 2 (-)';
    expect(takersIn([held, lost])).toContain(late);
    expect(takersIn([held, again, lost])).toContain(late);
    const takes = (...calls: Call[]) => takersIn([held, ...calls, lost]).includes(late);
    expect(takes({ ...again, quantity: 1 })).toBe(false);
    expect(takes({ ...again, sku: 'CUP' })).toBe(false);
    expect(takes({ ...again, quantity: 1, buyer: 'ben' })).toBe(true);
    expect(takes(refused('reserve', 'ann', [5, 9], { quantity: 1 }))).toBe(true);
    expect(takes(unanswered('buy', 'ann', 5))).toBe(true);
    expect(takersIn([lost])).toEqual([]);
    const nobody = { buyer: undefined };
    expect(
      takersIn([
        { ...held, ...nobody },
        { ...lost, ...nobody },
      ]),
    ).toHaveLength(1);
  });
});
