import { describe, expect, test } from 'vitest';
import type { ConfirmOutcome, StockLedger } from '../../stock/ledger.ts';
import type { PaymentGateway } from '../payment-gateway.ts';
import { createCheckout } from './checkout.ts';
import type { OrderStore } from './store.ts';

const RESERVATION_ID = '018f0000-0000-7000-8000-000000000001';
const ORDER_ID = '018f0000-0000-7000-8000-000000000002';
const buyer = { userId: '018f0000-0000-7000-8000-000000000003', attemptId: 'attempt-1' };
const request = {
  reservationId: RESERVATION_ID,
  paymentMethod: 'card' as const,
  transactionId: 'tx-1',
};

/** A checkout of a live reservation, whose ledger answers as told; `money` lists what the gateway was asked. */
function arrange(options: {
  confirm: () => Promise<ConfirmOutcome>;
  paidBy?: string;
  declines?: boolean;
}) {
  const money: string[] = [];
  const gateway: PaymentGateway = {
    async charge({ transactionId, amount }) {
      money.push(`charge ${transactionId} ${amount}`);
      return options.declines ? { outcome: 'declined', reason: 'no' } : { outcome: 'charged' };
    },
    async refund(transactionId) {
      money.push(`refund ${transactionId}`);
    },
  };
  const store = {
    findReservation: async () => ({
      reservationId: RESERVATION_ID,
      skuId: 'SKU-1',
      quantity: 2,
      status: 'RESERVED',
      totalPrice: '39.98',
      hasOrder: false,
    }),
    findTransactionOf: async () => options.paidBy,
  } as Partial<OrderStore> as OrderStore;
  const ledger = { confirm: options.confirm } as Partial<StockLedger> as StockLedger;
  return { money, checkOut: createCheckout({ store, ledger, gateway, newId: () => ORDER_ID }) };
}

describe('S1.3 checkout', () => {
  test('charges the price and answers with the order the ledger recorded', async () => {
    const { checkOut, money } = arrange({
      confirm: async () => ({
        outcome: 'sold',
        order: { orderId: ORDER_ID, quantity: 2, totalPrice: '39.98', createdAt: new Date(0) },
        sequence: 7,
      }),
    });
    expect(await checkOut(buyer, request)).toMatchObject({
      outcome: 'sold',
      order: { orderId: ORDER_ID, status: 'CONFIRMED', totalPrice: '39.98', sequence: 7 },
    });
    expect(money).toEqual(['charge tx-1 39.98']);
  });

  test('asks the ledger for nothing when the payment is declined', async () => {
    const { checkOut, money } = arrange({
      declines: true,
      confirm: () => Promise.reject(new Error('was asked')),
    });
    expect(await checkOut(buyer, request)).toMatchObject({ code: 'PAYMENT_DECLINED' });
    expect(money).toEqual(['charge tx-1 39.98']);
  });

  test('gives the money back when the reservation lapsed while it was paid', async () => {
    const { checkOut, money } = arrange({ confirm: async () => ({ outcome: 'expired' }) });
    expect(await checkOut(buyer, request)).toMatchObject({ code: 'RESERVATION_EXPIRED' });
    expect(money).toEqual(['charge tx-1 39.98', 'refund tx-1']);
  });

  test('keeps the money that another call has bought the same reservation with', async () => {
    const { checkOut, money } = arrange({
      confirm: async () => ({ outcome: 'order_exists' }),
      paidBy: 'tx-1',
    });
    expect(await checkOut(buyer, request)).toMatchObject({ code: 'ORDER_EXISTS' });
    expect(money).toEqual(['charge tx-1 39.98']);
  });

  test('gives the money back when the reservation was paid with another transaction', async () => {
    const { checkOut, money } = arrange({
      confirm: async () => ({ outcome: 'order_exists' }),
      paidBy: 'tx-0',
    });
    expect(await checkOut(buyer, request)).toMatchObject({ code: 'ORDER_EXISTS' });
    expect(money).toEqual(['charge tx-1 39.98', 'refund tx-1']);
  });

  test('refunds nothing when nobody knows whether the ledger committed', async () => {
    const { checkOut, money } = arrange({
      confirm: () => Promise.reject(new Error('Connection terminated unexpectedly')),
    });
    await expect(checkOut(buyer, request)).rejects.toThrow('Connection terminated');
    expect(money).toEqual(['charge tx-1 39.98']);
  });
});
