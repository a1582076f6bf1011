import { expect, it } from 'vitest';
import type { LedgerRow } from '../../protocol/ledger.ts';
import { readOpenWork } from './open-work.ts';

const ID = '01890000-0000-7000-8000-000000000000';
const AT = '2026-01-01T00:00:00Z';

const orderOf = (status: 'CONFIRMED' | 'CANCELLED'): LedgerRow => ({
  ...{ row: 'order', orderId: ID, reservationId: ID, userId: ID, skuId: 'SHOE', quantity: 1 },
  ...{ totalPrice: '49.00', status, callId: null, createdAt: AT },
});
const paymentOf = (status: 'PENDING' | 'CHARGED' | 'REFUNDED'): LedgerRow => ({
  ...{ row: 'payment', transactionId: 'pay-1', skuId: 'SHOE', userId: ID, orderId: ID },
  ...{ amount: '49.00', status },
});
const attemptOf = (status: 'PENDING' | 'FAILED'): LedgerRow => ({
  ...{ row: 'attempt', saleId: 'SHOE', skuId: 'SHOE', userId: ID, status },
  ...{ orderId: null, callId: null, createdAt: AT },
});
const reservationOf = (status: 'RESERVED' | 'EXPIRED'): LedgerRow => ({
  ...{ row: 'reservation', reservationId: ID, userId: ID, skuId: 'SHOE', quantity: 1, status },
  ...{ lapsed: false, callId: null, createdAt: AT, expiresAt: AT },
});
const inventoryOf = (available: number): LedgerRow => ({
  ...{ row: 'inventory', skuId: 'SHOE', total: 2, available, reserved: 0, sold: 0, sequence: 0 },
});
const hotStockOf = (available: number | null): LedgerRow => ({
  ...{ row: 'hot_stock', skuId: 'SHOE', available },
});

const openWork = (rows: LedgerRow[], holds = true) =>
  readOpenWork(
    {
      async *readLedger() {
        yield* rows;
      },
    },
    ['SHOE'],
    { holds },
  );

it.each<[string, LedgerRow[]]>([
  ['1 live reservation', [reservationOf('RESERVED')]],
  ['2 undecided attempts', [attemptOf('PENDING'), attemptOf('PENDING')]],
  ['1 undecided payment', [orderOf('CONFIRMED'), paymentOf('PENDING')]],
  ['1 refund', [orderOf('CANCELLED'), paymentOf('CHARGED')]],
  ['3 events to deliver', [{ row: 'backlog', skuId: 'SHOE', pending: 3, deadLetters: 0 }]],
  ['a hot store that differs from the ledger', [inventoryOf(2), hotStockOf(1)]],
])('lists %s', async (work, rows) => {
  expect(await openWork(rows)).toEqual([work]);
});

it.each<[string, LedgerRow[]]>([
  ['an expired reservation', [reservationOf('EXPIRED')]],
  ['a decided attempt', [attemptOf('FAILED')]],
  ['the payment of a confirmed order', [orderOf('CONFIRMED'), paymentOf('CHARGED')]],
  ['a refunded payment', [orderOf('CANCELLED'), paymentOf('REFUNDED')]],
  ['a dead letter', [{ row: 'backlog', skuId: 'SHOE', pending: 0, deadLetters: 1 }]],
  ['a hot store that agrees', [inventoryOf(2), hotStockOf(2)]],
  ['a hot store without the SKU', [inventoryOf(2), hotStockOf(null)]],
])('does not list %s', async (_, rows) => {
  expect(await openWork(rows)).toEqual([]);
});

it('lists live reservations only on demand', async () => {
  expect(await openWork([reservationOf('RESERVED')], false)).toEqual([]);
});
