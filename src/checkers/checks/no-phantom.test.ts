import { describe, expect, it } from 'vitest';
import { ATTEMPTS, inAttempts } from '../../../test/judge/attempt-story.ts';
import { CAMPAIGN, inCampaign } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  inShop,
  reservationIn,
  SHOP_CALLS,
  SHOP_ENTRIES,
  shopBooks,
  shopSale,
} from '../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { noPhantom } from './no-phantom.ts';

const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const { check } = noPhantom;

describe('no-phantom', () => {
  it('finds nothing in honest books', () => {
    for (const [evidence, rows] of [
      [inShop(), 4],
      [inCampaign(), 6],
      [inAttempts(), 7],
    ] as const) {
      const summary = `each of ${rows} ledger rows comes from a call`;
      expect(check(evidence)).toEqual({ status: 'valid', summary });
    }
  });

  it('compares nothing where no call was recorded', () => {
    expect(check(inShop(() => {}, [])).status).toBe('skipped');
  });

  const extra = (callId: string | undefined, buyer = 'dan') =>
    booksOf(shopSale, [...SHOP_ENTRIES, { kind: 'RESERVED', hold: 'd', buyer, callId }]);

  it('finds a reservation nobody asked for', () => {
    const { status, witness } = check(evidenceOf(shopSale, SHOP_CALLS, { ledger: extra('try-d') }));
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('reservation d of 1 unit of SKU-1 for buyer dan');
  });

  it('knows the call behind a reservation whose answer was lost, by call id or by buyer', () => {
    const lost = unanswered('reserve', 'dan', 40, { callId: 'try-d' });
    for (const ledger of [extra('try-d'), extra(undefined)]) {
      expect(check(evidenceOf(shopSale, [...SHOP_CALLS, lost], { ledger })).status).toBe('valid');
    }
  });

  it('knows that an attempt whose hold lapsed before it was bought holds units again', () => {
    const attempt = said('attempt', 'ann', [0, 10], { callId: 'try-a' });
    const rowsOf = (callId: string | undefined, ...ends: Entry['kind'][]) =>
      booksOf(
        shopSale,
        ends.flatMap((kind, place): Entry[] => {
          const entry = { hold: `hold-${place}`, buyer: 'ann', callId };
          return [
            { ...entry, kind: 'RESERVED' },
            { ...entry, kind },
          ];
        }),
      );
    const statusOf = (ledger: LedgerSnapshot) =>
      check(evidenceOf(shopSale, [attempt], { ledger })).status;
    for (const callId of ['try-a', undefined]) {
      expect(statusOf(rowsOf(callId, 'EXPIRED', 'EXPIRED', 'SOLD'))).toBe('valid');
      expect(statusOf(rowsOf(callId, 'SOLD', 'EXPIRED'))).toBe('valid');
      expect(statusOf(rowsOf(callId, 'SOLD', 'SOLD'))).toBe('invalid');
    }
  });

  it('knows the rows of a buy, also those that a buy which was refused half-way has left', () => {
    const buy = said('buy', 'dan', [40, 50], { callId: 'try-d' });
    const rows = (kind: Entry['kind']) =>
      booksOf(shopSale, [
        ...SHOP_ENTRIES,
        { kind: 'RESERVED', hold: 'd', buyer: 'dan', callId: 'try-d' },
        { kind, hold: 'd', buyer: 'dan', callId: 'try-d' },
      ]);
    const statusOf = (call: Call, ledger: LedgerSnapshot) =>
      check(evidenceOf(shopSale, [...SHOP_CALLS, call], { ledger })).status;
    expect(statusOf(buy, rows('SOLD'))).toBe('valid');
    const unnamed = rows('SOLD');
    for (const row of [...unnamed.reservations, ...unnamed.orders]) row.callId = null;
    expect(statusOf(buy, unnamed)).toBe('valid');
    const no = refused('buy', 'dan', [40, 50], { callId: 'try-d', code: 'PAYMENT_DECLINED' });
    expect(statusOf(no, rows('RELEASED'))).toBe('valid');
    expect(statusOf(no, rows('SOLD'))).toBe('invalid');
  });

  it('finds a reservation whose buyer was told no', () => {
    const no = refused('reserve', 'dan', [40, 50], { callId: 'try-d', code: 'CONTENTION_LOST' });
    const { status, witness } = check(
      evidenceOf(shopSale, [...SHOP_CALLS, no], { ledger: extra('try-d') }),
    );
    expect(status).toBe('invalid');
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['dan']);
  });

  it('finds an order that failed, and is for nothing or by nobody', () => {
    const failed = (facts: Partial<LedgerSnapshot['orders'][number]>) =>
      check(
        inShop(({ orders }) =>
          orders.push({ ...first(orders), orderId: 'o', status: 'FAILED', ...facts }),
        ),
      );
    expect(failed({}).status).toBe('valid');
    expect(failed({ callId: 'pay-a' }).status).toBe('valid');
    expect(failed({ callId: 'pay-x' }).witness?.prose).toContain('was asked for by nobody');
    expect(failed({ reservationId: 'x' }).witness?.prose).toContain('does not exist');
  });

  it('finds the second reservation of one call', () => {
    const { status, witness } = check(
      evidenceOf(shopSale, SHOP_CALLS, { ledger: extra('try-c', 'cid') }),
    );
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('is the second from one call');
  });

  it('explains one reservation by one lost answer, and not two', () => {
    const lost = unanswered('reserve', 'dan', 40);
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'd', buyer: 'dan' },
      { kind: 'RESERVED', hold: 'e', buyer: 'dan' },
    ]);
    expect(check(evidenceOf(shopSale, [lost], { ledger })).status).toBe('invalid');
  });

  it('finds an order after a refused checkout, a second order, and an order of nothing', () => {
    const order = shopBooks().orders[0] as LedgerSnapshot['orders'][number];
    const withOrder = (change: Partial<typeof order>, calls = SHOP_CALLS) =>
      inShop((ledger) => ledger.orders.push({ ...order, orderId: 'order-2', ...change }), calls);
    const declined = refused('confirm', 'cid', [40, 50], { hold: 'c', callId: 'pay-c' });
    const afterNo = withOrder({ reservationId: 'c', callId: 'pay-c' }, [...SHOP_CALLS, declined]);
    expect(check(afterNo).witness?.prose).toContain('although it was refused');
    expect(check(withOrder({})).witness?.prose).toContain('is the second for its reservation');
    expect(check(withOrder({ reservationId: 'x' })).witness?.prose).toContain('does not exist');
  });

  it('knows a checkout without an answer behind units that were taken again for a late payment', () => {
    const entries: Entry[] = [
      ...SHOP_ENTRIES.map((entry) => ({ ...entry, callId: undefined })),
      { kind: 'RESERVED', hold: 'n', buyer: 'cid' },
      { kind: 'SOLD', hold: 'n', buyer: 'cid' },
    ];
    const ledger = booksOf(shopSale, entries);
    const statusOf = (...calls: Call[]) =>
      check(evidenceOf(shopSale, [...SHOP_CALLS, ...calls], { ledger })).status;
    expect(statusOf(unanswered('confirm', 'cid', 900, { hold: 'c' }))).toBe('valid');
    const told = { hold: 'c', newHold: 'n' };
    expect(statusOf(said('confirm', 'cid', [1_200, 1_210], told))).toBe('valid');
    expect(statusOf()).toBe('invalid');
  });

  it('finds a sale without a checkout', () => {
    const evidence = inShop((ledger) => {
      reservationIn(ledger, 'c').status = 'CONFIRMED';
    });
    expect(check(evidence).witness?.prose).toContain('no checkout may have done it');
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['succeeded, and there is no order', ({ attempts }) => (first(attempts).orderId = null)],
    ['failed, and there is an order', ({ attempts }) => (first(attempts).status = 'FAILED')],
    ['was made by nobody', ({ attempts }) => (first(attempts).callId = 'try-x')],
  ])('finds an attempt that %s', (words, tamper) => {
    expect(check(inAttempts(tamper)).witness?.prose).toContain(words);
  });

  it('takes an order of a pending attempt for one that is about to succeed', () => {
    const evidence = inAttempts(({ attempts }) => (first(attempts).status = 'PENDING'));
    expect(check(evidence).status).toBe('valid');
  });

  it('takes an order that was checked out for none of a failed attempt', () => {
    const evidence = inAttempts(
      ({ attempts }) => (first(attempts).status = 'FAILED'),
      [...ATTEMPTS, said('confirm', 'ann', [60, 70], { hold: 'a' })],
    );
    expect(check(evidence).status).toBe('valid');
  });

  it('finds the order of a failed attempt, though another call of its buyer names the reservation', () => {
    const evidence = inAttempts(
      ({ attempts, orders }) => {
        first(attempts).status = 'FAILED';
        first(orders).callId = null;
      },
      [...ATTEMPTS, refused('release', 'ann', [60, 70], { hold: 'a' })],
    );
    expect(check(evidence).witness?.prose).toContain('failed, and there is an order');
  });

  it('takes the order of a buyer for that of the attempt that succeeded', () => {
    const again = said('attempt', 'ann', [20, 30], { callId: 'again-a' });
    const evidence = inAttempts(
      ({ attempts }) => {
        const failed = { status: 'FAILED', orderId: null, callId: 'again-a' } as const;
        attempts.push({ ...first(attempts), ...failed });
      },
      [...ATTEMPTS, again],
    );
    expect(check(evidence).status).toBe('valid');
  });

  it('finds a voucher that no call used, or that a refused call used', () => {
    const unasked = CAMPAIGN.slice(0, 3);
    expect(check(inCampaign(() => {}, unasked)).witness?.prose).toContain('was used by nobody');
    const no = refused('redeem', 'ann', [20, 30], { callId: 'use-a', voucher: 'CODE-A' });
    expect(check(inCampaign(() => {}, [...unasked, no])).witness?.prose).toContain(
      'is used although that was refused',
    );
  });
});

itCatches(noPhantom, ['phantom', 'refused-but-done']);
