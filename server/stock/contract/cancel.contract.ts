import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import type { HoldRequest } from '../ledger.ts';
import {
  again,
  buyer,
  checkout,
  lapse,
  omitZeros,
  readStatus,
  readStock,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

export function describeCancel(subject: LedgerSubject): void {
  describe('cancel', () => {
    /** A new buyer's purchase of `quantity` units. */
    async function buy(skuId: string, quantity = 1) {
      const request = buyer(skuId, { quantity });
      await subject.ledger.hold(request);
      const { orderId } = await sell(request);
      return { request, order: { orderId, userId: request.userId, skuId } };
    }

    async function sell(request: HoldRequest) {
      const order = checkout(request);
      expect(await subject.ledger.confirm(order)).toMatchObject({ outcome: 'sold' });
      return order;
    }

    it('S1.5 puts the sold units back on sale, and lets the buyer buy again', async () => {
      const skuId = await stockSku(subject.pool, 3);
      const { request, order } = await buy(skuId, 2);

      expect(await subject.ledger.cancelOrder(order)).toEqual({
        outcome: 'cancelled',
        sequence: 3,
      });
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 3, reserved: 0, sold: 0 });
      expect(await readStatus(subject.pool, request.holdId)).toBe('CANCELLED');
      expect(await subject.ledger.hold({ ...again(request), quantity: 3 })).toMatchObject({
        outcome: 'held',
        sequence: 4,
      });
    });

    it('S1.4 leaves nothing to cancel, release or sell', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const { request, order } = await buy(skuId);
      await subject.ledger.cancelOrder(order);

      expect(await subject.ledger.cancelOrder(order)).toEqual({ outcome: 'not_cancellable' });
      expect(await subject.ledger.release(request)).toEqual({ outcome: 'not_active' });
      expect(await subject.ledger.confirm(checkout(request))).toEqual({ outcome: 'not_active' });
    });

    it('S1.4 does not find an order that does not exist, is of another SKU, or is another’s', async () => {
      const [skuId, otherSku] = [await stockSku(subject.pool, 1), await stockSku(subject.pool, 1)];
      const { order } = await buy(skuId);
      const notFound = { outcome: 'not_found' };

      expect(await subject.ledger.cancelOrder({ ...order, orderId: newId() })).toEqual(notFound);
      expect(await subject.ledger.cancelOrder({ ...order, userId: newId() })).toEqual(notFound);
      expect(await subject.ledger.cancelOrder({ ...order, skuId: otherSku })).toEqual(notFound);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 0, reserved: 0, sold: 1 });
    });

    it('S1.4 lets exactly one of ten calls at the same time return the units', async () => {
      const skuId = await stockSku(subject.pool, 2);
      const { order } = await buy(skuId);

      const decided = await Promise.all(
        times(10, (place) => subject.server(place).cancelOrder(order)),
      );

      expect(tally(decided)).toEqual({ cancelled: 1, not_cancellable: 9 });
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 2, reserved: 0, sold: 0 });
    });

    it('S1.4 lets exactly one of cancel and fulfilment change each order', async () => {
      const skuId = await stockSku(subject.pool, 20);
      const bought = await Promise.all(times(20, () => buy(skuId)));

      const decided = await Promise.all(
        bought.map(async ({ order }) => {
          const [cancelled, { rowCount }] = await Promise.all([
            subject.ledger.cancelOrder(order),
            subject.otherPool.query(
              `UPDATE orders SET status = 'FULFILLED' WHERE order_id = $1 AND status = 'CONFIRMED'`,
              [order.orderId],
            ),
          ]);
          return { outcome: `${cancelled.outcome} ${rowCount === 1 ? 'late' : 'in time'}` };
        }),
      );

      const counts = tally(decided);
      const cancelled = counts['cancelled in time'] ?? 0;
      expect(counts).toEqual(
        omitZeros({ 'cancelled in time': cancelled, 'not_cancellable late': 20 - cancelled }),
      );
      expect(await readStock(subject.pool, skuId)).toMatchObject({ available: cancelled });
    });

    it('S1.4 releases the units that an unpaid order holds, and none if the hold has lapsed', async () => {
      const skuId = await stockSku(subject.pool, 2);
      const [live, lapsed] = [buyer(skuId), buyer(skuId)];
      for (const request of [live, lapsed]) await subject.ledger.hold(request);
      const orders = [checkout(live), checkout(lapsed)];
      for (const { orderId, holdId, userId, transactionId } of orders) {
        await subject.pool.query(
          `INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                               payment_method, transaction_id, created_at)
           VALUES ($1, $2, $3, $4, 1, 5.00, 'PENDING', 'card', $5, now())`,
          [orderId, holdId, userId, skuId, transactionId],
        );
      }
      await lapse(subject.pool, [lapsed]);

      expect(await Promise.all(orders.map((order) => subject.ledger.cancelOrder(order)))).toEqual([
        { outcome: 'cancelled', sequence: 3 },
        { outcome: 'cancelled' },
      ]);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 1, reserved: 1, sold: 0 });
      expect(await subject.ledger.confirm(checkout(live))).toEqual({ outcome: 'not_active' });
      expect(await subject.ledger.expireLapsed(10)).toBe(1);
    });

    it('S1.4 numbers the returns of many orders cancelled at the same time without gaps', async () => {
      const skuId = await stockSku(subject.pool, 30);
      const bought = await Promise.all(times(30, () => buy(skuId)));

      const decided = await Promise.all(
        bought.map(({ order }) => subject.ledger.cancelOrder(order)),
      );

      const sequences = decided.map((answer) => ('sequence' in answer ? answer.sequence : 0));
      expect(sequences.sort((a = 0, b = 0) => a - b)).toEqual(times(30, (place) => place + 61));
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 30, reserved: 0, sold: 0 });
    });
  });
}
