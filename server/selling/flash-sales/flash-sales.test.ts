import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { AcceptedAttempt, FlashSaleStatus } from '../../../src/protocol/flash-sales.ts';
import { describeWithRedis, startOwnRedis } from '../../../test/redis.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { transaction } from '../../platform/postgres.ts';
import { createStockLedger } from '../../stock/index.ts';
import { createHotStore } from './hot-store.ts';
import { createFlashSaleStore } from './store.ts';
import { createAttemptWorker } from './worker.ts';

const OPEN = { startTime: '2020-01-01T00:00:00Z', endTime: '2099-01-01T00:00:00Z' };

async function newSale(server: TestServer, stock: number, details: Record<string, string> = {}) {
  const skuId = await server.newProduct(stock);
  const { status } = await server.call('PUT', '/api/v1/admin/flash-sales', {
    token: server.adminToken,
    body: { sales: [{ saleId: skuId, skuId, ...OPEN, ...details }] },
  });
  expect(status).toBe(200);
  return skuId;
}

const attempt = (server: TestServer, token: string, saleId: string) =>
  server.call('POST', `/api/flash-sale/attempt/${saleId}`, { token });

const statusOf = async (server: TestServer, token: string, productId: string) =>
  (await server.call('GET', `/api/orders/status/${productId}`, { token })).body.status as string;

const untilDecided = (server: TestServer, saleId: string) =>
  until(async () => {
    const { rowCount } = await server.pool.query(
      `SELECT 1 FROM purchase_attempts WHERE sale_id = $1 AND status = 'PENDING'`,
      [saleId],
    );
    return rowCount === 0;
  });

const stockOf = async (server: TestServer, skuId: string) => {
  const { body } = await server.call('GET', `/api/v1/products/${skuId}/availability`);
  return { available: body.available, reserved: body.reserved, sold: body.sold };
};

/** What holds with Redis and without. */
function describeSale(env: () => Record<string, string>): void {
  let server: TestServer;
  let other: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: env() });
    other = await startTestServer({
      env: { ...env(), DATABASE_URL: server.config.databaseUrl, ROLES: 'api' },
    });
  });
  afterAll(async () => {
    await other?.stop();
    await server?.stop();
  });

  test('S4.3 accepts an attempt, and S4.4 makes an order of it', async () => {
    const buyer = await server.newBuyer();
    const saleId = await newSale(server, 5);

    const { status, body } = await attempt(server, buyer.token, saleId);

    expect(status).toBe(200);
    expect(AcceptedAttempt.parse(body)).toMatchObject({ saleId, productId: saleId });
    await untilDecided(server, saleId);
    expect(await statusOf(server, buyer.token, saleId)).toBe('SUCCESS');
    expect(await stockOf(server, saleId)).toEqual({ available: 4, reserved: 0, sold: 1 });
    const orders = await server.call('GET', '/api/v1/orders', { token: buyer.token });
    expect(orders.body.orders).toMatchObject([{ skuId: saleId, status: 'CONFIRMED' }]);
  });

  test('S4.3 sells 20 units to exactly 20 of 300 who attempt at two servers at once', async () => {
    const saleId = await newSale(server, 20);
    const buyers = await server.newBuyers(300);

    const answers = await Promise.all(
      buyers.map(({ token }, turn) => attempt(turn % 2 ? server : other, token, saleId)),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ body }) => body.code === 'OUT_OF_STOCK')).toHaveLength(280);
    await untilDecided(server, saleId);
    expect(await stockOf(server, saleId)).toEqual({ available: 0, reserved: 0, sold: 20 });
  });

  test('S4.3 lets a user attempt once, also twenty times at once', async () => {
    const saleId = await newSale(server, 5);
    const buyer = await server.newBuyer();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        attempt(turn % 2 ? server : other, buyer.token, saleId),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'ALREADY_ATTEMPTED')).toHaveLength(19);
  });

  test('S4.3 tells who has attempted so, also when all is sold', async () => {
    const saleId = await newSale(server, 1);
    const [winner, loser] = await server.newBuyers(2);
    await attempt(server, winner!.token, saleId);
    expect((await attempt(server, loser!.token, saleId)).body.code).toBe('OUT_OF_STOCK');
    expect((await attempt(server, winner!.token, saleId)).body.code).toBe('ALREADY_ATTEMPTED');
  });

  test('S4.4 fails attempts for units that were sold in another way, and takes others for none', async () => {
    const saleId = await newSale(server, 2);
    const [holder, first, second] = await server.newBuyers(3);
    await server.call('POST', '/api/v1/reservations', {
      token: holder!.token,
      body: { skuId: saleId, quantity: 1 },
    });
    await attempt(server, first!.token, saleId);
    await untilDecided(server, saleId);
    await attempt(server, second!.token, saleId);
    await untilDecided(server, saleId);
    expect(await statusOf(server, first!.token, saleId)).toBe('SUCCESS');
    expect(await statusOf(server, second!.token, saleId)).toBe('FAILED');
    expect(await stockOf(server, saleId)).toEqual({ available: 0, reserved: 1, sold: 1 });
  });

  test('S4.5 says PENDING to who has not attempted', async () => {
    const buyer = await server.newBuyer();
    expect(await statusOf(server, buyer.token, await newSale(server, 1))).toBe('PENDING');
  });

  test.each([
    ['has not started', { startTime: '2098-01-01T00:00:00Z' }, 'SALE_NOT_STARTED'],
    ['has ended', { endTime: '2020-01-02T00:00:00Z' }, 'SALE_ENDED'],
  ] as const)('S4.3 refuses attempts at a sale that %s', async (_, details, code) => {
    const buyer = await server.newBuyer();
    const { status, body } = await attempt(server, buyer.token, await newSale(server, 1, details));
    expect([status, body.code]).toEqual([409, code]);
  });

  test('S4.3 knows no sale that does not exist', async () => {
    const buyer = await server.newBuyer();
    expect((await attempt(server, buyer.token, 'nothing')).status).toBe(404);
    expect((await attempt(server, buyer.token, '%20')).status).toBe(404);
  });
}

describe('a flash sale without Redis', () => describeSale(() => ({})));

describe('S4.2 the status', () => {
  test('S4.2 is that of the sale that is on, else of the most recent', async () => {
    const server = await startTestServer();
    const { token } = await server.newBuyer();
    const read = () => server.call('GET', '/api/flash-sale/status', { token });
    expect((await read()).status).toBe(404);

    const ended = await newSale(server, 1, { endTime: '2020-01-02T00:00:00Z' });
    expect((await read()).body).toMatchObject({ id: ended, status: 'ENDED' });
    const active = await newSale(server, 1, { productDescription: 'Bright' });
    await newSale(server, 1, { startTime: '2098-01-01T00:00:00Z' });
    expect(FlashSaleStatus.parse((await read()).body)).toMatchObject({
      id: active,
      status: 'ACTIVE',
      productId: active,
      productName: 'Shoe',
      productDescription: 'Bright',
      startTime: '2020-01-01T00:00:00.000Z',
    });
    await server.stop();
  });
});

describe('S4.7 the tables of sales', () => {
  test('S4.7 refuse sales of products and attempts at sales that do not exist', async () => {
    const server = await startTestServer();
    const { status, body } = await server.call('PUT', '/api/v1/admin/flash-sales', {
      token: server.adminToken,
      body: { sales: [{ saleId: 's', skuId: 'nothing', ...OPEN }] },
    });
    expect([status, body.code]).toEqual([404, 'UNKNOWN_SKU']);
    const { userId } = await server.newBuyer();
    const write = (saleId: string) =>
      server.pool.query(
        'INSERT INTO purchase_attempts (attempt_id, sale_id, user_id, order_id) VALUES ($1, $2, $3, $4)',
        [newId(), saleId, userId, newId()],
      );
    await expect(write('nothing')).rejects.toThrow(/purchase_attempts_sale_id_fkey/);
    const saleId = await newSale(server, 1);
    await write(saleId);
    await expect(write(saleId)).rejects.toThrow(/purchase_attempts_sale_id_user_id_key/);
    await server.stop();
  });
});

describe('S4.4 the worker', () => {
  test('S4.4 comes to the same end wherever the one before it died', async () => {
    const server = await startTestServer({ env: { ROLES: 'api' } });
    const { pool } = server;
    const ledger = createStockLedger({ pool, strategy: 'batched', holdTtlMs: 60_000 });
    const store = createFlashSaleStore(pool);
    const hotStore = createHotStore({ redis: undefined, read: store.readForHotStore });
    const worker = createAttemptWorker({ pool, ledger, store, hotStore, newId });
    const saleId = await newSale(server, 10);

    for (const diedAfter of ['nothing', 'hold', 'confirm', 'everything'] as const) {
      const { userId, token } = await server.newBuyer();
      await attempt(server, token, saleId);
      const { rows } = await pool.query(`DELETE FROM outbox WHERE key = $1 RETURNING *`, [userId]);
      const { payload } = rows[0];
      const event = {
        ...{ eventId: String(rows[0].id), topic: rows[0].topic, key: rows[0].key },
        ...{ type: rows[0].type, payload, occurredAt: rows[0].created_at },
      };
      const holdId = newId();
      const hold = { holdId, userId, skuId: saleId, quantity: 1 };
      if (diedAfter !== 'nothing') await ledger.hold(hold);
      if (diedAfter === 'confirm') {
        const { orderId } = payload;
        await ledger.confirm({ ...hold, orderId, paymentMethod: 'none', transactionId: orderId });
      }
      const handle = () => transaction(pool, (tx) => worker.handle([event], tx));
      if (diedAfter === 'everything') await handle();
      await handle();

      expect(await statusOf(server, token, saleId)).toBe('SUCCESS');
      const orders = await pool.query('SELECT order_id FROM orders WHERE user_id = $1', [userId]);
      expect(orders.rows).toEqual([{ order_id: payload.orderId }]);
    }
    expect(await stockOf(server, saleId)).toEqual({ available: 6, reserved: 0, sold: 4 });
    await server.stop();
  });
});

describeWithRedis('a flash sale with Redis', (url) => {
  describeSale(() => ({ REDIS_URL: url() }));

  test('S4.6 keeps stock, users and results under their keys, and S4.5 answers from there', async () => {
    const server = await startTestServer({ env: { REDIS_URL: url() } });
    const redis = new Redis(url());
    const saleId = await newSale(server, 3);
    const buyer = await server.newBuyer();
    await attempt(server, buyer.token, saleId);
    await untilDecided(server, saleId);
    await until(async () => (await statusOf(server, buyer.token, saleId)) === 'SUCCESS');

    expect(await redis.get(`flashsale:stock:{${saleId}}`)).toBe('2');
    expect(await redis.smembers(`flashsale:users:{${saleId}}`)).toEqual([buyer.userId]);
    expect(await redis.get(`flashsale:result:${buyer.userId}:{${saleId}}`)).toBe('true');
    await server.pool.query(`UPDATE purchase_attempts SET status = 'FAILED' WHERE sale_id = $1`, [
      saleId,
    ]);
    expect(await statusOf(server, buyer.token, saleId)).toBe('SUCCESS');
    await redis.quit();
    await server.stop();
  });

  test('S4.8 goes on rightly after Redis has forgotten everything', async () => {
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

  test('S4.8 finds a unit again that Redis has lost', async () => {
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
    await untilDecided(server, saleId);
    expect(await statusOf(server, second!.token, saleId)).toBe('SUCCESS');
    await redis.restart();
    expect(await statusOf(server, first!.token, saleId)).toBe('SUCCESS');
    expect(await statusOf(server, second!.token, saleId)).toBe('SUCCESS');
    await server.stop();
    await redis.stop();
  });
});
