import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/postgres.ts';
import {
  buyer,
  checkout,
  readStock,
  ruleSku,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

/** Tests that the rules of a sale hold where the units are taken, whoever asks. */
export function describeRules(subject: LedgerSubject): void {
  const onSale = async (rules: Parameters<typeof ruleSku>[2]) => {
    const skuId = await stockSku(subject.pool, 20);
    await ruleSku(subject.pool, skuId, rules);
    return skuId;
  };

  describe('rules of the sale', () => {
    it.each([
      ['a campaign', 'campaign', 'reservations'],
      ['a campaign', 'campaign', 'flash-sale'],
      ['a flash sale', 'flash-sale', 'reservations'],
      ['a flash sale', 'flash-sale', 'campaign'],
      ['a product', 'reservations', 'campaign'],
      ['a product', 'reservations', 'flash-sale'],
      ['tickets', 'tickets', 'reservations'],
      ['a product', 'reservations', 'tickets'],
    ] as const)('S1.1 refuses units of %s (%s) to %s', async (_, soldBy, way) => {
      const skuId = await onSale({ soldBy });

      expect(await subject.ledger.hold(buyer(skuId, { way }))).toEqual({
        outcome: 'sold_another_way',
        sequence: 0,
      });
      expect(await readStock(subject.pool, skuId)).toMatchObject({ available: 20 });
    });

    it.each(['campaign', 'flash-sale', 'reservations', 'tickets'] as const)(
      'S1.1 sells units of a %s by its own way and no other',
      async (way) => {
        const skuId = await onSale({ soldBy: way });
        const request = buyer(skuId, { way });
        const other = way === 'campaign' ? 'reservations' : 'campaign';
        await subject.ledger.hold(request);

        expect(await subject.ledger.confirm({ ...checkout(request), way: other })).toEqual({
          outcome: 'sold_another_way',
        });
        expect(await readStock(subject.pool, skuId)).toMatchObject({ reserved: 1, sold: 0 });
        expect(await subject.ledger.confirm({ ...checkout(request), way })).toMatchObject({
          outcome: 'sold',
        });
      },
    );

    it.each([
      ['before it begins', { opens: '1 hour' }, 'not_begun'],
      ['after it is over', { closes: '-1 second' }, 'over'],
      ['at the moment at which it is over', { opens: '-1 hour', closes: '0' }, 'over'],
    ] as const)('S1.1 refuses units of a sale %s', async (_, rules, outcome) => {
      const skuId = await onSale(rules);

      expect(await subject.ledger.hold(buyer(skuId))).toEqual({ outcome, sequence: 0 });
      expect(await readStock(subject.pool, skuId)).toMatchObject({ available: 20 });
    });

    it('S1.1 takes units while the sale is on', async () => {
      const skuId = await onSale({ opens: '-1 second', closes: '1 hour' });

      expect(await subject.ledger.hold(buyer(skuId))).toMatchObject({ outcome: 'held' });
    });

    it('S4.4 takes the unit of an accepted attempt when the sale is over', async () => {
      const skuId = await onSale({ soldBy: 'flash-sale', closes: '-1 second' });

      expect(await subject.ledger.hold(buyer(skuId, { way: 'flash-sale' }))).toMatchObject({
        outcome: 'held',
      });
    });

    it('S1.1 refuses more units than a buyer may have, also when there are fewer', async () => {
      const skuId = await onSale({ unitsPerBuyer: 2 });

      expect(await subject.ledger.hold(buyer(skuId, { quantity: 3 }))).toEqual({
        outcome: 'over_limit',
        sequence: 0,
      });
      expect(await subject.ledger.hold(buyer(skuId, { quantity: 2 }))).toMatchObject({
        outcome: 'held',
      });
      expect(await subject.ledger.hold(buyer(skuId, { quantity: 30 }))).toMatchObject({
        outcome: 'over_limit',
      });
    });

    it('answers a repeated call with its hold when the sale is over', async () => {
      const skuId = await onSale({});
      const request = buyer(skuId);
      const first = await subject.ledger.hold(request);
      await ruleSku(subject.pool, skuId, { closes: '-1 second' });

      expect(await subject.ledger.hold(request)).toEqual(first);
    });

    it('lets a hold be bought and given back when the sale is over or its SKU off sale', async () => {
      const skuId = await onSale({});
      const [first, second] = [buyer(skuId), buyer(skuId)];
      await subject.ledger.hold(first);
      await subject.ledger.hold(second);
      await ruleSku(subject.pool, skuId, { closes: '-1 second' });
      await subject.pool.query('UPDATE products SET is_active = false WHERE sku_id = $1', [skuId]);

      expect(await subject.ledger.confirm(checkout(first))).toMatchObject({ outcome: 'sold' });
      expect(await subject.ledger.release(second)).toMatchObject({ outcome: 'released' });
    });

    it.each([
      ['its end', { closes: '-1 hour' }, 'over'],
      ['its way of selling', { soldBy: 'campaign' }, 'sold_another_way'],
    ] as const)(
      'S1.1 takes no unit after %s has changed, for callers who waited',
      async (_, rules, outcome) => {
        const skuId = await onSale({});

        // Another transaction changes the rules, and keeps the row until all callers wait for it.
        const underWay = await transaction(subject.otherPool, async (admin) => {
          await ruleSku(admin, skuId, rules);
          const calls = Promise.all(times(8, () => subject.ledger.hold(buyer(skuId))));
          const untilTheyWait = async (): Promise<void> => {
            const { rowCount } = await admin.query(
              `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            );
            if (rowCount === 0) await untilTheyWait();
          };
          await untilTheyWait();
          return { calls };
        });

        expect(tally(await underWay.calls)).toEqual({ [outcome]: 8 });
        expect(await readStock(subject.pool, skuId)).toMatchObject({ available: 20 });
      },
    );
  });
}
