import { describe, expect, it } from 'vitest';
import { SHOP_CALLS, SHOP_ENTRIES, shopSale } from '../../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
} from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import { noPhantom } from '../no-phantom.ts';

/** The reservations of the shop that are phantoms, each as its id and what is wrong. */
function phantoms(
  calls: Call[],
  entries: Entry[],
  tamper: (ledger: LedgerSnapshot) => void = () => {},
): string[] {
  const ledger = booksOf(shopSale, [...SHOP_ENTRIES, ...entries]);
  tamper(ledger);
  const { witness } = noPhantom.check(evidenceOf(shopSale, [...SHOP_CALLS, ...calls], { ledger }));
  const lines = witness?.prose.split('\n').slice(1) ?? [];
  return lines.map((line) =>
    line.replace(/^ {2}- reservation (\S+).* for buyer \S+ /, '$1 ').replace(/\. Buyer.*/, ''),
  );
}

const SECOND = 'is the second from one call';
const held = (hold: string, callId?: string): Entry => ({
  kind: 'RESERVED',
  hold,
  buyer: 'dan',
  ...(callId === undefined ? {} : { callId }),
});
const lapsed = (hold: string): Entry => ({ kind: 'EXPIRED', hold, buyer: 'dan' });

describe('two reservations of one call', () => {
  const reserve = said('reserve', 'dan', [40, 50], { callId: 'try-d' });
  const attempt = said('attempt', 'dan', [40, 50], { callId: 'try-d' });
  const two = [held('d', 'try-d'), held('e', 'try-d')];

  it('are one too many, though the first has lapsed', () => {
    expect(phantoms([reserve], two)).toEqual([`e ${SECOND}`]);
    expect(phantoms([reserve], [...two, lapsed('d')])).toEqual([`e ${SECOND}`]);
  });

  it('are right for an attempt whose first hold lapsed before it was decided, swept or not', () => {
    expect(phantoms([attempt], two)).toEqual([`e ${SECOND}`]);
    expect(phantoms([attempt], [...two, lapsed('d')])).toEqual([]);
    const unswept = ({ reservations }: LedgerSnapshot) => {
      for (const row of reservations) if (row.reservationId === 'd') row.lapsed = true;
    };
    expect(phantoms([attempt], two, unswept)).toEqual([]);
    const bought = ({ reservations }: LedgerSnapshot) => {
      for (const row of reservations) {
        // Its time is over, and it was bought before.
        if (row.callId === 'try-d') Object.assign(row, { status: 'CONFIRMED', lapsed: true });
      }
    };
    expect(phantoms([attempt], two, bought)).toEqual([`e ${SECOND}`]);
  });

  it('are one too many for an attempt that gave its first one back', () => {
    const back: Entry = { kind: 'RELEASED', hold: 'd', buyer: 'dan' };
    expect(phantoms([attempt], [...two, back])).toEqual([`e ${SECOND}`]);
  });
});

describe('a reservation without a call id that has lapsed', () => {
  it('may be that of an attempt, whatever else its buyer asked for', () => {
    const attempt = said('attempt', 'dan', [40, 50]);
    const buy = said('buy', 'dan', [40, 50]);
    const three = [held('d'), held('e'), held('f'), lapsed('d')];
    expect(phantoms([attempt, buy], three)).toEqual([]);
    expect(phantoms([buy], [held('d'), held('e'), lapsed('d')])).toEqual([
      'e was asked for by nobody',
    ]);
  });
});

describe('a reservation with a call id', () => {
  it('is not explained by a call that asks for no units', () => {
    const release = said('release', 'bob', [40, 50], { hold: 'b', callId: 'x' });
    expect(phantoms([release], [held('d', 'x')])).toEqual(['d was asked for by nobody']);
  });

  it('is not left by a refused reserve call, though its buyer has registered', () => {
    const calls = [
      refused('reserve', 'dan', [40, 50], { callId: 'x' }),
      said('register', 'dan', [60, 70], { callId: 'y' }),
    ];
    const entries = [held('d', 'x'), held('e', 'y')];
    expect(phantoms(calls, entries)).toContain('d exists although it was refused');
  });
});
