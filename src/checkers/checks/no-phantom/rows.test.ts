import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign } from '../../../../test/judge/campaign-story.ts';
import { SHOP_CALLS, SHOP_ENTRIES, shopSale } from '../../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
  unanswered,
} from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import { noPhantom } from '../no-phantom.ts';

/** The phantoms of the shop with more calls and entries, without the name of the row. */
function phantoms(
  calls: Call[],
  entries: Entry[],
  tamper: (ledger: LedgerSnapshot) => void = () => {},
): string[] {
  const ledger = booksOf(shopSale, [...SHOP_ENTRIES, ...entries]);
  tamper(ledger);
  const { witness } = noPhantom.check(evidenceOf(shopSale, [...SHOP_CALLS, ...calls], { ledger }));
  return (witness?.prose.split('\n').slice(1) ?? []).map((line) =>
    line
      .replace(/^ {2}- (order|reservation) (\S+).* (for buyer|for reservation) \S+ /, '$1 $2 ')
      .replace(/\. Buyer.*/, ''),
  );
}

const NOBODY = 'was asked for by nobody';
const REFUSED = 'exists although it was refused';
const SOLD = 'is sold, and no checkout may have done it';

describe('a reservation without a call id', () => {
  const ofDan: Entry = { kind: 'RESERVED', hold: 'd', buyer: 'dan' };

  it('is explained by a yes that named no reservation', () => {
    expect(phantoms([said('reserve', 'dan', [40, 50])], [ofDan])).toEqual([]);
  });

  it.each([
    ['a refusal', refused('reserve', 'dan', [40, 50])],
    ['a call for nothing', unanswered('release', 'dan', 40)],
    ['a look', said('read', 'dan', [40, 50])],
    ['a yes to another reservation', said('reserve', 'dan', [40, 50], { hold: 'x' })],
    ['a yes to another size', said('reserve', 'dan', [40, 50], { quantity: 2 })],
  ])('is not explained by %s', (_, call) => {
    expect(phantoms([call], [ofDan])).toEqual([`reservation d ${NOBODY}`]);
  });

  it('is not explained by a checkout in time, or by a release of the same buyer', () => {
    const ofAnn: Entry = { kind: 'RESERVED', hold: 'd', buyer: 'ann' };
    expect(phantoms([], [ofAnn])).toEqual([`reservation d ${NOBODY}`]);
    const release = unanswered('release', 'ann', 40, { hold: 'a' });
    expect(phantoms([release], [ofAnn])).toEqual([`reservation d ${NOBODY}`]);
  });
});

describe('units that a late checkout took again', () => {
  const again: Entry = { kind: 'RESERVED', hold: 'n', buyer: 'cid', callId: 'late' };
  const bought: Entry[] = [again, { ...again, kind: 'SOLD' }];
  const back: Entry[] = [again, { ...again, kind: 'RELEASED' }];
  const about = { hold: 'c', callId: 'late' };
  const yes = said('confirm', 'cid', [1_200, 1_210], about);
  const no = refused('confirm', 'cid', [1_200, 1_210], { ...about, code: 'PAYMENT_DECLINED' });

  it('are explained by its call, though its answer told of no other reservation', () => {
    expect(phantoms([yes], bought)).toEqual([]);
  });

  it('may be given back after a refusal, and not sold', () => {
    expect(phantoms([no], back)).toEqual([]);
    expect(phantoms([no], bought)).toEqual([
      `reservation n ${REFUSED}`,
      `order order-n ${REFUSED}`,
      `reservation n ${SOLD}`,
    ]);
  });

  it('may be sold to a registration of the same buyer, after which the checkout is refused', () => {
    const [taken, sold] = bought as [Entry, Entry];
    const byRegistration = [taken, { ...sold, callId: 'register' }];
    const registration = unanswered('register', 'cid', 1_205, { callId: 'register' });
    expect(phantoms([no, registration], byRegistration)).toEqual([]);
    expect(phantoms([no, { ...registration, buyer: 'dan' }], byRegistration)).toEqual([
      `reservation n ${REFUSED}`,
      `reservation n ${SOLD}`,
    ]);
    expect(phantoms([no, registration], bought)).toEqual([`order order-n ${REFUSED}`]);
  });

  it('are a phantom where a refused call only wanted a reservation', () => {
    const call = refused('reserve', 'cid', [1_200, 1_210], { callId: 'late' });
    expect(phantoms([call], back)).toEqual([`reservation n ${REFUSED}`]);
  });
});

describe('an order', () => {
  const ofAnn: Entry[] = [
    { kind: 'RESERVED', hold: 'd', buyer: 'ann', callId: 'try-d' },
    { kind: 'SOLD', hold: 'd', buyer: 'ann' },
  ];
  const held = said('reserve', 'ann', [40, 50], { hold: 'd', callId: 'try-d' });
  const no = refused('confirm', 'ann', [60, 70], { hold: 'd' });
  const yes = said('confirm', 'ann', [80, 90], { hold: 'd' });

  it('without a call id is explained by a checkout of its own reservation that may have been done', () => {
    expect(phantoms([held, no, yes], ofAnn)).toEqual([]);
    expect(phantoms([held, no], ofAnn)).toEqual([
      `order order-d ${REFUSED}`,
      `reservation d ${SOLD}`,
    ]);
    expect(phantoms([held], ofAnn)).toEqual([`order order-d ${NOBODY}`, `reservation d ${SOLD}`]);
  });

  it('is not made by the call that made its reservation', () => {
    const byReserve = ({ orders }: LedgerSnapshot) =>
      Object.assign(orders[1] as object, { callId: 'try-d' });
    expect(phantoms([held, yes], ofAnn, byReserve)).toEqual([`order order-d ${NOBODY}`]);
  });
});

describe('a registration that was refused', () => {
  const [ann, bob] = CAMPAIGN as [Call, Call];
  const no = refused('register', 'bob', [20, 30], {
    callId: 'again-b',
    code: 'ALREADY_REGISTERED',
  });
  const judged = (calls: Call[], tamper: (ledger: LedgerSnapshot) => void = () => {}) =>
    noPhantom.check(
      inCampaign(
        (ledger) => {
          Object.assign(ledger.reservations[1] as object, { callId: 'again-b' });
          Object.assign(ledger.vouchers[0] as object, { usedAt: null, usedByCallId: null });
          tamper(ledger);
        },
        [ann, ...calls],
      ),
    );

  it('may have made the hold that the first one bought', () => {
    expect(judged([{ ...bob, callId: 'try-b' }, no]).status).toBe('valid');
    expect(judged([no]).witness?.prose).toContain(REFUSED);
  });

  it('may have left a hold that was given back', () => {
    const back = (ledger: LedgerSnapshot) => {
      Object.assign(ledger.reservations[1] as object, { status: 'CANCELLED' });
      ledger.orders.pop();
      ledger.vouchers.pop();
    };
    expect(judged([no], back).status).toBe('valid');
  });
});

it('finds a voucher for an order that is not there', () => {
  const evidence = inCampaign(({ vouchers }) =>
    Object.assign(vouchers[1] as object, { orderId: 'order-x' }),
  );
  expect(noPhantom.check(evidence).witness?.prose).toContain(
    'voucher voucher-b of buyer bob is for an order that is not there',
  );
});

it('shows ten of many', () => {
  const entries = Array.from({ length: 11 }, (_, place): Entry => {
    return { kind: 'RESERVED', hold: `h${place}`, buyer: 'dan' };
  });
  expect(phantoms([], entries)).toHaveLength(10);
});
