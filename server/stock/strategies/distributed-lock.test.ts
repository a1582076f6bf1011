import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { describeWithRedis, startOwnRedis } from '../../../test/redis.ts';
import { connectRedis, type Redis } from '../../platform/redis.ts';
import { describeLedger } from '../contract/ledger.contract.ts';
import { createStockLedger } from '../index.ts';
import { auditLedger } from '../testing/audit.ts';
import { buyer, stockSku, tally, times } from '../testing/fixtures.ts';

describeWithRedis('S0.3 with locks in Redis', (url) => {
  const connections: Redis[] = [];
  const connect = async (redisUrl = url()): Promise<Redis> => {
    const redis = await connectRedis({ url: redisUrl });
    connections.push(redis);
    return redis;
  };
  afterAll(() => Promise.all(connections.map((redis) => redis.close())));

  describeLedger('distributed-lock', async (options) =>
    createStockLedger({ ...options, redis: await connect(), strategy: 'distributed-lock' }),
  );

  describe('when the lock does not protect', () => {
    let database: TestDatabase;
    let pool: Pool;
    beforeAll(async () => {
      database = await openTestDatabase(16);
      ({ pool } = database);
    });
    afterAll(() => database.close());

    /** Sells 20 units to 120 buyers at three servers during a fault. */
    async function sell(redisUrl: string, trouble: (redis: Redis) => Promise<unknown>) {
      const skuId = await stockSku(pool, 20);
      const ledgers = await Promise.all(
        times(3, async () =>
          createStockLedger({
            pool,
            redis: await connect(redisUrl),
            strategy: 'distributed-lock',
            holdTtlMs: 120_000,
          }),
        ),
      );
      let isSelling = true;
      const troubled = connect(redisUrl).then(async (redis) => {
        while (isSelling) await trouble(redis);
      });
      const decided = await Promise.all(
        times(
          120,
          (place) => ledgers[place % 3]?.hold(buyer(skuId)) as Promise<{ outcome: string }>,
        ),
      );
      isSelling = false;
      await troubled;
      expect(await auditLedger(pool)).toEqual([]);
      return tally(decided);
    }

    it('S0.3 sells each unit once when every lock lapses while its holder is in the section', async () => {
      const lapse = (redis: Redis) => redis.client.flushdb();
      expect(await sell(url(), lapse)).toEqual({ held: 20, out_of_stock: 100 });
    });

    it('S0.3 sells each unit once when Redis is killed during the sale and comes back empty', async () => {
      const redis = await startOwnRedis();
      let isKilled = false;
      const killOnce = async () => {
        if (isKilled) return new Promise((resolve) => setTimeout(resolve, 10));
        isKilled = true;
        await redis.kill();
        return redis.restart();
      };
      expect(await sell(redis.url, killOnce)).toEqual({ held: 20, out_of_stock: 100 });
      await redis.stop();
    });
  });
});
