import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/kernel/clock.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { describeWithRedis, startOwnRedis } from '../../../test/redis.ts';
import { until } from '../../../test/until.ts';
import { connectRedis, type Redis } from '../../platform/redis.ts';
import type { StockLedger } from '../ledger.ts';
import { auditLedger } from '../testing/audit.ts';
import { again, buyer, checkout, readStock, stockSku, tally, times } from '../testing/fixtures.ts';
import {
  describeAdmission,
  type Instance,
  knowSoldOut,
  openInstance,
} from './admission.contract.ts';
import { createAdmission } from './index.ts';

const connections: Redis[] = [];
async function connect(url: string): Promise<Redis> {
  const redis = await connectRedis({ url });
  connections.push(redis);
  return redis;
}
afterAll(() => Promise.all(connections.map((redis) => redis.close())));

describeWithRedis('with Redis', (url) => {
  describeAdmission('redis', async (deps) =>
    createAdmission({ ...deps, name: 'redis', redis: await connect(url()), observe: () => {} }),
  );
});

describeWithRedis('admission redis', (sharedUrl) => {
  let database: TestDatabase;
  let pool: Pool;
  let redis: Redis;
  /** The number of each answer of Redis. */
  let words: Record<string, number>;
  let here: Instance;
  let there: Instance;

  beforeAll(async () => {
    database = await openTestDatabase(8);
    ({ pool } = database);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    words = {};
    redis = await connect(sharedUrl());
    here = await open(sharedUrl());
    there = await open(sharedUrl());
  });
  afterEach(async () => {
    expect(await auditLedger(pool)).toEqual([]);
  });

  async function open(url: string, ledger?: StockLedger): Promise<Instance> {
    const admission = createAdmission({
      name: 'redis',
      pool,
      redis: await connect(url),
      clock: systemClock,
      observe: (filter, outcome) => {
        if (filter === 'redis') words[outcome] = (words[outcome] ?? 0) + 1;
      },
    });
    return openInstance(pool, admission, ledger);
  }

  const counterOf = async (skuId: string) => (await here.admission.readCounters?.([skuId]))?.[0];
  const untilCounter = (skuId: string, units: number | null) =>
    until(async () => (await counterOf(skuId)) === units);

  /** A SKU with a counter, as after its first buyer. */
  async function countedSku(units: number): Promise<string> {
    const skuId = await stockSku(pool, units);
    here.admission.unitsCameBack(skuId);
    await untilCounter(skuId, units);
    return skuId;
  }

  it('S1.7 builds the counter from the ledger, not from the total, and keeps it for five minutes', async () => {
    const skuId = await stockSku(pool, 10);
    const elsewhere = openInstance(
      pool,
      createAdmission({
        name: 'none',
        pool,
        clock: systemClock,
        observe: () => {},
      }),
    );
    const [bought, held] = [buyer(skuId, { quantity: 2 }), buyer(skuId)];
    await elsewhere.ledger.hold(bought);
    await elsewhere.ledger.confirm(checkout(bought));
    await elsewhere.ledger.hold(held);

    await here.ledger.hold(buyer(skuId));

    await untilCounter(skuId, 6);
    expect(words).toEqual({ uncounted: 1 });
    expect(await redis.client.ttl(`stock:{${skuId}}`)).toBeGreaterThan(290);
  });

  it('S1.5 counts a reservation down and a released one up again', async () => {
    const skuId = await countedSku(5);
    const request = buyer(skuId, { quantity: 2 });

    await here.ledger.hold(request);
    expect(await counterOf(skuId)).toBe(3);
    await there.ledger.release(request);

    await untilCounter(skuId, 5);
  });

  it('S1.5 gives the units of a buyer back at once whom the ledger refused', async () => {
    const skuId = await countedSku(5);
    const request = buyer(skuId, { quantity: 3 });
    await redis.client.set(`stock:{${skuId}}`, 50, 'EX', 300);

    await here.ledger.hold(buyer(skuId, { quantity: 4 }));
    await here.ledger.hold(request);

    await untilCounter(skuId, 46);
    expect(await redis.client.zcard(`admitted:{${skuId}}`)).toBe(0);
  });

  it('S1.7 remembers a reservation for three minutes and a purchase for a day', async () => {
    const skuId = await countedSku(5);
    const [kept, cancelled] = [buyer(skuId), buyer(skuId)];
    const reservationOf = ({ userId }: { userId: string }) => `reservation:${userId}:{${skuId}}`;

    for (const request of [kept, cancelled]) {
      await here.ledger.hold(request);
      await until(async () => (await redis.client.get(reservationOf(request))) === request.holdId);
    }
    expect(await redis.client.ttl(reservationOf(kept))).toBeGreaterThan(170);

    await here.ledger.release(cancelled);
    const order = checkout(kept);
    await here.ledger.confirm(order);

    await until(
      async () => (await redis.client.exists(reservationOf(cancelled), reservationOf(kept))) === 0,
    );
    const userLimit = `user_limit:${kept.userId}:{${skuId}}`;
    await until(async () => (await redis.client.get(userLimit)) === '1');
    expect(await redis.client.ttl(userLimit)).toBeGreaterThan(86_000);

    await here.ledger.cancelOrder({ ...kept, orderId: order.orderId });
    await until(async () => (await redis.client.exists(userLimit)) === 0);
    await untilCounter(skuId, 5);
  });

  it('S1.1 takes nothing off the counter for a buyer who has a unit, on either instance', async () => {
    const skuId = await countedSku(5);
    const request = buyer(skuId);
    await here.ledger.hold(request);
    await until(async () => (await redis.client.zcard(`admitted:{${skuId}}`)) === 0);

    expect(await there.ledger.hold(again(request))).toMatchObject({ outcome: 'already_reserved' });
    expect(await there.ledger.hold(request)).toMatchObject({ outcome: 'held', sequence: 1 });

    expect(words).toEqual({ taken: 1, known: 2 });
    await untilCounter(skuId, 4);
  });

  it('S1.1 refuses duplicates in the right order when Redis has lost everything', async () => {
    const skuId = await countedSku(1);
    const [holder, buyerToBe] = [buyer(skuId), buyer(skuId)];
    await here.ledger.hold(holder);
    await knowSoldOut(there, skuId);

    await redis.client.flushdb();

    expect(await there.ledger.hold(again(holder))).toMatchObject({ outcome: 'already_reserved' });
    expect((await there.ledger.hold(buyerToBe)).outcome).toBe('out_of_stock');
  });

  it('S1.13 sells every unit while Redis is emptied again and again', async () => {
    const skuId = await countedSku(200);
    let flushes = 0;

    const decided = await Promise.all(
      times(60, async (shopper) => {
        const outcomes = [];
        for (const round of times(10, (place) => place)) {
          if (shopper === 0 && round % 2 === 0) {
            await redis.client.flushdb();
            flushes += 1;
          }
          outcomes.push(await (shopper % 2 ? here : there).ledger.hold(buyer(skuId)));
        }
        return outcomes;
      }),
    );

    expect(flushes).toBe(5);
    expect(tally(decided.flat())).toEqual({ held: 200, out_of_stock: 400 });
    expect(await readStock(pool, skuId)).toEqual({ available: 0, reserved: 200, sold: 0 });
  });

  it('rebuilds a counter that is too low while the ledger has stock, and refuses nobody by it', async () => {
    const skuId = await countedSku(5);
    await redis.client.set(`stock:{${skuId}}`, 0, 'EX', 300);

    expect(await here.ledger.hold(buyer(skuId))).toMatchObject({ outcome: 'held' });

    expect(words).toEqual({ short: 1 });
    await untilCounter(skuId, 4);
  });

  it('lets the ledger decide while admitted buyers are on their way to it', async () => {
    const skuId = await countedSku(1);
    let letGo: (outcome: { outcome: 'contention_lost' }) => void = () => {};
    const slow = await open(sharedUrl(), {
      hold: () => new Promise((resolve) => (letGo = resolve)),
    } as unknown as StockLedger);
    const lost = slow.ledger.hold(buyer(skuId));
    await untilCounter(skuId, 0);

    expect(await here.ledger.hold(buyer(skuId))).toMatchObject({ outcome: 'held' });
    letGo({ outcome: 'contention_lost' });
    await lost;

    await here.admission.reconcile();
    await untilCounter(skuId, 0);
  });

  it('S1.13 drops the admissions of a server that died before the ledger decided', async () => {
    const skuId = await countedSku(5);
    const key = `admitted:{${skuId}}`;
    const dying = await open(sharedUrl(), {
      hold: () => new Promise(() => {}),
    } as unknown as StockLedger);
    for (const quantity of [2, 1]) void dying.ledger.hold(buyer(skuId, { quantity }));
    await untilCounter(skuId, 2);

    await here.admission.reconcile();
    expect(await counterOf(skuId)).toBe(2);

    // The admission is older than any decision of the ledger takes.
    for (const admission of await redis.client.zrange(key, 0, '-1')) {
      await redis.client.zincrby(key, '-2001', admission);
    }
    await here.admission.reconcile();
    expect([await counterOf(skuId), await redis.client.zcard(key)]).toEqual([5, 0]);
  });

  it('makes the counter agree with the ledger once nothing changes', async () => {
    const skuId = await countedSku(30);
    await Promise.all(
      times(60, async (shopper) => {
        const { ledger } = shopper % 2 ? here : there;
        const request = buyer(skuId, { quantity: (shopper % 3) + 1 });
        if ((await ledger.hold(request)).outcome !== 'held') return;
        if (shopper % 4 === 0) await ledger.release(request);
        else if (shopper % 4 === 1) await ledger.confirm(checkout(request));
      }),
    );

    await until(async () => {
      await there.admission.reconcile();
      return (await counterOf(skuId)) === (await readStock(pool, skuId)).available;
    });
  });

  describe('and a Redis that dies', () => {
    let own: Awaited<ReturnType<typeof startOwnRedis>>;
    beforeEach(async () => {
      own = await startOwnRedis();
      redis = await connect(own.url);
      here = await open(own.url);
      there = await open(own.url);
    });
    afterEach(() => own.stop());

    it('S1.13 sells on without it, and rebuilds the counter when it is back', async () => {
      const skuId = await countedSku(60);
      const sell = (count: number) =>
        Promise.all(times(count, (place) => (place % 2 ? here : there).ledger.hold(buyer(skuId))));

      const before = await sell(20);
      const during = sell(20);
      await own.kill();
      const without = await sell(10);
      await own.restart();
      await until(async () => (await counterOf(skuId).catch(() => null)) === 10);
      const after = await sell(30);

      expect(tally([...before, ...(await during), ...without, ...after])).toEqual({
        held: 60,
        out_of_stock: 20,
      });
      expect(words.away).toBeGreaterThan(0);
    });

    it('S1.13 goes on without asking it while it hangs', async () => {
      const skuId = await countedSku(1000);
      process.kill(own.pid() as number, 'SIGSTOP');
      try {
        for (const _ of times(4, () => 0)) {
          expect(await here.ledger.hold(buyer(skuId))).toMatchObject({ outcome: 'held' });
        }
        // Two calls waited for an answer; then the breaker opened.
        expect(words).toEqual({ away: 4 });
      } finally {
        process.kill(own.pid() as number, 'SIGCONT');
      }
    });
  });
});
