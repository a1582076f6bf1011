import { describe, expect, it } from 'vitest';
import { voucherOf } from '../../../test/judge/campaign-story.ts';
import { order, reservation } from '../../../test/judge/foreign-story.ts';
import { SKU } from '../../../test/judge/story.ts';
import type { LedgerMovement, LedgerPayment } from '../../protocol/ledger.ts';
import { fillMovements, fillOrders, fillPayments, fillReservations, fillVouchers } from './rows.ts';

const movement: LedgerMovement = {
  ...{ row: 'movement', skuId: SKU, sequence: 1, kind: 'SOLD', quantity: 1 },
  ...{ reservationId: null, at: null },
};
const payment: LedgerPayment = {
  ...{ row: 'payment', transactionId: 't', skuId: SKU, userId: null },
  ...{ orderId: 'o', amount: '1.00', status: 'CHARGED' },
};

describe('a row that lacks columns', () => {
  it('has a name of its own, one unit, and nobody’s name and no time', () => {
    expect(fillReservations([reservation({}), reservation({ reservationId: 'h' })])).toMatchObject([
      {
        ...{ reservationId: 'reservation 1', userId: '', quantity: 1 },
        ...{ createdAt: '', expiresAt: '', status: 'RESERVED', callId: null },
      },
      { reservationId: 'h' },
    ]);
    expect(fillOrders([order({})])).toMatchObject([
      {
        ...{ orderId: 'order 1', reservationId: 'of order 1', userId: '', quantity: 1 },
        ...{ createdAt: '', totalPrice: null },
      },
    ]);
    expect(fillMovements([movement])).toMatchObject([{ reservationId: 'of movement 1', at: '' }]);
    const voucher = { ...voucherOf('a', 'ann'), userId: null, orderId: null, issuedAt: null };
    expect(fillVouchers([voucher])).toMatchObject([
      { code: 'CODE-A', userId: '', orderId: 'of voucher 1', issuedAt: '' },
    ]);
    expect(fillPayments([payment])).toMatchObject([{ transactionId: 't', userId: '' }]);
  });

  it('keeps what it has', () => {
    expect(fillOrders([order({ orderId: 'o', quantity: 3 })])).toMatchObject([
      { orderId: 'o', quantity: 3, userId: '' },
    ]);
    expect(fillMovements([{ ...movement, at: 'noon' }])).toMatchObject([{ at: 'noon' }]);
  });
});

it('copies no rows that have all their columns', () => {
  const payments = [{ ...payment, userId: 'ann' }];
  expect(fillPayments(payments)).toBe(payments);
  const movements = [{ ...movement, reservationId: 'a', at: 'noon' }];
  expect(fillMovements(movements)).toBe(movements);
  const vouchers = [voucherOf('a', 'ann')];
  expect(fillVouchers(vouchers)).toBe(vouchers);
});
