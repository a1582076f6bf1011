import { describe, expect, it } from 'vitest';
import { attemptOf } from '../../../test/judge/attempt-story.ts';
import { voucherOf } from '../../../test/judge/campaign-story.ts';
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
import { ticketOf } from '../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { BooksReading } from '../../history/manifest.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import { type TimedRow, visitTimedRows } from './timed-rows.ts';

const sale = saleOf({ total: 9 });
const nameOf = ({ row }: TimedRow): string => {
  if (row.row === 'movement') return `${row.kind} ${row.reservationId}`;
  return row.row === 'order' ? row.orderId : row.row;
};

interface Story {
  calls: Call[];
  entries?: Entry[];
  edit?: (ledger: LedgerSnapshot) => void;
  books?: BooksReading[];
}

/** The milliseconds between which each row's change must lie, by the name of the row. */
const timesIn = ({ calls, entries = [], edit = () => {}, books = [] }: Story) => {
  const ledger = booksOf(sale, entries);
  edit(ledger);
  const evidence = evidenceOf(sale, calls, { ledger, books });
  const times: Record<string, [number, number]> = {};
  visitTimedRows(indexLedger(evidence).index as LedgerIndex, evidence, (row) => {
    times[nameOf(row)] = [row.fromNs / 1e6, row.toNs / 1e6];
  });
  return times;
};

const ANYTIME = Number.NEGATIVE_INFINITY;
const NEVER = Number.POSITIVE_INFINITY;
const RESERVED: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann' };
const SOLD: Entry = { kind: 'SOLD', hold: 'a', buyer: 'ann' };
const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a', callId: 'pay' });

describe('the time of a row', () => {
  it('lies within the call that made it', () => {
    expect(timesIn({ calls: [held, paid], entries: [RESERVED, SOLD] })).toEqual({
      'RESERVED a': [0, 10],
      'SOLD a': [20, 30],
      'order-a': [20, 30],
    });
    const given = said('release', 'ann', [20, 30], { hold: 'a' });
    const released: Entry = { ...RESERVED, kind: 'RELEASED' };
    expect(timesIn({ calls: [held, given], entries: [RESERVED, released] })).toMatchObject({
      'RELEASED a': [20, 30],
    });
    const cancelled = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    const returned: Entry = { ...RESERVED, kind: 'RETURNED' };
    expect(
      timesIn({ calls: [held, paid, cancelled], entries: [RESERVED, SOLD, returned] }),
    ).toMatchObject({ 'RETURNED a': [40, 50] });
  });

  it('is bound by no call that was refused or got no answer', () => {
    const calls = [
      refused('reserve', 'ann', [0, 10], { hold: 'a' }),
      unanswered('confirm', 'ann', 20, { hold: 'a', order: 'order-a' }),
    ];
    expect(timesIn({ calls, entries: [RESERVED, SOLD] })).toEqual({
      'RESERVED a': [ANYTIME, NEVER],
      'SOLD a': [ANYTIME, NEVER],
    });
  });

  it('of a hold that a purchase bought may be that of an earlier call', () => {
    for (const kind of ['buy', 'register'] as const) {
      const bought = said(kind, 'ann', [20, 30], { hold: 'a', order: 'order-a', callId: 'pay' });
      const times = (callId?: string) =>
        timesIn({ calls: [bought], entries: [RESERVED, { ...SOLD, callId }] });
      const own = {
        'RESERVED a': [ANYTIME, 30],
        'SOLD a': [20, 30],
        'order-a': [20, 30],
      };
      expect(times()).toEqual(own);
      expect(times('pay')).toEqual(own);
      // The ledger shows that another call placed the order.
      expect(times('other')).toEqual({
        'RESERVED a': [ANYTIME, 30],
        'SOLD a': [ANYTIME, 30],
        'order-a': [ANYTIME, 30],
      });
    }
  });

  it('is not before the call by whose id it is stored, whoever made it', () => {
    const entries: Entry[] = [
      { ...RESERVED, callId: 'try' },
      { ...SOLD, callId: 'try' },
    ];
    const later = said('register', 'ann', [20, 30], { hold: 'a', order: 'order-a', callId: 'two' });
    const times = (...calls: Call[]) => timesIn({ calls, entries });
    const from = (fromMs: number, toMs: number) => ({
      'RESERVED a': [fromMs, toMs],
      'SOLD a': [fromMs, toMs],
      'order-a': [fromMs, toMs],
    });
    expect(times(said('attempt', 'ann', [5, 8], { callId: 'try' }))).toEqual(from(5, NEVER));
    expect(times(unanswered('register', 'ann', 5, { callId: 'try' }), later)).toEqual(from(5, 30));
    const left = { callId: 'try', code: 'CONTENTION_LOST' };
    expect(times(refused('register', 'ann', [5, 8], left), later)).toEqual(from(5, 30));
    const full = { callId: 'try', code: 'CAMPAIGN_FULL' };
    expect(times(refused('register', 'ann', [5, 8], full), later)).toEqual(from(ANYTIME, 30));
    const keyed = { idempotencyKey: 'k' };
    expect(
      times(
        unanswered('register', 'ann', 3, { ...keyed, callId: 'zero' }),
        unanswered('register', 'ann', 5, { ...keyed, callId: 'try' }),
      ),
    ).toEqual(from(3, NEVER));
    expect(times(said('read', 'ann', [5, 8], { callId: 'try' }))).not.toHaveProperty('order-a');
  });

  it('is not before its own call, where another one made the hold', () => {
    const sold: Entry[] = [
      { ...RESERVED, callId: 'try' },
      { ...SOLD, callId: 'pay' },
    ];
    const pays = unanswered('confirm', 'ann', 20, { hold: 'a', callId: 'pay' });
    expect(timesIn({ calls: [pays], entries: sold })).toEqual({
      ...{ 'RESERVED a': [ANYTIME, NEVER], 'SOLD a': [ANYTIME, NEVER] },
      'order-a': [20, NEVER],
    });
    const asks = unanswered('reserve', 'ann', 5, { callId: 'try' });
    expect(timesIn({ calls: [asks, pays], entries: sold.slice(0, 1) })).toEqual({
      'RESERVED a': [5, NEVER],
    });
  });

  it('of an end is not before the call that made the hold', () => {
    const entries: Entry[] = [RESERVED, { ...RESERVED, kind: 'EXPIRED' }];
    expect(timesIn({ calls: [held], entries })['EXPIRED a']).toEqual([0, NEVER]);
  });

  it('of an order that was not paid lies within the checkout that was refused', () => {
    const entries: Entry[] = [RESERVED, { ...SOLD, callId: 'pay' }];
    const declined = { hold: 'a', callId: 'pay', code: 'PAYMENT_DECLINED' };
    const calls = [held, refused('confirm', 'ann', [20, 30], declined)];
    expect(timesIn({ calls, entries })['order-a']).toEqual([20, 30]);
  });

  it('of a sale is not within a checkout that found the order of another one', () => {
    const entries = [RESERVED, { ...SOLD, callId: 'other' }];
    expect(timesIn({ calls: [held, paid], entries })).toMatchObject({
      'SOLD a': [0, 30],
      'order-a': [ANYTIME, 30],
    });
    const nameless = { ...paid, order: undefined };
    expect(timesIn({ calls: [held, nameless], entries })).toMatchObject({ 'SOLD a': [20, 30] });
  });

  it('of a second hold lies within the late checkout that made and sold it', () => {
    const late = { ...paid, newHold: 'n', order: 'order-n' };
    const again = { hold: 'n', buyer: 'ann' };
    const entries: Entry[] = [
      RESERVED,
      { ...RESERVED, kind: 'EXPIRED' },
      { ...again, kind: 'RESERVED' },
      { ...again, kind: 'SOLD' },
    ];
    expect(timesIn({ calls: [held, late], entries })).toEqual({
      'RESERVED a': [0, 10],
      'EXPIRED a': [0, 30],
      'RESERVED n': [20, 30],
      'SOLD n': [20, 30],
      'order-n': [20, 30],
    });
  });

  it('of a voucher’s use lies within the call that used it', () => {
    const used = said('redeem', 'ann', [20, 30], { sku: undefined, voucher: 'CODE-A' });
    const times = (usedAt: string | null) =>
      timesIn({
        calls: [used],
        edit: (ledger) => {
          ledger.vouchers = [{ ...voucherOf('a', 'ann'), usedAt }];
        },
      });
    expect(times('noon')).toEqual({ voucher: [20, 30] });
    expect(times(null)).toEqual({});
  });

  it('of what was issued lies between the call that placed its order and the answer that told of the sale', () => {
    const issuedAt = '2026-01-01T12:00:00.025000Z';
    const times = (calls: Call[], entries: Entry[], books: BooksReading[] = []) => {
      const edit = (ledger: LedgerSnapshot) => {
        ledger.vouchers = [{ ...voucherOf('a', 'ann'), issuedAt }];
        ledger.tickets = [{ ...ticketOf(1, 'ann', 'order-a'), issuedAt }];
      };
      const { voucher, ticket } = timesIn({ calls, entries, edit, books });
      expect(ticket).toEqual(voucher);
      return ticket;
    };
    expect(times([held, paid], [RESERVED, SOLD])).toEqual([20, 30]);
    const bought: Entry[] = [RESERVED, { ...SOLD, callId: 'buy' }];
    const buy = said('buy', 'ann', [20, 30], { hold: 'a', order: 'order-a', callId: 'buy' });
    expect(times([buy], bought)).toEqual([20, 30]);
    // Its payment was under way, and a second call was told of it.
    const first = unanswered('buy', 'ann', 5, { callId: 'buy' });
    expect(times([first, { ...buy, callId: 'again' }], bought)).toEqual([5, 30]);
    expect(times([first], bought)).toEqual([5, NEVER]);
    const read = [{ skuId: SKU, fromNs: 500e6, toNs: 600e6, counts: {} }];
    expect(times([first], bought, read)).toEqual([5, 600]);
    const no = refused('buy', 'ann', [5, 9], { callId: 'buy', code: 'PAYMENT_UNAVAILABLE' });
    expect(times([no], bought)).toEqual([5, NEVER]);
    expect(times([], bought)).toBeUndefined();
    expect(times([held, paid], [RESERVED])).toBeUndefined();
  });

  it('of what was issued is unknown where its row has none', () => {
    const edit = (ledger: LedgerSnapshot) => {
      ledger.vouchers = [voucherOf('a', 'ann')];
      ledger.tickets = [ticketOf(1, 'ann', 'order-a')];
    };
    const rows = Object.keys(timesIn({ calls: [held, paid], entries: [RESERVED, SOLD], edit }));
    expect(rows.toSorted()).toEqual(['RESERVED a', 'SOLD a', 'order-a']);
  });

  it('of an attempt lies within its call, if its buyer has no other', () => {
    const tried = said('attempt', 'ann', [20, 30], { callId: 'try-a' });
    const times = (names: string[]) =>
      timesIn({
        calls: [tried],
        edit: (ledger) => {
          ledger.attempts = names.map((name) => attemptOf(name, 'ann'));
        },
      });
    expect(times(['a'])).toEqual({ attempt: [20, 30] });
    expect(times(['a', 'b'])).toEqual({});
    expect(times([])).toEqual({});
  });

  it('was over when a movement with a higher number was, and when the ledger was read', () => {
    const entries: Entry[] = [
      RESERVED,
      { ...RESERVED, kind: 'EXPIRED' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ben' },
      { kind: 'EXPIRED', hold: 'b', buyer: 'ben' },
    ];
    const books = [{ skuId: SKU, fromNs: 500e6, toNs: 600e6, counts: {} }];
    const calls = [said('reserve', 'ben', [40, 50], { hold: 'b' })];
    expect(timesIn({ calls, entries, books })).toEqual({
      'RESERVED a': [ANYTIME, 50],
      'EXPIRED a': [ANYTIME, 50],
      'RESERVED b': [40, 50],
      'EXPIRED b': [40, 600],
    });
    const lost = { ...unanswered('confirm', 'ann', 40), hold: 'a', callId: 'pay-a' };
    const sold = [RESERVED, { ...RESERVED, kind: 'SOLD' as const, callId: 'pay-a' }];
    expect(timesIn({ calls: [lost], entries: sold, books })).toMatchObject({
      'order-a': [40, 600],
    });
    // A slow answer does not make it later.
    const slow = said('reserve', 'ann', [0, 90], { hold: 'a' });
    expect(timesIn({ calls: [slow, ...calls], entries })).toMatchObject({ 'RESERVED a': [0, 50] });
  });
});

describe('the time of what several calls may have done', () => {
  it('begins with the first of those that repeat a key', () => {
    const keyed = { idempotencyKey: 'k' };
    const calls = [
      { ...unanswered('reserve', 'ann', 5), ...keyed },
      { ...said('reserve', 'ann', [20, 30], { hold: 'a' }), ...keyed },
      { ...said('reserve', 'ann', [25, 28], { hold: 'a' }), ...keyed },
    ];
    expect(timesIn({ calls, entries: [RESERVED] })).toEqual({ 'RESERVED a': [5, 28] });
  });

  it.each([
    [
      'release',
      { hold: 'a' },
      { hold: 'x' },
      [RESERVED, { ...RESERVED, kind: 'RELEASED' }],
      'RELEASED a',
    ],
    [
      'cancel',
      { order: 'order-a' },
      { order: 'x' },
      [RESERVED, SOLD, { ...SOLD, kind: 'RETURNED' }],
      'RETURNED a',
    ],
    ['redeem', { voucher: 'CODE-A' }, { voucher: 'x' }, [], 'voucher'],
    ['attempt', {}, { buyer: 'ben' }, [], 'attempt'],
  ] as const)(
    'begins with the first %s that was not refused',
    (kind, facts, other, entries, row) => {
      const edit = (ledger: LedgerSnapshot) => {
        ledger.vouchers = [{ ...voucherOf('a', 'ann'), usedAt: 'noon' }];
        ledger.attempts = [attemptOf('a', 'ann')];
      };
      const yes = said(kind, 'ann', [20, 30], facts);
      const times = (...others: Call[]) =>
        timesIn({ calls: [...others, yes], entries: [...entries], edit })[row];
      expect(times()).toEqual([20, 30]);
      expect(times(unanswered(kind, 'ann', 5, facts))).toEqual([5, 30]);
      expect(times(unanswered(kind, 'ann', 5, facts), unanswered(kind, 'ann', 8, facts))).toEqual([
        5, 30,
      ]);
      expect(times(refused(kind, 'ann', [5, 9], facts))).toEqual([20, 30]);
      expect(times(said(kind, 'ann', [10, 25], facts))).toEqual([10, 25]);
      expect(times(unanswered(kind, 'ann', 5, { ...facts, ...other }))).toEqual([20, 30]);
    },
  );

  it('begins with the first checkout that may have sold the hold, and ends with the first yes', () => {
    const again = said('confirm', 'ann', [22, 28], { hold: 'a', order: 'order-a' });
    expect(timesIn({ calls: [held, paid, again], entries: [RESERVED, SOLD] })).toMatchObject({
      ...{ 'SOLD a': [20, 28], 'order-a': [20, 28] },
    });
  });

  it('is told with the purchase that reserved and sold it', () => {
    const bought = said('buy', 'ann', [20, 30], { hold: 'a', order: 'order-a', callId: 'buy' });
    const evidence = evidenceOf(sale, [bought], { ledger: booksOf(sale, [RESERVED, SOLD]) });
    const calls: (string | undefined)[] = [];
    visitTimedRows(indexLedger(evidence).index as LedgerIndex, evidence, ({ call }) =>
      calls.push(call?.callId),
    );
    expect(calls).toEqual(['buy', 'buy', 'buy']);
  });

  it('tells the first of the calls that were answered yes', () => {
    const evidence = evidenceOf(
      sale,
      [
        said('release', 'ann', [20, 30], { hold: 'a', callId: 'first' }),
        said('release', 'ann', [21, 25], { hold: 'a', callId: 'second' }),
      ],
      { ledger: booksOf(sale, [RESERVED, { ...RESERVED, kind: 'RELEASED' }]) },
    );
    const calls: (string | undefined)[] = [];
    visitTimedRows(indexLedger(evidence).index as LedgerIndex, evidence, ({ call }) =>
      calls.push(call?.callId),
    );
    expect(calls).toEqual(['first', undefined]);
  });

  it('of a ticket that was let in lies within the call that did it, whichever of those that showed it', () => {
    const shown = (fromMs: number, callId: string, facts: Partial<Call> = {}) =>
      said('check-in', 'gate', [fromMs, fromMs + 10], { ticket: 'T1', callId, ...facts });
    const ticket = (checkedInAt: string | null, checkedInByCallId: string | null = 'scan-1') => ({
      edit: (ledger: LedgerSnapshot) => {
        ledger.tickets = [{ ...ticketOf(1, 'ann', 'order-a'), checkedInAt, checkedInByCallId }];
      },
    });
    const at = '2026-01-01T12:00:00.025000Z';
    expect(timesIn({ calls: [shown(20, 'scan-1')], ...ticket(at) })).toEqual({ ticket: [20, 30] });
    const lost = unanswered('check-in', 'other gate', 5, { ticket: 'T1', callId: 'scan-0' });
    expect(timesIn({ calls: [lost, shown(20, 'scan-1')], ...ticket(at) })).toEqual({
      ticket: [5, 30],
    });
    expect(timesIn({ calls: [shown(20, 'scan-2')], ...ticket(at) })).toEqual({});
    expect(timesIn({ calls: [shown(20, 'scan-1')], ...ticket(null) })).toEqual({});
  });
});
