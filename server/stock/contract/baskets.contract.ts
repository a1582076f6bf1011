import { describe, expect, it, vi } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { isContention } from '../../platform/postgres.ts';
import type { BasketHold, BasketLineOutcome } from '../ledger.ts';
import {
  again,
  buyer,
  checkout,
  lapse,
  readMovements,
  readStatus,
  readStock,
  ruleSku,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

/** A basket of a new user with so many units of each SKU. */
const basketOf = (wanted: Record<string, number>): BasketHold => ({
  basketId: newId(),
  userId: newId(),
  lines: Object.entries(wanted).map(([skuId, quantity], place) => ({
    ...{ holdId: newId(), skuId, quantity },
    callId: `call.${place + 1}`,
  })),
});

const outcomesOf = (decided: BasketLineOutcome[]) => decided.map(({ outcome }) => outcome);
const isHeld = (decided: BasketLineOutcome[]) => decided.every(({ outcome }) => outcome === 'held');
const holdsOf = ({ userId, lines }: BasketHold) => lines.map((line) => ({ ...line, userId }));

/** Tests that the lines of a basket change together or not at all. */
export function describeBaskets(subject: LedgerSubject): void {
  const stockSkus = (...units: number[]) =>
    Promise.all(units.map((count) => stockSku(subject.pool, count)));
  const statusesOf = ({ lines }: BasketHold) =>
    Promise.all(lines.map(({ holdId }) => readStatus(subject.pool, holdId)));

  /** Places the orders of a basket, as the payments do. Resolves to the id of the first one. */
  async function placed({ basketId, userId, lines }: BasketHold): Promise<string> {
    const orderIds = lines.map(() => newId());
    const { rows } = await subject.pool.query<{ outcome: string }>(
      `SELECT place_basket($1, $2, $3, 'card', $4, 'call', 60000, 'reservations') AS outcome`,
      [basketId, userId, orderIds, `payment-${newId()}`],
    );
    expect(rows[0]?.outcome).toBe('begun');
    return orderIds[0] as string;
  }

  describe('baskets', () => {
    it('S1.3 hold the units of all lines, each with the number of its own SKU', async () => {
      const [one, two, three] = (await stockSkus(5, 5, 5)) as [string, string, string];
      await subject.ledger.hold(buyer(two));
      const basket = basketOf({ [three]: 1, [one]: 2, [two]: 3 });
      const decided = await subject.ledger.holdBasket(basket);
      expect(decided).toMatchObject([
        { outcome: 'held', sequence: 1, hold: { skuId: three, quantity: 1 } },
        { outcome: 'held', sequence: 1, hold: { skuId: one, quantity: 2 } },
        { outcome: 'held', sequence: 2, hold: { skuId: two, quantity: 3 } },
      ]);
      expect(await readStock(subject.pool, two)).toEqual({ available: 1, reserved: 4, sold: 0 });
    });

    it('S1.3 hold nothing if one line cannot be held, and say which', async () => {
      const [many, few, none, closed] = (await stockSkus(5, 1, 0, 5)) as [
        ...[string, string, string, string],
      ];
      await ruleSku(subject.pool, closed, { closes: '-1 hour' });
      const basket = basketOf({ [many]: 2, [few]: 2, [none]: 1, [closed]: 1, 'no-such-sku': 1 });
      expect(await subject.ledger.holdBasket(basket)).toEqual([
        { outcome: 'not_alone' },
        { outcome: 'out_of_stock', sequence: 0 },
        { outcome: 'out_of_stock', sequence: 0 },
        { outcome: 'over', sequence: 0 },
        { outcome: 'unknown_sku' },
      ]);
      expect(await readStock(subject.pool, many)).toEqual({ available: 5, reserved: 0, sold: 0 });
      expect(await readMovements(subject.pool, many)).toEqual([]);
    });

    it('S1.3 write nothing if one line cannot be held', async () => {
      const [many, none] = (await stockSkus(5, 0)) as [string, string];
      const { basketId, userId, lines } = basketOf({ [many]: 1, [none]: 1 });
      const client = await subject.pool.connect();
      try {
        await client.query('BEGIN');
        // Also counts what a part of the transaction wrote that was taken back.
        const written = async () =>
          (
            await client.query(
              `SELECT pg_stat_get_xact_tuples_inserted(t::regclass)::int AS rows
               FROM unnest('{reservations,stock_movements}'::text[]) t`,
            )
          ).rows;
        const before = await written();
        const { rows: decided } = await client.query(
          `SELECT others->0->>'outcome' AS outcome FROM hold_basket($1, $2, $3, $4, '{1,1}', '{a,b}', 1000, 'reservations')`,
          [basketId, [many, none], lines.map(({ holdId }) => holdId), userId],
        );
        expect(decided).toEqual([{ outcome: 'out_of_stock' }]);
        expect(await written()).toEqual(before);
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    });

    it('S1.3 keep to the limits of each SKU, and to one hold of a buyer', async () => {
      const [limited, had] = (await stockSkus(9, 9)) as [string, string];
      await ruleSku(subject.pool, limited, { unitsPerBuyer: 2 });
      const basket = basketOf({ [limited]: 3, [had]: 1 });
      await subject.ledger.hold(buyer(had, { userId: basket.userId }));
      expect(outcomesOf(await subject.ledger.holdBasket(basket))).toEqual([
        ...['over_limit', 'already_reserved'],
      ]);
    });

    it('S1.3 are the same basket when the call is repeated, on either server', async () => {
      const [one, two] = (await stockSkus(5, 5)) as [string, string];
      const basket = basketOf({ [one]: 1, [two]: 1 });
      const decided = await Promise.all(
        times(6, (place) => subject.server(place).holdBasket(basket)),
      );
      expect(new Set(decided.map((lines) => JSON.stringify(lines))).size).toBe(1);
      expect(await readStock(subject.pool, one)).toEqual({ available: 4, reserved: 1, sold: 0 });
    });

    it('S1.3 are given back as a whole, once, and by their owner', async () => {
      const [one, two] = (await stockSkus(5, 5)) as [string, string];
      const basket = basketOf({ [one]: 1, [two]: 2 });
      const { basketId, userId } = basket;
      await subject.ledger.holdBasket(basket);
      expect(await subject.ledger.releaseBasket({ basketId, userId: newId() })).toEqual({
        ...{ outcome: 'not_found', skuIds: [] },
      });
      const released = await Promise.all(
        times(4, (place) => subject.server(place).releaseBasket({ basketId, userId })),
      );
      expect(tally(released)).toEqual({ released: 1, not_active: 3 });
      expect(await readStock(subject.pool, two)).toEqual({ available: 5, reserved: 0, sold: 0 });
    });

    it('S1.3 are sold by one payment, and cancelled as a whole', async () => {
      const [one, two] = (await stockSkus(5, 5)) as [string, string];
      const basket = basketOf({ [one]: 1, [two]: 2 });
      const { basketId, userId } = basket;
      await subject.ledger.holdBasket(basket);
      const paymentId = await placed(basket);
      const { rows } = await subject.pool.query('SELECT amount FROM payments WHERE order_id = $1', [
        paymentId,
      ]);
      expect(rows).toEqual([{ amount: '15.00' }]);

      const sold = await Promise.all(
        times(4, (place) => subject.server(place).confirmBasket({ paymentId, userId })),
      );
      expect(tally(sold)).toEqual({ sold: 1, order_exists: 3 });
      expect(await readStock(subject.pool, two)).toEqual({ available: 3, reserved: 0, sold: 2 });
      expect(await subject.ledger.releaseBasket({ basketId, userId })).toEqual({
        ...{ outcome: 'not_active', skuIds: expect.arrayContaining([one, two]) },
      });

      const cancelled = await Promise.all(
        times(4, (place) => subject.server(place).cancelBasket({ basketId, userId })),
      );
      expect(tally(cancelled)).toEqual({ cancelled: 1, not_cancellable: 3 });
      expect(await readStock(subject.pool, two)).toEqual({ available: 5, reserved: 0, sold: 0 });
    });

    it('S1.3 stay sold as a whole once an order of them is fulfilled', async () => {
      const [one, two] = (await stockSkus(5, 5)) as [string, string];
      const basket = basketOf({ [one]: 1, [two]: 2 });
      await subject.ledger.holdBasket(basket);
      const paymentId = await placed(basket);
      await subject.ledger.confirmBasket({ paymentId, userId: basket.userId });
      const { rows } = await subject.pool.query<{ sku_id: string }>(
        `UPDATE orders SET status = 'FULFILLED' WHERE payment_id = $1 RETURNING sku_id`,
        [paymentId],
      );
      expect(await subject.ledger.cancelBasket(basket)).toEqual({
        outcome: 'not_cancellable',
        skuIds: rows.map(({ sku_id: skuId }) => skuId),
      });
      expect(await readStock(subject.pool, one)).toEqual({ available: 4, reserved: 0, sold: 1 });
      // The audit knows baskets whose orders are all in one status.
      await subject.pool.query(`UPDATE orders SET status = 'FULFILLED' WHERE order_id = $1`, [
        paymentId,
      ]);
    });

    it('S1.5 lapse as a whole, however few holds a sweep may end', async () => {
      const [one, two, three] = (await stockSkus(5, 5, 5)) as [string, string, string];
      const basket = basketOf({ [one]: 1, [two]: 1, [three]: 1 });
      await subject.ledger.holdBasket(basket);
      const paymentId = await placed(basket);
      await lapse(subject.pool, holdsOf(basket));
      const { userId } = basket;
      expect(await subject.ledger.confirmBasket({ paymentId, userId })).toMatchObject({
        outcome: 'expired',
      });
      await subject.ledger.expireLapsed(1);
      expect(await statusesOf(basket)).toEqual(['EXPIRED', 'EXPIRED', 'EXPIRED']);
    });

    it('S1.5 lapse as a whole when their buyer wants one of their SKUs again', async () => {
      const [one, two] = (await stockSkus(5, 5)) as [string, string];
      const basket = basketOf({ [one]: 1, [two]: 1 });
      await subject.ledger.holdBasket(basket);
      await lapse(subject.pool, holdsOf(basket));
      const [first] = holdsOf(basket) as [ReturnType<typeof buyer>];
      expect(await subject.ledger.hold(again(first))).toMatchObject({ outcome: 'held' });
      expect(await statusesOf(basket)).toEqual(['EXPIRED', 'EXPIRED']);

      const next = { ...basketOf({ [two]: 2 }), userId: basket.userId };
      expect(isHeld(await subject.ledger.holdBasket(next))).toBe(true);
    });

    it('S1.10 never deadlock, whatever the order of their lines, beside batches of single buyers', async () => {
      const skus = await stockSkus(40, 40, 40, 40);
      const spies = [subject.pool, subject.otherPool].map((pool) => vi.spyOn(pool, 'query'));
      const journeys = times(160, async (place) => {
        const ledger = subject.server(place);
        const order = place % 2 === 0 ? skus : skus.toReversed();
        if (place % 4 === 3) {
          const request = buyer(order[place % 3] as string);
          const held = await ledger.hold(request);
          if (held.outcome !== 'held') return held.outcome;
          return (await ledger.confirm(checkout(request))).outcome;
        }
        const basket = basketOf(Object.fromEntries(order.map((skuId) => [skuId, 1])));
        if (!isHeld(await ledger.holdBasket(basket))) return 'refused';
        if (place % 4 === 1) return (await ledger.releaseBasket(basket)).outcome;
        const paymentId = await placed(basket);
        const { outcome } = await ledger.confirmBasket({ paymentId, userId: basket.userId });
        return place % 8 === 0 ? (await ledger.cancelBasket(basket)).outcome : outcome;
      });
      const sweeps = times(5, () => subject.otherLedger.expireLapsed(100));
      const outcomes = await Promise.all(journeys);
      await Promise.all(sweeps);

      const asked = spies.flatMap((spy) => spy.mock.results.map(({ value }) => value));
      for (const spy of spies) spy.mockRestore();
      const ended = (await Promise.allSettled(asked)).flatMap((result) =>
        result.status === 'rejected' && isContention(result.reason) ? [result.reason.code] : [],
      );
      // 40P01 is a deadlock. The units of a strategy that reads before it writes may be taken meanwhile.
      expect(ended.filter((code) => code === '40P01')).toEqual([]);
      const counts = tally(outcomes.map((outcome) => ({ outcome })));
      expect(Object.keys(counts).filter((outcome) => !KNOWN.includes(outcome))).toEqual([]);
      expect(counts.sold).toBeGreaterThan(20);
    });

    it('S1.10 and single buyers of two servers get no unit twice', async () => {
      const [one, two] = (await stockSkus(30, 20)) as [string, string];
      const decided = await Promise.all(
        times(80, async (place) => {
          const ledger = subject.server(place);
          if (place % 4 === 0) return (await ledger.hold(buyer(one))).outcome;
          const wanted = place % 2 === 0 ? { [one]: 1, [two]: 1 } : { [two]: 1, [one]: 1 };
          return isHeld(await ledger.holdBasket(basketOf(wanted))) ? 'both' : 'none';
        }),
      );
      const { both = 0, held = 0 } = tally(decided.map((outcome) => ({ outcome })));
      expect(both + held).toBe(30);
      expect(await readStock(subject.pool, one)).toEqual({ available: 0, reserved: 30, sold: 0 });
      expect(await readStock(subject.pool, two)).toMatchObject({ reserved: both });
    });
  });
}

/** The outcomes of calls that have a right to them. */
const KNOWN = ['sold', 'released', 'cancelled', 'refused', 'out_of_stock', 'contention_lost'];
