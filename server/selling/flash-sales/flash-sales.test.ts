import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { AcceptedAttempt, FlashSaleStatus } from '../../../src/protocol/flash-sales.ts';
import { LedgerAttempt } from '../../../src/protocol/ledger.ts';
import { describeWithRedis, startOwnRedis } from '../../../test/redis.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { transaction } from '../../platform/postgres.ts';
import { createStockLedger } from '../../stock/index.ts';
import { createAttemptPurchase } from './attempt.ts';
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

const attempt = (
  server: TestServer,
  token: string,
  saleId: string,
  headers: Record<string, string> = {},
) => server.call('POST', `/api/flash-sale/attempt/${saleId}`, { token, headers });

const reserve = (server: TestServer, token: string, skuId: string, quantity = 1) =>
  server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity } });

const checkOut = (server: TestServer, token: string, reservationId: string) =>
  server.call('POST', '/api/v1/orders/checkout', {
    token,
    body: { reservationId, paymentMethod: 'card', transactionId: `pay-${reservationId}` },
  });

const ordersOf = async (server: TestServer, token: string) =>
  (await server.call('GET', '/api/v1/orders', { token })).body.orders;

const statusOf = async (server: TestServer, token: string, productId: string) =>
  (await server.call('GET', `/api/orders/status/${productId}`, { token })).body.status as string;

/** What the user is told once it is decided. */
async function resultOf(server: TestServer, token: string, productId: string): Promise<string> {
  await until(async () => (await statusOf(server, token, productId)) !== 'PENDING');
  return statusOf(server, token, productId);
}

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
    expect(await resultOf(server, buyer.token, saleId)).toBe('SUCCESS');
    expect(await stockOf(server, saleId)).toEqual({ available: 4, reserved: 0, sold: 1 });
    expect(await ordersOf(server, buyer.token)).toMatchObject([
      { orderId: body.attemptId, skuId: saleId, quantity: 1, status: 'CONFIRMED' },
    ]);
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

  test('S4.3 accepts no more than other ways of selling have left', async () => {
    const saleId = await newSale(server, 2);
    const [holder, first, second] = await server.newBuyers(3);
    await reserve(server, holder!.token, saleId);

    expect((await attempt(server, first!.token, saleId)).status).toBe(200);
    expect((await attempt(server, second!.token, saleId)).body.code).toBe('OUT_OF_STOCK');
    expect(await resultOf(server, first!.token, saleId)).toBe('SUCCESS');
    expect(await stockOf(server, saleId)).toEqual({ available: 0, reserved: 1, sold: 1 });
  });

  test('S4.3 sells a unit again whose order was cancelled', async () => {
    const saleId = await newSale(server, 1);
    const [first, second] = await server.newBuyers(2);
    await attempt(server, first!.token, saleId);
    await untilDecided(server, saleId);
    expect((await attempt(server, second!.token, saleId)).body.code).toBe('OUT_OF_STOCK');
    const [order] = await ordersOf(server, first!.token);
    await server.call('POST', `/api/v1/orders/${order.orderId}/cancel`, { token: first!.token });

    await until(async () => (await attempt(server, second!.token, saleId)).status === 200);
    expect(await resultOf(server, second!.token, saleId)).toBe('SUCCESS');
    expect(await stockOf(server, saleId)).toEqual({ available: 0, reserved: 0, sold: 1 });
  });

  test('S4.3 is no second way for who has reserved or bought the product', async () => {
    const saleId = await newSale(server, 5);
    const { token } = await server.newBuyer();
    const { body } = await reserve(server, token, saleId);
    expect((await attempt(server, token, saleId)).body.code).toBe('ALREADY_RESERVED');
    await checkOut(server, token, body.reservationId);
    expect((await attempt(server, token, saleId)).body.code).toBe('ALREADY_PURCHASED');
    expect(await stockOf(server, saleId)).toEqual({ available: 4, reserved: 0, sold: 1 });
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
        `INSERT INTO purchase_attempts (attempt_id, sale_id, user_id, hold_id, created_at)
         VALUES ($1, $2, $3, $1, now())`,
        [newId(), saleId, userId],
      );
    await expect(write('nothing')).rejects.toThrow(/purchase_attempts_sale_id_fkey/);
    const saleId = await newSale(server, 1);
    await write(saleId);
    await expect(write(saleId)).rejects.toThrow(/purchase_attempts_sale_id_user_id_key/);
    const second = await server.call('PUT', '/api/v1/admin/flash-sales', {
      token: server.adminToken,
      body: { sales: [{ saleId: 'second', skuId: saleId, ...OPEN }] },
    });
    expect([second.status, second.body.code]).toEqual([409, 'PRODUCT_HAS_SALE']);
    await server.stop();
  });
});

describe('S4.4 the worker', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { ROLES: 'api' } });
  });
  afterAll(() => server.stop());

  const ledgerWith = (holdTtlMs: number) =>
    createStockLedger({ pool: server.pool, strategy: 'batched', holdTtlMs });

  function newWorker() {
    const store = createFlashSaleStore(server.pool);
    const hotStore = createHotStore({ redis: undefined, read: store.readForHotStore });
    return createAttemptWorker({ ledger: ledgerWith(60_000), store, hotStore });
  }

  /** An accepted attempt that no worker has seen, and its event. */
  async function newAttempt(saleId: string) {
    const { userId, token } = await server.newBuyer();
    const { status, body } = await attempt(server, token, saleId, { 'x-call-id': 'click-1' });
    expect(status).toBe(200);
    const { rows } = await server.pool.query('DELETE FROM outbox WHERE key = $1 RETURNING *', [
      userId,
    ]);
    const { id, topic, key, type, payload, created_at } = rows[0];
    const event = { eventId: String(id), topic, key, type, payload, occurredAt: created_at };
    const worker = newWorker();
    return {
      ...{ userId, token, attemptId: body.attemptId as string },
      work: () => transaction(server.pool, (tx) => worker.handle([event], tx)),
      status: () => statusOf(server, token, saleId),
    };
  }

  const hold = (of: { attemptId: string; userId: string }, skuId: string, holdTtlMs = 60_000) =>
    ledgerWith(holdTtlMs).hold({ holdId: of.attemptId, userId: of.userId, skuId, quantity: 1 });

  const untilLapsed = (holdId: string) =>
    until(async () => {
      const { rowCount } = await server.pool.query(
        'SELECT FROM reservations WHERE reservation_id = $1 AND expires_at <= now()',
        [holdId],
      );
      return rowCount === 1;
    });

  const confirm = (of: { attemptId: string; userId: string }, skuId: string) =>
    ledgerWith(60_000).confirm({
      ...{ holdId: of.attemptId, userId: of.userId, skuId, orderId: of.attemptId },
      ...{ paymentMethod: 'none', transactionId: of.attemptId },
    });

  test.each(['nothing', 'its hold', 'a hold that lapsed', 'its order', 'everything'])(
    'S4.4 makes one order when the worker before it has died after %s',
    async (diedAfter) => {
      const saleId = await newSale(server, 2);
      const buyer = await newAttempt(saleId);
      if (diedAfter === 'its hold' || diedAfter === 'its order') await hold(buyer, saleId);
      if (diedAfter === 'a hold that lapsed') {
        await hold(buyer, saleId, 1);
        await untilLapsed(buyer.attemptId);
      }
      if (diedAfter === 'its order') await confirm(buyer, saleId);
      if (diedAfter === 'everything') await buyer.work();

      await buyer.work();

      expect(await buyer.status()).toBe('SUCCESS');
      expect(await ordersOf(server, buyer.token)).toMatchObject([
        { orderId: buyer.attemptId, quantity: 1 },
      ]);
      expect(await stockOf(server, saleId)).toEqual({ available: 1, reserved: 0, sold: 1 });
    },
  );

  test('S4.4 fails an attempt whose unit was sold in another way', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    const { token } = await server.newBuyer();
    expect((await reserve(server, token, saleId)).status).toBe(201);
    await buyer.work();
    expect(await buyer.status()).toBe('FAILED');
  });

  test('S4.4 leaves it at failed, when units have come back since', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    const { token } = await server.newBuyer();
    const { body } = await reserve(server, token, saleId);
    await buyer.work();
    await server.call('DELETE', `/api/v1/reservations/${body.reservationId}`, { token });

    await buyer.work();

    expect(await buyer.status()).toBe('FAILED');
    expect(await stockOf(server, saleId)).toEqual({ available: 1, reserved: 0, sold: 0 });
  });

  test('S4.4 cannot sell what has failed, should a worker thought dead go on', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    await hold(buyer, saleId);
    await createFlashSaleStore(server.pool).decide([
      { attemptId: buyer.attemptId, orderId: undefined },
    ]);
    await expect(confirm(buyer, saleId)).rejects.toThrow('an attempt that has failed cannot buy');
    expect(await ordersOf(server, buyer.token)).toEqual([]);
  });

  test('S4.4 takes nothing that its user reserved themselves', async () => {
    const saleId = await newSale(server, 5);
    const buyer = await newAttempt(saleId);
    await reserve(server, buyer.token, saleId, 3);
    await buyer.work();
    expect(await buyer.status()).toBe('FAILED');
    expect(await stockOf(server, saleId)).toEqual({ available: 2, reserved: 3, sold: 0 });
  });

  test('S4.4 finds the order of a user who bought in another way meanwhile', async () => {
    const saleId = await newSale(server, 5);
    const buyer = await newAttempt(saleId);
    const { body } = await reserve(server, buyer.token, saleId);
    const order = await checkOut(server, buyer.token, body.reservationId);
    await buyer.work();

    expect(await buyer.status()).toBe('SUCCESS');
    const ledger = await server.call('GET', `/api/v1/admin/ledger?sku=${saleId}`, {
      token: server.adminToken,
    });
    const rows = ledger.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line))
      .filter(({ row }: { row: string }) => row === 'attempt');
    expect(rows.map((row: unknown) => LedgerAttempt.parse(row))).toMatchObject([
      {
        ...{ saleId, skuId: saleId, userId: buyer.userId, status: 'SUCCESS' },
        ...{ orderId: order.body.orderId, callId: 'click-1' },
      },
    ]);
  });
});

describe('S4.8 an attempt whose statement failed', () => {
  test('S4.8 is not decided again, and its unit does not go back: it may be committed', async () => {
    const server = await startTestServer({ env: { ROLES: 'api' } });
    const saleId = await newSale(server, 5);
    const buyers = await server.newBuyers(3);
    const store = createFlashSaleStore(server.pool);
    const sale = await store.find(saleId);
    const calls: string[] = [];
    let breaks = 1;
    const attemptPurchase = createAttemptPurchase({
      store: {
        ...store,
        async accept(...batch) {
          const decisions = await store.accept(...batch);
          if (breaks-- > 0) throw new Error('the connection broke');
          return decisions;
        },
      },
      findSale: async () => sale,
      hotStore: {
        take: async () => 'accepted',
        giveBack: async () => void calls.push('giveBack'),
        resultOf: async () => 'unknown',
        putResults: async () => {},
        forget: async () => void calls.push('forget'),
      },
      nowMs: () => Date.now(),
    });

    const answers = await Promise.allSettled(
      buyers.map(({ userId }) =>
        attemptPurchase({ attemptId: newId(), saleId, userId, callId: undefined }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls).toEqual([]);
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
    expect(await resultOf(server, second!.token, saleId)).toBe('SUCCESS');
    await redis.restart();
    expect(await statusOf(server, first!.token, saleId)).toBe('SUCCESS');
    expect(await statusOf(server, second!.token, saleId)).toBe('SUCCESS');
    await server.stop();
    await redis.stop();
  });

  test('S4.8 hears of results later that were decided while Redis was away', async () => {
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

  test('S4.6 lets its keys go, the one that vouches for the others first', async () => {
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
