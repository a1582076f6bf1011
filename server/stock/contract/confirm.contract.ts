import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import {
  buyer,
  checkout,
  lapse,
  omitZeros,
  readStock,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

export function describeConfirm(subject: LedgerSubject): void {
  describe('confirm', () => {
    it('S1.3 sells a live hold to its owner for the flash-sale price', async () => {
      const skuId = await stockSku(subject.pool, 5, '19.99');
      const request = buyer(skuId, { quantity: 3 });
      await subject.ledger.hold(request);
      const order = checkout(request);

      expect(await subject.ledger.confirm(order)).toEqual({
        outcome: 'sold',
        sequence: 2,
        order: {
          orderId: order.orderId,
          quantity: 3,
          totalPrice: '59.97',
          createdAt: expect.any(Date),
        },
      });
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 2, reserved: 0, sold: 3 });
      const { rows } = await subject.pool.query(
        `SELECT status::text, payment_method, transaction_id, call_id
         FROM orders WHERE order_id = $1`,
        [order.orderId],
      );
      expect(rows).toEqual([
        {
          status: 'CONFIRMED',
          payment_method: 'card',
          transaction_id: order.transactionId,
          call_id: 'call-of-checkout',
        },
      ]);
    });

    it('S1.3 does not find a hold that does not exist, is of another SKU, or is another’s', async () => {
      const [skuId, otherSku] = [await stockSku(subject.pool, 1), await stockSku(subject.pool, 1)];
      const request = buyer(skuId);
      await subject.ledger.hold(request);
      const notFound = { outcome: 'not_found' };

      expect(await subject.ledger.confirm(checkout(buyer(skuId)))).toEqual(notFound);
      expect(await subject.ledger.confirm(checkout(buyer('no-such-sku')))).toEqual(notFound);
      expect(await subject.ledger.confirm(checkout({ ...request, skuId: otherSku }))).toEqual(
        notFound,
      );
      expect(await subject.ledger.confirm(checkout({ ...request, userId: newId() }))).toEqual(
        notFound,
      );
      expect(await subject.ledger.release({ ...request, userId: newId() })).toEqual(notFound);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 0, reserved: 1, sold: 0 });
    });

    it('S1.3 sells a hold once', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const request = buyer(skuId);
      await subject.ledger.hold(request);
      await subject.ledger.confirm(checkout(request));

      expect(await subject.ledger.confirm(checkout(request))).toEqual({ outcome: 'order_exists' });
      expect(await subject.ledger.release(request)).toEqual({ outcome: 'not_active' });
    });

    it('S1.3 does not sell a hold that its owner released', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const request = buyer(skuId);
      await subject.ledger.hold(request);

      expect(await subject.ledger.release(request)).toEqual({ outcome: 'released', sequence: 2 });
      expect(await subject.ledger.release(request)).toEqual({ outcome: 'not_active' });
      expect(await subject.ledger.confirm(checkout(request))).toEqual({ outcome: 'not_active' });
    });

    it('S1.3 sells a hold once to ten checkouts at the same time', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const request = buyer(skuId);
      await subject.ledger.hold(request);

      const decided = await Promise.all(
        times(10, (place) => subject.server(place).confirm(checkout(request))),
      );

      expect(tally(decided)).toEqual({ sold: 1, order_exists: 9 });
    });

    it('S1.3 lets exactly one of checkout, release and expiry end each hold', async () => {
      const skuId = await stockSku(subject.pool, 60);
      const holds = times(60, () => buyer(skuId));
      await Promise.all(holds.map((request) => subject.ledger.hold(request)));
      const [racing, lapsing] = [holds.slice(0, 30), holds.slice(30)];
      // These lapse while the calls below are under way, some before and some after their own calls.
      await lapse(subject.pool, lapsing, -0.02);

      const sweep = async (): Promise<number> => {
        const { rowCount } = await subject.pool.query(
          `SELECT FROM reservations WHERE status = 'RESERVED' AND reservation_id = ANY ($1)`,
          [lapsing.map(({ holdId }) => holdId)],
        );
        if (rowCount === 0) return 0;
        return (await subject.otherLedger.expireLapsed(100)) + (await sweep());
      };
      const [endings, expired] = await Promise.all([
        Promise.all(
          [...racing, ...lapsing].map(async (request) => {
            const [confirmed, released] = await Promise.all([
              subject.ledger.confirm(checkout(request)),
              subject.otherLedger.release(request),
            ]);
            return `${confirmed.outcome} ${released.outcome}`;
          }),
        ),
        sweep(),
      ]);

      const ended = tally(endings.map((outcome) => ({ outcome })));
      const sold = ended['sold not_active'] ?? 0;
      const released = ended['not_active released'] ?? 0;
      expect(ended).toEqual(
        omitZeros({
          'sold not_active': sold,
          'not_active released': released,
          'expired expired': expired,
        }),
      );
      expect(sold + released + expired).toBe(60);
      expect(await readStock(subject.pool, skuId)).toEqual({
        available: 60 - sold,
        reserved: 0,
        sold,
      });
    });
  });
}
