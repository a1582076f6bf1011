import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../../src/kernel/clock.ts';
import { newId } from '../../../src/kernel/ids.ts';
import { REFUSAL_LAG_MS } from '../../../src/protocol/reservations.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { until } from '../../../test/until.ts';
import { createPool } from '../../platform/postgres.ts';
import { createStockLedger } from '../index.ts';
import type { HoldRequest, StockLedger } from '../ledger.ts';
import { auditLedger } from '../testing/audit.ts';
import {
  again,
  buyer,
  checkout,
  lapse,
  readStock,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import type { Admission } from './admission.ts';
import {
  createAdmittedBaskets,
  createAdmittedLedger,
  observeForAdmission,
} from './admitted-ledger.ts';

export type MakeAdmission = (options: {
  pool: Pool;
  clock: Clock;
}) => Admission | Promise<Admission>;

/** A server instance: a filter before a ledger, with the number of calls of the ledger. */
export interface Instance {
  ledger: StockLedger;
  admission: Admission;
  asked(): number;
}

export function openInstance(pool: Pool, admission: Admission, ledger?: StockLedger): Instance {
  let asked = 0;
  const strategy =
    ledger ??
    createStockLedger({
      pool,
      strategy: 'batched',
      holdTtlMs: 120_000,
      observer: observeForAdmission(admission, { moved() {}, batched() {} }),
    });
  const counted: StockLedger = {
    ...strategy,
    hold(request) {
      asked += 1;
      return strategy.hold(request);
    },
  };
  return {
    ledger: createAdmittedLedger({ ledger: counted, admission }),
    admission,
    asked: () => asked,
  };
}

/** Sends new buyers until the filter of the instance refuses one. */
export async function knowSoldOut(instance: Instance, skuId: string): Promise<void> {
  await until(async () => {
    const asked = instance.asked();
    const { outcome } = await instance.ledger.hold(buyer(skuId));
    expect(outcome).toBe('out_of_stock');
    return instance.asked() === asked;
  });
}

/** A clock that moves only when the test moves it. */
function createTestClock() {
  let nowNs = 1e9;
  return {
    nowMs: () => nowNs / 1e6,
    monotonicNs: () => nowNs,
    advance(ms: number) {
      nowNs += ms * 1e6;
    },
  };
}

/** Tests the promises of every filter, before the real ledger, with two server instances. */
export function describeAdmission(name: string, makeAdmission: MakeAdmission): void {
  describe(`admission ${name}`, () => {
    let database: TestDatabase;
    let pool: Pool;
    let clock: ReturnType<typeof createTestClock>;
    let here: Instance;
    let there: Instance;

    beforeAll(async () => {
      database = await openTestDatabase(8);
      ({ pool } = database);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      clock = createTestClock();
      here = openInstance(pool, await makeAdmission({ pool, clock }));
      there = openInstance(pool, await makeAdmission({ pool, clock }));
    });
    afterEach(async () => {
      expect(await auditLedger(pool)).toEqual([]);
    });

    /** A SKU whose only unit was taken at the first instance, which both filters know. */
    async function soldOutSku(): Promise<{ skuId: string; holder: HoldRequest }> {
      const skuId = await stockSku(pool, 1);
      const holder = buyer(skuId);
      expect(await here.ledger.hold(holder)).toMatchObject({ outcome: 'held', sequence: 1 });
      await knowSoldOut(here, skuId);
      await knowSoldOut(there, skuId);
      return { skuId, holder };
    }

    it('S1.1 refuses buyers without the ledger, and without a sequence, once nothing is left', async () => {
      const { skuId } = await soldOutSku();
      const asked = here.asked();

      const decided = await Promise.all(times(100, () => here.ledger.hold(buyer(skuId))));

      expect(decided).toEqual(times(100, () => ({ outcome: 'out_of_stock' })));
      expect(here.asked()).toBe(asked);
    });

    it('S1.1 refuses a basket without the ledger while a line of it is sold out, unless its buyer has that', async () => {
      const { skuId, holder } = await soldOutSku();
      const other = await stockSku(pool, 5);
      const ledger = createStockLedger({ pool, strategy: 'batched', holdTtlMs: 120_000 });
      const holdBasket = vi.spyOn(ledger, 'holdBasket');
      const baskets = createAdmittedBaskets({ baskets: ledger, admission: here.admission });
      const hold = (userId: string, skuIds: string[]) => {
        const lines = skuIds.map((sku) => ({ holdId: newId(), skuId: sku, quantity: 1 }));
        return baskets.holdBasket({ basketId: newId(), userId, lines });
      };

      expect(await hold(newId(), [other, skuId])).toEqual([
        { outcome: 'not_alone' },
        { outcome: 'out_of_stock' },
      ]);
      expect(holdBasket).not.toHaveBeenCalled();
      expect(await hold(holder.userId, [other, skuId])).toMatchObject([
        { outcome: 'not_alone' },
        { outcome: 'already_reserved' },
      ]);
      expect(await hold(newId(), [other])).toMatchObject([{ outcome: 'held' }]);
    });

    it('S1.1 finds out by a basket that a line of it is sold out', async () => {
      const [skuId, other] = [await stockSku(pool, 0), await stockSku(pool, 5)];
      const ledger = createStockLedger({ pool, strategy: 'batched', holdTtlMs: 120_000 });
      const holdBasket = vi.spyOn(ledger, 'holdBasket');
      const baskets = createAdmittedBaskets({ baskets: ledger, admission: here.admission });
      await until(async () => {
        const { length } = holdBasket.mock.calls;
        const lines = [other, skuId].map((sku) => ({ holdId: newId(), skuId: sku, quantity: 1 }));
        await baskets.holdBasket({ basketId: newId(), userId: newId(), lines });
        return holdBasket.mock.calls.length === length;
      });
    });

    it('S1.1 keeps in mind nobody whom a rule of the sale refused', async () => {
      const skuId = await stockSku(pool, 1);
      await here.ledger.hold(buyer(skuId, { quantity: 2 }));
      const aside = buyer(skuId, { way: 'campaign' });
      expect(await here.ledger.hold(aside)).toMatchObject({ outcome: 'sold_another_way' });
      await here.ledger.hold(buyer(skuId));
      await knowSoldOut(here, skuId);
      const asked = here.asked();

      expect(await here.ledger.hold(again(aside))).toEqual({ outcome: 'out_of_stock' });
      expect(here.asked()).toBe(asked);
    });

    it('S1.1 admits a buyer who holds or owns a unit, on either instance', async () => {
      const { skuId, holder } = await soldOutSku();

      for (const { ledger } of [here, there]) {
        expect(await ledger.hold(again(holder))).toMatchObject({ outcome: 'already_reserved' });
        expect(await ledger.hold(holder)).toMatchObject({ outcome: 'held', sequence: 1 });
      }
      await here.ledger.confirm(checkout(holder));
      for (const { ledger } of [here, there]) {
        expect(await ledger.hold(again(holder))).toMatchObject({ outcome: 'already_purchased' });
        expect(await ledger.hold(buyer(skuId))).toEqual({ outcome: 'out_of_stock' });
      }
    });

    it('S1.1 knows the buyers of an instance that started before it', async () => {
      const { skuId, holder } = await soldOutSku();
      const restarted = openInstance(pool, await makeAdmission({ pool, clock }));
      await knowSoldOut(restarted, skuId);

      expect(await restarted.ledger.hold(again(holder))).toMatchObject({
        outcome: 'already_reserved',
      });
    });

    it('S1.5 sells a unit that was released here at once', async () => {
      const { skuId, holder } = await soldOutSku();

      await here.ledger.release(holder);

      expect(await here.ledger.hold(buyer(skuId))).toMatchObject({ outcome: 'held' });
    });

    it('S1.5 sells a unit whose hold was swept here at once', async () => {
      const { skuId, holder } = await soldOutSku();
      await lapse(pool, [holder]);

      expect(await here.ledger.expireLapsed(10)).toBe(1);

      expect(await here.ledger.hold(buyer(skuId))).toMatchObject({ outcome: 'held' });
    });

    it('S1.5 sells a unit released elsewhere as soon as it has read the ledger again', async () => {
      const { skuId, holder } = await soldOutSku();
      await there.ledger.release(holder);

      clock.advance(REFUSAL_LAG_MS / 2);
      await until(async () => (await here.ledger.hold(buyer(skuId))).outcome === 'held');
    });

    it('refuses nobody by a read that is older than REFUSAL_LAG_MS', async () => {
      const { skuId, holder } = await soldOutSku();
      await there.ledger.release(holder);

      clock.advance(REFUSAL_LAG_MS + 1);

      expect(await here.ledger.hold(buyer(skuId))).toMatchObject({ outcome: 'held' });
    });

    it('refuses only requests for more units than there are', async () => {
      const skuId = await stockSku(pool, 2);
      await until(async () => {
        const asked = here.asked();
        await here.ledger.hold(buyer(skuId, { quantity: 3 }));
        return here.asked() === asked;
      });

      expect(await here.ledger.hold(buyer(skuId, { quantity: 2 }))).toMatchObject({
        outcome: 'held',
      });
    });

    it('S1.10 sells every unit to a crowd in front of two instances, and none twice', async () => {
      const skuId = await stockSku(pool, 50);

      const decided = await Promise.all(
        times(600, (place) => (place % 2 ? here : there).ledger.hold(buyer(skuId))),
      );

      expect(tally(decided)).toEqual({ held: 50, out_of_stock: 550 });
      expect(await readStock(pool, skuId)).toEqual({ available: 0, reserved: 50, sold: 0 });
    });

    it('S1.10 leaves no unit unsold when holds are released and lapse all the time', async () => {
      const skuId = await stockSku(pool, 20);
      let sold = 0;

      // All buyers come again until nothing is left to buy; every third hold is released, every fourth lapses.
      await Promise.all(
        times(40, async (shopper) => {
          const { ledger } = shopper % 2 ? here : there;
          for (let round = shopper; sold < 20; round += 1) {
            const request = buyer(skuId);
            const { outcome } = await ledger.hold(request);
            clock.advance(1);
            if (outcome === 'out_of_stock') continue;
            expect(outcome).toBe('held');
            if (round % 3 === 0) await ledger.release(request);
            else if (round % 4 === 0) {
              await lapse(pool, [request]);
              await there.ledger.expireLapsed(10);
            } else {
              await ledger.confirm(checkout(request));
              sold += 1;
            }
          }
        }),
      );

      expect(await readStock(pool, skuId)).toEqual({ available: 0, reserved: 0, sold: 20 });
    });

    it('S1.13 refuses nobody while the ledger cannot be read', async () => {
      const { skuId } = await soldOutSku();
      const gone = createPool({ connectionString: 'postgres://nobody@127.0.0.1:1/none', max: 1 });
      const blind = openInstance(
        pool,
        await makeAdmission({ pool: gone, clock }),
        createStockLedger({ pool, strategy: 'batched', holdTtlMs: 120_000 }),
      );

      for (const _ of times(5, () => 0)) {
        expect(await blind.ledger.hold(buyer(skuId))).toMatchObject({ sequence: 1 });
      }
      await gone.end();
    });
  });
}
