import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { openTestDatabase, type TestDatabase } from '../../test/database.ts';
import { createPool, transaction } from '../platform/postgres.ts';
import type { HoldOutcome, HoldRequest, LedgerObserver, StockLedger } from './ledger.ts';
import { auditLedger, availableAfter } from './testing/audit.ts';
import {
  again,
  buyer,
  checkout,
  lapse,
  omitZeros,
  readMovements,
  readOwners,
  readStatus,
  readStock,
  sequencesOf,
  stockSku,
  tally,
  times,
} from './testing/fixtures.ts';

export type MakeLedger = (options: {
  pool: Pool;
  holdTtlMs: number;
  observer?: LedgerObserver;
}) => StockLedger | Promise<StockLedger>;

const HOLD_TTL_MS = 120_000;

/**
 * What every strategy promises, on the real PostgreSQL with as many connections as callers can use. After each test the
 * whole ledger is audited, so that a test need only say what is special about it.
 */
export function describeLedger(name: string, makeLedger: MakeLedger): void {
  describe(`ledger ${name}`, () => {
    let database: TestDatabase;
    let pool: Pool;
    let ledger: StockLedger;
    /** A second server instance: its own pool, its own memory. */
    let otherPool: Pool;
    let otherLedger: StockLedger;

    beforeAll(async () => {
      database = await openTestDatabase(16);
      ({ pool } = database);
      otherPool = createPool({ connectionString: database.url, max: 16 });
      ledger = await makeLedger({ pool, holdTtlMs: HOLD_TTL_MS });
      otherLedger = await makeLedger({ pool: otherPool, holdTtlMs: HOLD_TTL_MS });
    });

    afterAll(async () => {
      await otherPool.end();
      await database.close();
    });

    afterEach(async () => {
      expect(await auditLedger(pool)).toEqual([]);
    });

    describe('hold', () => {
      it('S1.1 takes units off sale and answers with the hold', async () => {
        const skuId = await stockSku(pool, 5);
        const request = buyer(skuId, { quantity: 2, callId: 'call-7' });

        const decided = await ledger.hold(request);

        if (decided.outcome !== 'held') throw new Error(`was ${decided.outcome}`);
        expect(decided.sequence).toBe(1);
        expect(decided.hold).toMatchObject({
          holdId: request.holdId,
          userId: request.userId,
          skuId,
          quantity: 2,
        });
        expect(decided.hold.expiresAt.getTime() - decided.hold.createdAt.getTime()).toBe(
          HOLD_TTL_MS,
        );
        expect(await readStock(pool, skuId)).toEqual({ available: 3, reserved: 2, sold: 0 });
        const { rows } = await pool.query(
          'SELECT call_id FROM reservations WHERE reservation_id = $1',
          [request.holdId],
        );
        expect(rows).toEqual([{ call_id: 'call-7' }]);
      });

      it('S1.1 knows no SKU that is not in the catalogue or not on sale', async () => {
        const withdrawn = await stockSku(pool, 5);
        await pool.query('UPDATE products SET is_active = false WHERE sku_id = $1', [withdrawn]);

        expect(await ledger.hold(buyer('no-such-sku'))).toEqual({ outcome: 'unknown_sku' });
        expect(await ledger.hold(buyer(withdrawn))).toEqual({ outcome: 'unknown_sku' });
      });

      it('S1.1 says sold out only to who asks for more than there is', async () => {
        const skuId = await stockSku(pool, 3);

        expect(await ledger.hold(buyer(skuId, { quantity: 4 }))).toEqual({
          outcome: 'out_of_stock',
          sequence: 0,
        });
        expect(await ledger.hold(buyer(skuId, { quantity: 3 }))).toMatchObject({ outcome: 'held' });
        expect(await ledger.hold(buyer(skuId))).toEqual({ outcome: 'out_of_stock', sequence: 1 });
      });

      it('S1.1 tells a buyer of the own reservation before it says sold out', async () => {
        const skuId = await stockSku(pool, 1);
        const first = buyer(skuId);
        await ledger.hold(first);

        expect(await ledger.hold(again(first))).toEqual({
          outcome: 'already_reserved',
          sequence: 1,
        });
      });

      it('S1.1 tells a buyer of the own purchase before it says sold out', async () => {
        const skuId = await stockSku(pool, 1);
        const first = buyer(skuId);
        await ledger.hold(first);
        await ledger.confirm(checkout(first));

        expect(await ledger.hold(again(first))).toEqual({
          outcome: 'already_purchased',
          sequence: 2,
        });
      });

      it('S1.1 lets a buyer who cancelled reserve again', async () => {
        const skuId = await stockSku(pool, 1);
        const first = buyer(skuId);
        await ledger.hold(first);
        await ledger.release(first);

        expect(await ledger.hold(again(first))).toMatchObject({ outcome: 'held', sequence: 3 });
      });

      it('S1.1 lets one buyer hold several SKUs', async () => {
        const [skuA, skuB] = [await stockSku(pool, 1), await stockSku(pool, 1)];
        const userId = newId();

        expect(await ledger.hold(buyer(skuA, { userId }))).toMatchObject({ outcome: 'held' });
        expect(await ledger.hold(buyer(skuB, { userId }))).toMatchObject({ outcome: 'held' });
      });

      it('answers a repeated call with the same hold and changes nothing', async () => {
        const skuId = await stockSku(pool, 5);
        const request = buyer(skuId, { quantity: 2 });
        const first = await ledger.hold(request);
        await ledger.hold(buyer(skuId));

        expect(await ledger.hold(request)).toEqual(first);
        expect(await otherLedger.hold(request)).toEqual(first);
        expect(await readStock(pool, skuId)).toEqual({ available: 2, reserved: 3, sold: 0 });
      });

      it('answers a repeated call with the same hold after it was sold', async () => {
        const skuId = await stockSku(pool, 1);
        const request = buyer(skuId);
        const first = await ledger.hold(request);
        await ledger.confirm(checkout(request));

        expect(await ledger.hold(request)).toEqual(first);
      });

      it.each([1, 25])(
        'answers calls repeated at the same time with one hold, of %i units',
        async (units) => {
          const skuId = await stockSku(pool, units);
          const request = buyer(skuId);

          const decided = await Promise.all(
            times(20, (place) => (place % 2 ? ledger : otherLedger).hold(request)),
          );

          expect(decided).toEqual(times(20, () => decided[0]));
          expect(decided[0]).toMatchObject({ outcome: 'held', sequence: 1 });
        },
      );

      it('takes nothing for a hold id that somebody else used before', async () => {
        const skuId = await stockSku(pool, 5);
        const first = buyer(skuId);
        await ledger.hold(first);

        const stolen = ledger.hold(buyer(skuId, { holdId: first.holdId }));

        await expect(stolen).rejects.toThrow(/reservations_pkey/);
        expect(await readStock(pool, skuId)).toEqual({ available: 4, reserved: 1, sold: 0 });
      });

      it('takes nothing for the id of a hold that has ended', async () => {
        const skuId = await stockSku(pool, 5);
        const first = buyer(skuId);
        await ledger.hold(first);
        await ledger.release(first);

        await expect(ledger.hold(first)).rejects.toThrow(/reservations_pkey/);
        expect(await readStock(pool, skuId)).toEqual({ available: 5, reserved: 0, sold: 0 });
      });

      it('lets a request that PostgreSQL cannot take fail alone', async () => {
        const skuId = await stockSku(pool, 5);

        const [good, bad, alsoGood] = await Promise.allSettled([
          ledger.hold(buyer(skuId)),
          ledger.hold(buyer(skuId, { userId: 'not a uuid' })),
          ledger.hold(buyer(skuId)),
        ]);

        expect(good).toMatchObject({ status: 'fulfilled', value: { outcome: 'held' } });
        expect(bad).toMatchObject({ status: 'rejected' });
        expect(alsoGood).toMatchObject({ status: 'fulfilled', value: { outcome: 'held' } });
      });
    });

    describe('expiry', () => {
      it('S1.2 ends a hold for its owner the moment it lapses, swept or not', async () => {
        const skuId = await stockSku(pool, 1);
        const request = buyer(skuId);
        await ledger.hold(request);
        await lapse(pool, [request]);

        expect(await ledger.confirm(checkout(request))).toEqual({ outcome: 'expired' });
        expect(await ledger.release(request)).toEqual({ outcome: 'expired' });
        expect(await ledger.expireLapsed(10)).toBe(1);
        expect(await ledger.confirm(checkout(request))).toEqual({ outcome: 'expired' });
        expect(await ledger.release(request)).toEqual({ outcome: 'expired' });
      });

      it('S1.2 gives the units of lapsed holds back once and leaves live ones alone', async () => {
        const skuId = await stockSku(pool, 5);
        const [lapsed, live] = [buyer(skuId, { quantity: 2 }), buyer(skuId)];
        await ledger.hold(lapsed);
        await ledger.hold(live);
        await lapse(pool, [lapsed]);

        expect(await ledger.expireLapsed(10)).toBe(1);
        expect(await ledger.expireLapsed(10)).toBe(0);
        expect(await readStock(pool, skuId)).toEqual({ available: 4, reserved: 1, sold: 0 });
        expect(await ledger.confirm(checkout(live))).toMatchObject({ outcome: 'sold' });
      });

      it('S1.2 sweeps no more than asked for, oldest first, over all SKUs', async () => {
        const holds = await Promise.all(times(4, async () => buyer(await stockSku(pool, 1))));
        for (const [age, request] of holds.entries()) {
          await ledger.hold(request);
          await lapse(pool, [request], 10 - age);
        }

        expect(await ledger.expireLapsed(3)).toBe(3);
        expect(await Promise.all(holds.map(({ holdId }) => readStatus(pool, holdId)))).toEqual([
          'EXPIRED',
          'EXPIRED',
          'EXPIRED',
          'RESERVED',
        ]);
        expect(await ledger.expireLapsed(3)).toBe(1);
      });

      it('S1.2 lets a buyer whose hold lapsed reserve again before anybody swept', async () => {
        const skuId = await stockSku(pool, 1);
        const first = buyer(skuId);
        await ledger.hold(first);
        await lapse(pool, [first]);

        expect(await ledger.hold(again(first))).toMatchObject({ outcome: 'held', sequence: 3 });
        expect(await readStatus(pool, first.holdId)).toBe('EXPIRED');
      });

      it('S1.2 expires each hold once when several servers sweep at the same time', async () => {
        const skuId = await stockSku(pool, 100);
        const holds = times(100, () => buyer(skuId));
        await Promise.all(holds.map((request) => ledger.hold(request)));
        await lapse(pool, holds);

        const swept = await Promise.all(
          times(6, (place) => (place % 2 ? ledger : otherLedger).expireLapsed(100)),
        );

        expect(swept.reduce((sum, count) => sum + count)).toBe(100);
        expect(await readStock(pool, skuId)).toEqual({ available: 100, reserved: 0, sold: 0 });
      });
    });

    describe('confirm', () => {
      it('S1.3 sells a live hold to its owner for the flash-sale price', async () => {
        const skuId = await stockSku(pool, 5, '19.99');
        const request = buyer(skuId, { quantity: 3 });
        await ledger.hold(request);
        const order = checkout(request);

        expect(await ledger.confirm(order)).toEqual({
          outcome: 'sold',
          sequence: 2,
          order: {
            orderId: order.orderId,
            quantity: 3,
            totalPrice: '59.97',
            createdAt: expect.any(Date),
          },
        });
        expect(await readStock(pool, skuId)).toEqual({ available: 2, reserved: 0, sold: 3 });
        const { rows } = await pool.query(
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
        const [skuId, otherSku] = [await stockSku(pool, 1), await stockSku(pool, 1)];
        const request = buyer(skuId);
        await ledger.hold(request);
        const notFound = { outcome: 'not_found' };

        expect(await ledger.confirm(checkout(buyer(skuId)))).toEqual(notFound);
        expect(await ledger.confirm(checkout(buyer('no-such-sku')))).toEqual(notFound);
        expect(await ledger.confirm(checkout({ ...request, skuId: otherSku }))).toEqual(notFound);
        expect(await ledger.confirm(checkout({ ...request, userId: newId() }))).toEqual(notFound);
        expect(await ledger.release({ ...request, userId: newId() })).toEqual(notFound);
        expect(await readStock(pool, skuId)).toEqual({ available: 0, reserved: 1, sold: 0 });
      });

      it('S1.3 sells a hold once', async () => {
        const skuId = await stockSku(pool, 1);
        const request = buyer(skuId);
        await ledger.hold(request);
        await ledger.confirm(checkout(request));

        expect(await ledger.confirm(checkout(request))).toEqual({ outcome: 'order_exists' });
        expect(await ledger.release(request)).toEqual({ outcome: 'not_active' });
      });

      it('S1.3 does not sell what its owner gave back', async () => {
        const skuId = await stockSku(pool, 1);
        const request = buyer(skuId);
        await ledger.hold(request);

        expect(await ledger.release(request)).toEqual({ outcome: 'released', sequence: 2 });
        expect(await ledger.release(request)).toEqual({ outcome: 'not_active' });
        expect(await ledger.confirm(checkout(request))).toEqual({ outcome: 'not_active' });
      });

      it('S1.3 sells a hold once to ten checkouts at the same time', async () => {
        const skuId = await stockSku(pool, 1);
        const request = buyer(skuId);
        await ledger.hold(request);

        const decided = await Promise.all(
          times(10, (place) => (place % 2 ? ledger : otherLedger).confirm(checkout(request))),
        );

        expect(tally(decided)).toEqual({ sold: 1, order_exists: 9 });
      });

      it('S1.3 lets exactly one of checkout, cancel and expiry end each hold', async () => {
        const skuId = await stockSku(pool, 60);
        const holds = times(60, () => buyer(skuId));
        await Promise.all(holds.map((request) => ledger.hold(request)));
        const [racing, lapsing] = [holds.slice(0, 30), holds.slice(30)];
        // These lapse while the calls below are under way, some before and some after their own turn.
        await lapse(pool, lapsing, -0.02);

        const sweep = async (): Promise<number> => {
          const { rowCount } = await pool.query(
            `SELECT FROM reservations WHERE status = 'RESERVED' AND reservation_id = ANY ($1)`,
            [lapsing.map(({ holdId }) => holdId)],
          );
          if (rowCount === 0) return 0;
          return (await otherLedger.expireLapsed(100)) + (await sweep());
        };
        const [endings, expired] = await Promise.all([
          Promise.all(
            [...racing, ...lapsing].map(async (request) => {
              const [confirmed, released] = await Promise.all([
                ledger.confirm(checkout(request)),
                otherLedger.release(request),
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
        expect(await readStock(pool, skuId)).toEqual({
          available: 60 - sold,
          reserved: 0,
          sold,
        });
      });
    });

    describe('cancel', () => {
      /** A new buyer's purchase of `quantity` units. */
      async function buy(skuId: string, quantity = 1) {
        const request = buyer(skuId, { quantity });
        await ledger.hold(request);
        const { orderId } = await sell(request);
        return { request, order: { orderId, userId: request.userId, skuId } };
      }

      async function sell(request: HoldRequest) {
        const order = checkout(request);
        expect(await ledger.confirm(order)).toMatchObject({ outcome: 'sold' });
        return order;
      }

      it('S1.5 puts what was sold back on sale, and lets the buyer buy again', async () => {
        const skuId = await stockSku(pool, 3);
        const { request, order } = await buy(skuId, 2);

        expect(await ledger.cancelOrder(order)).toEqual({ outcome: 'cancelled', sequence: 3 });
        expect(await readStock(pool, skuId)).toEqual({ available: 3, reserved: 0, sold: 0 });
        expect(await readStatus(pool, request.holdId)).toBe('CANCELLED');
        expect(await ledger.hold({ ...again(request), quantity: 3 })).toMatchObject({
          outcome: 'held',
          sequence: 4,
        });
      });

      it('S1.4 is the last word on an order', async () => {
        const skuId = await stockSku(pool, 1);
        const { request, order } = await buy(skuId);
        await ledger.cancelOrder(order);

        expect(await ledger.cancelOrder(order)).toEqual({ outcome: 'not_cancellable' });
        expect(await ledger.release(request)).toEqual({ outcome: 'not_active' });
        expect(await ledger.confirm(checkout(request))).toEqual({ outcome: 'not_active' });
      });

      it('S1.4 does not find an order that does not exist, is of another SKU, or is another’s', async () => {
        const [skuId, otherSku] = [await stockSku(pool, 1), await stockSku(pool, 1)];
        const { order } = await buy(skuId);
        const notFound = { outcome: 'not_found' };

        expect(await ledger.cancelOrder({ ...order, orderId: newId() })).toEqual(notFound);
        expect(await ledger.cancelOrder({ ...order, userId: newId() })).toEqual(notFound);
        expect(await ledger.cancelOrder({ ...order, skuId: otherSku })).toEqual(notFound);
        expect(await readStock(pool, skuId)).toEqual({ available: 0, reserved: 0, sold: 1 });
      });

      it('S1.4 lets exactly one of ten calls at the same time return the units', async () => {
        const skuId = await stockSku(pool, 2);
        const { order } = await buy(skuId);

        const decided = await Promise.all(
          times(10, (place) => (place % 2 ? ledger : otherLedger).cancelOrder(order)),
        );

        expect(tally(decided)).toEqual({ cancelled: 1, not_cancellable: 9 });
        expect(await readStock(pool, skuId)).toEqual({ available: 2, reserved: 0, sold: 0 });
      });

      it('S1.4 lets exactly one of cancel and fulfilment have each order', async () => {
        const skuId = await stockSku(pool, 20);
        const bought = await Promise.all(times(20, () => buy(skuId)));

        const decided = await Promise.all(
          bought.map(async ({ order }) => {
            const [cancelled, { rowCount }] = await Promise.all([
              ledger.cancelOrder(order),
              otherPool.query(
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
        expect(await readStock(pool, skuId)).toMatchObject({ available: cancelled });
      });

      it('S1.4 releases what an unpaid order holds, and nothing if the hold has lapsed', async () => {
        const skuId = await stockSku(pool, 2);
        const [live, lapsed] = [buyer(skuId), buyer(skuId)];
        for (const request of [live, lapsed]) await ledger.hold(request);
        const orders = [checkout(live), checkout(lapsed)];
        for (const { orderId, holdId, userId, transactionId } of orders) {
          await pool.query(
            `INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                                 payment_method, transaction_id, created_at)
             VALUES ($1, $2, $3, $4, 1, 5.00, 'PENDING', 'card', $5, now())`,
            [orderId, holdId, userId, skuId, transactionId],
          );
        }
        await lapse(pool, [lapsed]);

        expect(await Promise.all(orders.map((order) => ledger.cancelOrder(order)))).toEqual([
          { outcome: 'cancelled', sequence: 3 },
          { outcome: 'cancelled' },
        ]);
        expect(await readStock(pool, skuId)).toEqual({ available: 1, reserved: 1, sold: 0 });
        expect(await ledger.confirm(checkout(live))).toEqual({ outcome: 'not_active' });
        expect(await ledger.expireLapsed(10)).toBe(1);
      });

      it('S1.4 numbers the returns of many orders cancelled at the same time without gaps', async () => {
        const skuId = await stockSku(pool, 30);
        const bought = await Promise.all(times(30, () => buy(skuId)));

        const decided = await Promise.all(bought.map(({ order }) => ledger.cancelOrder(order)));

        const sequences = decided.map((answer) => ('sequence' in answer ? answer.sequence : 0));
        expect(sequences.sort((a = 0, b = 0) => a - b)).toEqual(times(30, (place) => place + 61));
        expect(await readStock(pool, skuId)).toEqual({ available: 30, reserved: 0, sold: 0 });
      });
    });

    describe('crowds', () => {
      it('S1.10 sells 50 units to exactly 50 of 500 buyers at the same time', async () => {
        const skuId = await stockSku(pool, 50);

        const decided = await Promise.all(times(500, () => ledger.hold(buyer(skuId))));

        expect(tally(decided)).toEqual({ held: 50, out_of_stock: 450 });
        expect(sequencesOf(decided, 'held')).toEqual(times(50, (place) => place + 1));
        expect(new Set(sequencesOf(decided, 'out_of_stock'))).toEqual(new Set([50]));
      });

      it('S1.10 sells 50 units to exactly 50 buyers of two servers', async () => {
        const skuId = await stockSku(pool, 50);

        const decided = await Promise.all(
          times(200, (place) => (place % 2 ? ledger : otherLedger).hold(buyer(skuId))),
        );

        expect(tally(decided)).toEqual({ held: 50, out_of_stock: 150 });
      });

      it('S1.10 lets one buyer who asks 20 times at once hold one unit, also of the last', async () => {
        for (const units of [1, 100]) {
          const skuId = await stockSku(pool, units);
          const request = buyer(skuId);

          const decided = await Promise.all(
            times(20, (place) => (place % 2 ? ledger : otherLedger).hold(again(request))),
          );

          expect(tally(decided)).toEqual({ held: 1, already_reserved: 19 });
        }
      });

      it('S1.10 never says sold out to a buyer for whom there is enough', async () => {
        const skuId = await stockSku(pool, 100);
        const requests = times(120, (place) => buyer(skuId, { quantity: (place % 5) + 1 }));

        const decided = await Promise.all(
          requests.map((request, place) => (place % 2 ? ledger : otherLedger).hold(request)),
        );

        const available = availableAfter(100, await readMovements(pool, skuId));
        for (const [place, answer] of decided.entries()) {
          if (answer.outcome !== 'out_of_stock') continue;
          if (!('sequence' in answer)) throw new Error('the refusal has no sequence');
          expect(available[answer.sequence]).toBeLessThan(requests[place]?.quantity as number);
        }
        expect(Object.keys(tally(decided)).sort()).toEqual(['held', 'out_of_stock']);
      });

      it('S1.10 keeps many SKUs apart', async () => {
        const skus = await Promise.all(times(12, () => stockSku(pool, 5)));

        const decided = await Promise.all(
          skus.flatMap((skuId) =>
            times(20, (place) => (place % 2 ? ledger : otherLedger).hold(buyer(skuId))),
          ),
        );

        expect(tally(decided)).toEqual({ held: 60, out_of_stock: 180 });
        for (const skuId of skus) {
          expect(await readStock(pool, skuId)).toEqual({ available: 0, reserved: 5, sold: 0 });
        }
      });

      it('S1.10 gives only answers that are true at the sequence number they carry', async () => {
        const skuId = await stockSku(pool, 6);
        const users = times(12, () => newId());
        const answers: {
          userId: string;
          quantity: number;
          seenBefore: number;
          answer: HoldOutcome;
        }[] = [];
        let seen = 0;

        // Each user shops on both servers at once: reserves, and cancels every other time.
        await Promise.all(
          [...users, ...users].map(async (userId, shopper) => {
            const own = shopper < users.length ? ledger : otherLedger;
            for (const round of times(12, (place) => place)) {
              const request = buyer(skuId, { userId, quantity: ((shopper + round) % 3) + 1 });
              const seenBefore = seen;
              const answer = await own.hold(request);
              answers.push({ userId, quantity: request.quantity, seenBefore, answer });
              if ('sequence' in answer) seen = Math.max(seen, answer.sequence);
              if (answer.outcome !== 'held') continue;
              const ended =
                round % 4 === 3 ? await own.confirm(checkout(request)) : await own.release(request);
              if ('sequence' in ended) seen = Math.max(seen, ended.sequence);
            }
          }),
        );

        const movements = await readMovements(pool, skuId);
        const available = availableAfter(6, movements);
        const owners = await readOwners(pool, skuId);
        const lastOf = (userId: string, sequence: number) =>
          movements
            .slice(0, sequence)
            .findLast((movement) => owners.get(movement.reservation_id) === userId)?.kind;
        for (const { userId, quantity, seenBefore, answer } of answers) {
          if (!('sequence' in answer)) throw new Error(`was ${answer.outcome}`);
          expect(answer.sequence).toBeGreaterThanOrEqual(seenBefore);
          const lastKind = lastOf(userId, answer.sequence);
          switch (answer.outcome) {
            case 'held':
            case 'already_reserved':
              expect(lastKind).toBe('RESERVED');
              break;
            case 'already_purchased':
              expect(lastKind).toBe('SOLD');
              break;
            case 'out_of_stock':
              expect([undefined, 'RELEASED']).toContain(lastKind);
              expect(available[answer.sequence]).toBeLessThan(quantity);
          }
        }
      });
    });

    describe('faults', () => {
      it('throws when the database ends its connections, and loses or doubles nothing', async () => {
        const skuId = await stockSku(pool, 20);
        const requests = times(60, () => buyer(skuId));

        // Somebody keeps the row locked until calls are waiting in the database, and then those are cut off.
        const calls = await transaction(otherPool, async (blocker) => {
          await blocker.query('SELECT FROM inventory WHERE sku_id = $1 FOR UPDATE', [skuId]);
          const underWay = Promise.allSettled(requests.map((request) => ledger.hold(request)));
          const cutOff = async (): Promise<void> => {
            const { rowCount } = await blocker.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            );
            if (rowCount === 0) await cutOff();
          };
          await cutOff();
          return { underWay };
        });
        const first = await calls.underWay;
        expect(first.some((call) => call.status === 'rejected')).toBe(true);

        // Whoever got no answer asks again by the same hold id, on either server.
        const decided = await Promise.all(
          first.map((call, place) =>
            call.status === 'fulfilled'
              ? call.value
              : otherLedger.hold(requests[place] as HoldRequest),
          ),
        );
        expect(tally(decided)).toEqual({ held: 20, out_of_stock: 40 });
      });
    });

    describe('observer', () => {
      it('G.1 is told of every movement once, and of no repeated call', async () => {
        const moved: Record<string, number> = {};
        const watched = await makeLedger({
          pool,
          holdTtlMs: HOLD_TTL_MS,
          observer: {
            moved: (kind, count) => {
              moved[kind] = (moved[kind] ?? 0) + count;
            },
            batched: () => {},
          },
        });
        const skuId = await stockSku(pool, 8);
        const [bought, cancelled, lapsed, taken, ...late] = times(12, () => buyer(skuId)) as [
          HoldRequest,
          HoldRequest,
          HoldRequest,
          HoldRequest,
          ...HoldRequest[],
        ];

        for (const request of [bought, bought, cancelled, lapsed, taken, again(taken), ...late]) {
          await watched.hold(request);
        }
        const order = checkout(bought);
        await watched.confirm(order);
        await watched.confirm(checkout(bought));
        await watched.hold(bought);
        await watched.cancelOrder(order);
        await watched.cancelOrder(order);
        await watched.release(cancelled);
        await watched.release(cancelled);
        await lapse(pool, [lapsed, taken]);
        await watched.hold(again(lapsed));
        await watched.expireLapsed(10);

        expect(moved).toEqual({ RESERVED: 9, SOLD: 1, RELEASED: 1, EXPIRED: 2, RETURNED: 1 });
        expect(
          tally((await readMovements(pool, skuId)).map(({ kind }) => ({ outcome: kind }))),
        ).toEqual(moved);
      });
    });
  });
}
