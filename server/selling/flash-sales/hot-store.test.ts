import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { describeWithRedis, startOwnRedis } from '../../../test/redis.ts';
import { startTestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { attempt, newSale, resultOf, statusOf, untilDecided } from './testing/sales.ts';

describeWithRedis('the hot store of a flash sale', (url) => {
  test('S4.6 keeps stock, users and results under their keys, and S4.5 reads the status from there', async () => {
    const server = await startTestServer({ env: { REDIS_URL: url() } });
    const redis = new Redis(url());
    const saleId = await newSale(server, 3);
    const buyer = await server.newBuyer();
    await attempt(server, buyer.token, saleId);
    await resultOf(server, buyer.token, saleId);

    expect(await redis.get(`flashsale:stock:{${saleId}}`)).toBe('2');
    expect(await redis.smembers(`flashsale:users:{${saleId}}`)).toEqual([buyer.userId]);
    expect(await redis.get(`flashsale:result:${buyer.userId}:{${saleId}}`)).toBe('true');
    await server.pool.query(
      `UPDATE purchase_attempts SET status = 'FAILED', order_id = NULL WHERE sale_id = $1`,
      [saleId],
    );
    expect(await statusOf(server, buyer.token, saleId)).toBe('SUCCESS');
    await redis.quit();
    await server.stop();
  });

  test('S4.5 never takes back a decision that was told while the hot store had lost it', async () => {
    const server = await startTestServer({ env: { REDIS_URL: url() } });
    const redis = new Redis(url());
    const saleId = await newSale(server, 2);
    const { token } = await server.newBuyer();
    await attempt(server, token, saleId);
    await untilDecided(server, saleId);
    await redis.flushdb();

    expect(await statusOf(server, token, saleId)).toBe('SUCCESS');
    // Another instance fills the hot store with what it read before the decision.
    await redis.set(`flashsale:stock:{${saleId}}`, '1');
    expect(await statusOf(server, token, saleId)).toBe('SUCCESS');
    await redis.quit();
    await server.stop();
  });

  test('S4.8 sells rightly after Redis has lost everything', async () => {
    const server = await startTestServer({ env: { REDIS_URL: url() } });
    const redis = new Redis(url());
    const saleId = await newSale(server, 2);
    const [first, second, third] = await server.newBuyers(3);
    await attempt(server, first!.token, saleId);
    await untilDecided(server, saleId);
    await redis.flushdb();

    expect(await statusOf(server, first!.token, saleId)).toBe('SUCCESS');
    expect((await attempt(server, first!.token, saleId)).body.code).toBe('ALREADY_ATTEMPTED');
    expect((await attempt(server, second!.token, saleId)).status).toBe(200);
    expect((await attempt(server, third!.token, saleId)).body.code).toBe('OUT_OF_STOCK');
    expect(await redis.get(`flashsale:result:${first!.userId}:{${saleId}}`)).toBe('true');
    await redis.quit();
    await server.stop();
  });

  test('S4.8 sells a unit that is missing from the counter in Redis', async () => {
    const server = await startTestServer({ env: { REDIS_URL: url() } });
    const redis = new Redis(url());
    const saleId = await newSale(server, 2);
    const [first, second] = await server.newBuyers(2);
    await attempt(server, first!.token, saleId);
    await redis.set(`flashsale:stock:{${saleId}}`, '0');
    expect((await attempt(server, second!.token, saleId)).status).toBe(200);
    await redis.quit();
    await server.stop();
  });

  test('S4.8 accepts and answers while Redis is away, and catches up when it is back', async () => {
    const redis = await startOwnRedis();
    const server = await startTestServer({ env: { REDIS_URL: redis.url } });
    const saleId = await newSale(server, 2);
    const [first, second] = await server.newBuyers(2);
    await attempt(server, first!.token, saleId);
    await untilDecided(server, saleId);
    await redis.kill();

    expect((await attempt(server, second!.token, saleId)).status).toBe(200);
    expect(await resultOf(server, second!.token, saleId)).toBe('SUCCESS');
    await redis.restart();
    expect(await statusOf(server, first!.token, saleId)).toBe('SUCCESS');
    expect(await statusOf(server, second!.token, saleId)).toBe('SUCCESS');
    await server.stop();
    await redis.stop();
  });

  test('S4.8 has results later that were decided while Redis was away', async () => {
    const redis = await startOwnRedis({ durable: true });
    const api = await startTestServer({ env: { REDIS_URL: redis.url, ROLES: 'api' } });
    const saleId = await newSale(api, 2);
    const { token } = await api.newBuyer();
    await attempt(api, token, saleId);
    expect(await statusOf(api, token, saleId)).toBe('PENDING');
    const worker = await startTestServer({
      env: { DATABASE_URL: api.config.databaseUrl, REDIS_URL: redis.url, ROLES: 'worker' },
    });
    await redis.kill();
    await untilDecided(api, saleId);
    await redis.restart();
    await until(async () => (await statusOf(api, token, saleId)) === 'SUCCESS');
    await worker.stop();
    await api.stop();
    await redis.stop();
  });

  test('S4.6 lets its keys expire, the stock key first', async () => {
    const server = await startTestServer({ env: { REDIS_URL: url() } });
    const redis = new Redis(url());
    const saleId = await newSale(server, 3);
    const { userId, token } = await server.newBuyer();
    await attempt(server, token, saleId);
    await resultOf(server, token, saleId);
    const ttls = await Promise.all(
      ['stock:', 'users:', `result:${userId}:`].map((key) =>
        redis.ttl(`flashsale:${key}{${saleId}}`),
      ),
    );
    expect(ttls[0]).toBeGreaterThan(0);
    expect(ttls[0]).toBeLessThan(Math.min(ttls[1]!, ttls[2]!));
    await redis.quit();
    await server.stop();
  });
});
