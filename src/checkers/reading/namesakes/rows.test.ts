import { describe, expect, it } from 'vitest';
import { order, reservation } from '../../../../test/judge/foreign-story.ts';
import { SKU } from '../../../../test/judge/story.ts';
import { emptyLedger, type FinalLedger } from '../../../history/ledger-snapshot.ts';
import type { LedgerOrder } from '../../../protocol/ledger.ts';
import { findHoldsOfSeveral, withoutSharedNames } from './rows.ts';

const of = (userId: string, status: LedgerOrder['status'], facts: Partial<LedgerOrder> = {}) =>
  order({ reservationId: 'h1', userId, quantity: 1, status, ...facts });

describe('a hold that orders are for', () => {
  it.each([
    ['one order', [of('ann', 'CONFIRMED')], false],
    [
      'an order that failed, and one that follows it',
      [of('ann', 'FAILED'), of('ann', 'CONFIRMED')],
      false,
    ],
    ['two that failed', [of('ann', 'FAILED'), of('ann', 'FAILED')], false],
    ['two that failed, of two buyers', [of('ann', 'FAILED'), of('bob', 'FAILED')], true],
    [
      'two that failed, of other units',
      [of('ann', 'FAILED'), of('ann', 'FAILED', { quantity: 2 })],
      true,
    ],
    ['two that were made', [of('ann', 'CANCELLED'), of('ann', 'CONFIRMED')], true],
  ])('of %s', (_, orders, isOfSeveral) => {
    expect([...findHoldsOfSeveral(orders)]).toEqual(isOfSeveral ? ['h1'] : []);
  });

  it('is unknown where orders name none', () => {
    const nameless = [of('ann', 'CONFIRMED'), of('bob', 'CONFIRMED')];
    expect(findHoldsOfSeveral(nameless.map((row) => ({ ...row, reservationId: null }))).size).toBe(
      0,
    );
  });
});

/** The books without the names h1, o1 and V1, and the names that were made for rows. */
function withoutNames(rows: Partial<FinalLedger>): { books: FinalLedger; made: string[] } {
  const made: string[] = [];
  const is = (shared: string) => (name: string | null) => name === shared;
  const names = { holds: is('h1'), orders: is('o1'), vouchers: is('V1') };
  const books = withoutSharedNames({ ...emptyLedger(), ...rows }, names, (name) => made.push(name));
  return { books, made };
}

describe('the books without names that several things had', () => {
  it('give a hold a name of its own, and forget its call', () => {
    const other = reservation({ reservationId: 'h2', callId: 'c2' });
    const { books, made } = withoutNames({
      reservations: [other, reservation({ reservationId: 'h1', callId: 'c1' })],
    });
    expect(books.reservations[0]).toBe(other);
    expect(books.reservations[1]).toMatchObject({ reservationId: 'h1 in row 2', callId: null });
    expect(made).toEqual(['h1 in row 2']);
  });

  it('give an order a name of its own, and take the hold away that it cannot be told from', () => {
    const other = order({ orderId: 'o2', reservationId: 'h2', callId: 'c2' });
    const { books, made } = withoutNames({
      orders: [
        other,
        order({ orderId: 'o1', reservationId: 'h2', callId: 'c1' }),
        order({ orderId: 'o3', reservationId: 'h1', callId: 'c3' }),
        order({ orderId: 'o1', reservationId: 'h1', callId: 'c4' }),
      ],
    });
    expect(books.orders[0]).toBe(other);
    expect(
      books.orders.map(({ orderId, reservationId, callId }) => [orderId, reservationId, callId]),
    ).toEqual([
      ['o2', 'h2', 'c2'],
      ['o1 in row 2', 'h2', null],
      ['o3', null, 'c3'],
      ['o1 in row 4', null, null],
    ]);
    expect(made).toEqual(['o1 in row 2', 'o1 in row 4']);
  });

  it('take the names away from the lines of baskets', () => {
    const line = (reservationId: string, orderId: string) => ({
      ...{ row: 'line' as const, basketId: 'b', skuId: SKU, userId: 'ann' },
      ...{ reservationId, orderId },
    });
    const other = line('h2', 'o2');
    const { books } = withoutNames({
      lines: [other, line('h1', 'o2'), line('h2', 'o1'), line('h1', 'o1')],
    });
    expect(books.lines[0]).toBe(other);
    expect(books.lines.map(({ reservationId, orderId }) => [reservationId, orderId])).toEqual([
      ['h2', 'o2'],
      [null, 'o2'],
      ['h2', null],
      [null, null],
    ]);
  });

  it('take the names away from movements, vouchers, attempts and payments, and vouchers of shared codes whole', () => {
    const movement = (reservationId: string) => ({
      ...{ row: 'movement' as const, skuId: SKU, sequence: 1, kind: 'SOLD' as const },
      ...{ quantity: 1, reservationId, at: '2026-01-01T12:00:00.000000Z' },
    });
    const voucher = (code: string, orderId: string) => ({
      ...{ row: 'voucher' as const, skuId: SKU, voucherId: code, campaignId: null, code, orderId },
      ...{
        userId: 'ann',
        status: 'ISSUED' as const,
        issuedAt: null,
        usedAt: null,
        usedCallId: null,
      },
    });
    const { books } = withoutNames({
      movements: [movement('h1'), movement('h2')],
      vouchers: [voucher('V1', 'o2'), voucher('V2', 'o1'), voucher('V3', 'o2')],
    } as unknown as Partial<FinalLedger>);
    expect(books.movements.map(({ reservationId }) => reservationId)).toEqual([null, 'h2']);
    expect(books.vouchers.map(({ code, orderId }) => [code, orderId])).toEqual([
      ['V2', null],
      ['V3', 'o2'],
    ]);
  });
});
