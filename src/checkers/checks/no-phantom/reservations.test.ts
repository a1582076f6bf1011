import { describe, expect, it } from 'vitest';
import { SHOP_CALLS, SHOP_ENTRIES, shopSale } from '../../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  unanswered,
} from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import { noPhantom } from '../no-phantom.ts';

/** The reservations of the shop that are phantoms, each as its id and what is wrong. */
function phantoms(
  calls: Call[],
  entries: Entry[],
  tamper: (ledger: LedgerSnapshot) => void = () => {},
  sale = shopSale,
): string[] {
  const ledger = booksOf(sale, [...SHOP_ENTRIES, ...entries]);
  tamper(ledger);
  const { witness } = noPhantom.check(evidenceOf(sale, [...SHOP_CALLS, ...calls], { ledger }));
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

  it('are right for a reward whose first hold lapsed before the worker gave it', () => {
    const finish = unanswered('register', 'dan', 40, { callId: 'try-d' });
    const skus = shopSale.skus.map((sku) => ({ ...sku, isReward: true }));
    const ofRewards = { ...shopSale, skus };
    expect(phantoms([finish], [...two, lapsed('d')])).toEqual([`e ${SECOND}`]);
    expect(phantoms([finish], [...two, lapsed('d')], undefined, ofRewards)).toEqual([]);
    expect(phantoms([finish], two, undefined, ofRewards)).toEqual([`e ${SECOND}`]);
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

describe('a hold that a purchase of tickets could not buy', () => {
  const tickets = { ...shopSale, skus: [{ skuId: SKU, total: 3, soldBy: 'tickets' as const }] };
  const declined = refused('buy', 'dan', [40, 50], { code: 'PAYMENT_DECLINED' });
  const back: Entry = { kind: 'RELEASED', hold: 'd', buyer: 'dan' };
  const left = (calls: Call[], entries: Entry[], sale = tickets) =>
    phantoms(calls, entries, () => {}, sale);

  it('may be left without the id of its call, by a purchase of the same buyer for as many units', () => {
    expect(left([declined], [held('d'), back])).toEqual([]);
    expect(left([declined], [held('d'), lapsed('d')])).toEqual([]);
    const nobodys = ['d was asked for by nobody'];
    expect(left([], [held('d'), back])).toEqual(nobodys);
    expect(left([{ ...declined, buyer: 'eve' }], [held('d'), back])).toEqual(nobodys);
    expect(left([{ ...declined, quantity: 2 }], [held('d'), back])).toEqual(nobodys);
    const cancel = refused('cancel', 'dan', [40, 50], { order: 'order-a' });
    expect(left([cancel], [held('d'), back])).toEqual(nobodys);
  });

  it('is not one that was sold, and not of units that are sold in another way', () => {
    const sold: Entry = { kind: 'SOLD', hold: 'd', buyer: 'dan' };
    expect(left([declined], [held('d'), sold])).toContain('d was asked for by nobody');
    const skus = [{ skuId: SKU, total: 3 }];
    expect(left([declined], [held('d'), back], { ...shopSale, skus } as typeof tickets)).toEqual([
      'd was asked for by nobody',
    ]);
  });

  it('may have been bought by another purchase of its buyer', () => {
    const first = refused('buy', 'dan', [40, 50], { callId: 'x', code: 'CONTENTION_LOST' });
    const second = said('buy', 'dan', [41, 51], { callId: 'y', order: 'order-d' });
    const sold: Entry = { kind: 'SOLD', hold: 'd', buyer: 'dan', callId: 'y' };
    expect(left([first, second], [held('d', 'x'), sold])).toEqual([]);
    expect(left([first], [held('d', 'x'), sold])).toContain('d exists although it was refused');
  });
});

it('takes a call whose answer left its end open for one that may have made another hold than it names', () => {
  const pending = unanswered('reserve', 'dan', 40, { hold: 'd', status: 202 });
  expect(phantoms([pending], [held('e')])).toEqual([]);
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
