import type { Pool } from 'pg';
import { describe, expect, it, type MockInstance, vi } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { isContention, transaction } from '../../platform/postgres.ts';
import type { ConfirmRequest, HoldRequest, StockLedger } from '../ledger.ts';
import {
  again,
  buyer,
  checkout,
  lapse,
  readMovements,
  readStock,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

/** Resolves when so many statements wait for a lock. Within a transaction PostgreSQL would not show newer connections. */
async function untilWaiting(db: Pool, count: number): Promise<void> {
  const { rowCount } = await db.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  if ((rowCount ?? 0) < count) await untilWaiting(db, count);
}

/** The codes with which PostgreSQL has ended statements because of others. The ledger makes such calls again. */
async function contentionsOf(spies: MockInstance[]): Promise<unknown[]> {
  const asked = spies.flatMap((spy) => spy.mock.results.map(({ value }) => value));
  for (const spy of spies) spy.mockRestore();
  return (await Promise.allSettled(asked)).flatMap((result) =>
    result.status === 'rejected' && isContention(result.reason) ? [result.reason.code] : [],
  );
}

interface Side {
  ledger: LedgerSubject['ledger'];
  orders: ConfirmRequest[];
}

/** Tests that the units of many SKUs change hands at the same time, each SKU by its own counts and numbers. */
export function describeManySkus(subject: LedgerSubject): void {
  const stockSkus = (count: number, units: number) =>
    Promise.all(times(count, () => stockSku(subject.pool, units)));

  describe('many SKUs at once', () => {
    it('S1.10 decides each call by the counts of its own SKU', async () => {
      const [many, one, none] = [
        await stockSku(subject.pool, 9),
        await stockSku(subject.pool, 1),
        await stockSku(subject.pool, 0),
      ];
      const withdrawn = await stockSku(subject.pool, 9);
      await subject.pool.query('UPDATE products SET is_active = false WHERE sku_id = $1', [
        withdrawn,
      ]);
      const wanted = [many, one, none, withdrawn, 'no-such-sku', one, many, many];

      const decided = await Promise.all(wanted.map((skuId) => subject.ledger.hold(buyer(skuId))));

      const answersOf = (skuId: string) =>
        decided
          .filter((_, place) => wanted[place] === skuId)
          .map((answer) =>
            'sequence' in answer ? `${answer.outcome} ${answer.sequence}` : answer.outcome,
          )
          .toSorted();
      expect(answersOf(many)).toEqual(['held 1', 'held 2', 'held 3']);
      expect(answersOf(one)).toEqual(['held 1', 'out_of_stock 1']);
      expect(answersOf(none)).toEqual(['out_of_stock 0']);
      expect([...answersOf(withdrawn), ...answersOf('no-such-sku')]).toEqual([
        ...['unknown_sku', 'unknown_sku'],
      ]);
    });

    it('S1.10 answers each call with its own hold, order and number', async () => {
      const skus = await stockSkus(3, 5);
      const requests = times(12, (place) =>
        buyer(skus[(place * 7) % 3] as string, { quantity: 1 + (place % 2) }),
      ).slice(0, 9);

      const held = await Promise.all(requests.map((request) => subject.ledger.hold(request)));
      const orders = requests.map((request) => checkout(request));
      const sold = await Promise.all(orders.map((order) => subject.ledger.confirm(order)));
      const returned = await Promise.all(
        orders.map(({ orderId, userId, skuId }) =>
          subject.ledger.cancelOrder({ orderId, userId, skuId }),
        ),
      );

      const movements = (
        await Promise.all(skus.map((sku) => readMovements(subject.pool, sku)))
      ).flat();
      for (const [place, { holdId, userId, skuId, quantity }] of requests.entries()) {
        expect(held[place]).toMatchObject({ hold: { holdId, userId, skuId, quantity } });
        expect(sold[place]).toMatchObject({ order: { orderId: orders[place]?.orderId, quantity } });
        const own = movements.filter(({ reservation_id }) => reservation_id === holdId);
        expect(own.map(({ sku_id, sequence, kind }) => [sku_id, sequence, kind])).toEqual(
          [held, sold, returned].map((answers, step) => {
            const answer = answers[place];
            if (answer === undefined || !('sequence' in answer)) throw new Error('was refused');
            return [skuId, answer.sequence, ['RESERVED', 'SOLD', 'RETURNED'][step]];
          }),
        );
      }
    });

    it('S1.10 lets one buyer hold several SKUs by calls that are made at once', async () => {
      const skus = await stockSkus(6, 1);
      const userId = newId();
      const decided = await Promise.all(
        skus.map((skuId) => subject.ledger.hold(buyer(skuId, { userId }))),
      );
      expect(tally(decided)).toEqual({ held: 6 });
    });

    it('S1.10 sells other SKUs while the row of one is locked', async () => {
      const [locked, free] = [await stockSku(subject.pool, 1), await stockSku(subject.pool, 9)];
      let waiting: Promise<unknown> = Promise.resolve();
      await transaction(subject.otherPool, async (blocker) => {
        await blocker.query('SELECT FROM inventory WHERE sku_id = $1 FOR UPDATE', [locked]);
        waiting = subject.ledger.hold(buyer(locked));
        await untilWaiting(subject.pool, 1);
        await subject.ledger.hold(buyer(free));
        await subject.ledger.hold(buyer(free));
      });
      expect(await waiting).toMatchObject({ outcome: 'held' });
      expect(await readStock(subject.pool, free)).toMatchObject({ reserved: 2 });
    });

    it.each([
      ['hold', (ledger: StockLedger, request: HoldRequest) => ledger.hold(again(request))],
      ['confirm', (ledger: StockLedger, request: HoldRequest) => ledger.confirm(checkout(request))],
      ['release', (ledger: StockLedger, request: HoldRequest) => ledger.release(request)],
      [
        'cancelOrder',
        (ledger: StockLedger, request: HoldRequest, orderId: string) =>
          ledger.cancelOrder({ ...request, orderId }),
      ],
    ] as const)(
      'S1.10 locks SKUs in one order, whatever the order of the calls: %s',
      async (name, call) => {
        const skus = await stockSkus(6, 9);
        const [first, second] = [subject.ledger, subject.otherLedger].map((ledger, server) => ({
          ledger,
          orders: (server === 0 ? skus : skus.toReversed()).map((skuId) => checkout(buyer(skuId))),
        })) as [Side, Side];
        for (const { ledger, orders } of name === 'hold' ? [] : [first, second]) {
          await Promise.all(orders.map((order) => ledger.hold({ ...order, quantity: 1 })));
          if (name !== 'cancelOrder') continue;
          await Promise.all(orders.map((order) => ledger.confirm(order)));
        }
        const spies = [subject.pool, subject.otherPool].map((pool) => vi.spyOn(pool, 'query'));

        // Both have begun, and wait for the row in the middle or for each other, when it becomes free.
        const calls = await transaction(subject.otherPool, async (blocker) => {
          await blocker.query('SELECT FROM inventory WHERE sku_id = $1 FOR UPDATE', [skus[2]]);
          const made = [first, second].flatMap(({ ledger, orders }) =>
            orders.map((order) => call(ledger, { ...order, quantity: 1 }, order.orderId)),
          );
          await untilWaiting(subject.pool, 2);
          return { made };
        });

        const outcomes = await Promise.all(calls.made);
        expect(await contentionsOf(spies)).toEqual([]);
        expect(Object.keys(tally(outcomes))).toHaveLength(1);
        expect(outcomes[0]?.outcome).toMatch(/^(held|sold|released|cancelled)$/);
      },
    );

    it('S1.10 never makes calls of two servers, sweepers and administrators deadlock', async () => {
      const skus = await stockSkus(20, 30);
      const spies = [subject.pool, subject.otherPool].map((pool) => vi.spyOn(pool, 'query'));
      const sku = (place: number) => skus[place % skus.length] as string;

      // Each server meets the SKUs in another order.
      const journeys = times(240, async (place) => {
        const ledger = subject.server(place);
        const request = buyer(sku(place % 2 === 0 ? place / 2 : 400 - place));
        const held = await ledger.hold(request);
        if (held.outcome !== 'held') return held.outcome;
        if (place % 3 === 0) return (await ledger.release(request)).outcome;
        if (place % 3 === 1) await lapse(subject.pool, [request]);
        const order = checkout(request);
        const confirmed = await ledger.confirm(order);
        if (confirmed.outcome !== 'sold') return confirmed.outcome;
        return (await ledger.cancelOrder({ ...order })).outcome;
      });
      const others = times(8, async (place) => {
        await subject.server(place).expireLapsed(50);
        await subject.pool.query(
          `UPDATE products SET is_active = true
           WHERE sku_id IN (SELECT sku_id FROM unnest($1::text[]) AS s (sku_id) ORDER BY sku_id DESC)`,
          [skus],
        );
      });
      const outcomes = await Promise.all(journeys);
      await Promise.all(others);
      await subject.ledger.expireLapsed(240);

      expect(await contentionsOf(spies)).toEqual([]);
      expect(tally(outcomes.map((outcome) => ({ outcome })))).toEqual({
        ...{ released: 80, expired: 80, cancelled: 80 },
      });
    });
  });
}
