import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LedgerRow } from '../../src/protocol/ledger.ts';
import { describeWithRedis } from '../../test/redis.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const put = (path: string, body: unknown) =>
  server.call('PUT', `/api/v1/admin/${path}`, { token: server.adminToken, body });

const product = (skuId: string, totalInventory = 5) => ({
  skuId,
  name: 'Shoe',
  basePrice: '99.00',
  flashSalePrice: '19.99',
  totalInventory,
});

async function readLedger(query = ''): Promise<LedgerRow[]> {
  const { status, headers, body } = await server.call('GET', `/api/v1/admin/ledger${query}`, {
    token: server.adminToken,
  });
  expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  return (body as string)
    .trimEnd()
    .split('\n')
    .map((line) => LedgerRow.parse(JSON.parse(line)));
}

describe('PUT /api/v1/admin/products', () => {
  test('creates products with their stock, and changes nothing the second time', async () => {
    const products = [product('P-1'), product('P-2', 0)];
    const first = await put('products', { products });
    expect(first.body).toEqual({ created: ['P-1', 'P-2'], existing: [] });

    const { token } = await server.newBuyer();
    await server.call('POST', '/api/v1/reservations', {
      token,
      body: { skuId: 'P-1', quantity: 1 },
    });
    const second = await put('products', { products: [product('P-1', 900), product('P-3')] });
    expect(second.body).toEqual({ created: ['P-3'], existing: ['P-1'] });
    const stock = await server.call('GET', '/api/v1/products/P-1/availability');
    expect(stock.body).toMatchObject({ total: 5, available: 4, reserved: 1 });
  });

  test('refuses the id of a campaign, also of one that is created at the same moment', async () => {
    const client = await server.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
         VALUES ('HALF', 'Half price', 0, 0, 1, 'campaign')`,
      );
      await client.query(
        "INSERT INTO inventory (sku_id, total_count, available_count) VALUES ('HALF', 1, 1)",
      );
      await client.query(
        `INSERT INTO campaigns (campaign_id, name, starts_at, ends_at, is_reward)
         VALUES ('HALF', 'Half price', now(), now() + interval '1 day', false)`,
      );
      const answer = put('products', { products: [product('HALF'), product('WHOLE')] });
      await until(async () => {
        const { rowCount } = await server.pool.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rowCount === 1;
      });
      await client.query('COMMIT');
      expect((await answer).body.code).toBe('SOLD_ANOTHER_WAY');
    } finally {
      client.release(true);
    }
    expect((await server.call('GET', '/api/v1/products/WHOLE')).status).toBe(404);
  });

  test('two seeders at the same time create each product once', async () => {
    const skus = Array.from({ length: 50 }, (_, index) => `RACE-${index}`);
    const answers = await Promise.all([
      put('products', { products: skus.map((sku) => product(sku)) }),
      put('products', { products: skus.toReversed().map((sku) => product(sku)) }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.flatMap(({ body }) => body.created).sort()).toEqual(skus.sort());
  });

  test.each([
    ['a SKU twice', [product('P-9'), product('P-9')]],
    ['a price of three places', [{ ...product('P-9'), flashSalePrice: '1.999' }]],
    ['negative stock', [product('P-9', -1)]],
    ['a NUL in the name', [{ ...product('P-9'), name: 'a\u0000b' }]],
    ['an unknown field', [{ ...product('P-9'), soldCount: 5 }]],
    ['no product', []],
  ])('refuses %s and creates nothing', async (_, products) => {
    const refused = await put('products', { products });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect((await server.call('GET', '/api/v1/products/P-9')).status).toBe(404);
  });
});

describe('PUT /api/v1/admin/users', () => {
  test('returns a working token for each user, in order, and the same users again', async () => {
    const first = await put('users', { prefix: 'crowd-', first: 9, count: 3 });
    const names = first.body.users.map((user: { username: string }) => user.username);
    expect(names).toEqual(['crowd-9', 'crowd-10', 'crowd-11']);
    const second = await put('users', { prefix: 'crowd-', first: 10, count: 3 });
    expect(second.body.users[0].userId).toBe(first.body.users[1].userId);

    const { token } = first.body.users[2];
    expect((await server.call('GET', '/api/v1/orders', { token })).status).toBe(200);
    expect((await server.call('GET', '/api/v1/admin/ledger', { token })).status).toBe(403);
  });

  test('creates ten thousand users while other requests are served', async () => {
    const seeding = put('users', { prefix: 'many-', count: 10_000 });
    let served = 0;
    let seeded = false;
    const finished = seeding.then(() => {
      seeded = true;
    });
    while (!seeded) {
      await server.call('GET', '/health/live');
      if (!seeded) served++;
    }
    await finished;
    expect(served).toBeGreaterThan(0);
    expect((await seeding).body.users).toHaveLength(10_000);
    expect((await put('users', { prefix: 'many-', count: 10_001 })).status).toBe(400);
  });

  test('refuses unknown fields, above all a role', async () => {
    const refused = await put('users', { prefix: 'chief-', count: 1, role: 'admin' });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  test('issues no token for a person who registered', async () => {
    await server.call('POST', '/register', {
      body: { username: 'person1', password: 'correct horse' },
    });
    const refused = await put('users', { prefix: 'person', count: 2 });
    expect([refused.status, refused.body.code]).toEqual([409, 'USERNAME_TAKEN']);
    expect(JSON.stringify(refused.body)).not.toContain('eyJ');
  });
});

describe('GET /api/v1/admin/ledger', () => {
  test('streams every row in the published form and ends with their numbers', async () => {
    const skuId = await server.newProduct(2);
    const [first, second] = [await server.newBuyer(), await server.newBuyer()];
    const reserve = (token: string) =>
      server.call('POST', '/api/v1/reservations', {
        token,
        body: { skuId, quantity: 1 },
        headers: { 'x-call-id': 'call-1' },
      });
    const bought = await reserve(first.token);
    await reserve(second.token);
    await server.call('POST', '/api/v1/orders/checkout', {
      token: first.token,
      body: {
        reservationId: bought.body.reservationId,
        paymentMethod: 'card',
        transactionId: 'tx-ledger',
      },
    });
    await server.pool.query(
      "UPDATE reservations SET expires_at = now() WHERE user_id = $1 AND status = 'RESERVED'",
      [second.userId],
    );

    const rows = await readLedger(`?sku=${skuId}`);
    expect(rows.map(({ row }) => row)).toEqual([
      'inventory',
      'reservation',
      'reservation',
      'order',
      'movement',
      'movement',
      'movement',
      'payment',
      'backlog',
      'end',
    ]);
    expect(rows).toMatchObject([
      { total: 2, available: 0, reserved: 1, sold: 1, sequence: 3 },
      { userId: first.userId, status: 'CONFIRMED', lapsed: false, callId: 'call-1' },
      { userId: second.userId, status: 'RESERVED', lapsed: true },
      { userId: first.userId, totalPrice: '19.99', status: 'CONFIRMED' },
      { sequence: 1, kind: 'RESERVED' },
      { sequence: 2, kind: 'RESERVED' },
      { sequence: 3, kind: 'SOLD', reservationId: bought.body.reservationId },
      { transactionId: 'tx-ledger', amount: '19.99', status: 'CHARGED' },
      { pending: 7, deadLetters: 0 },
      { counts: { inventory: 1, reservation: 2, order: 1, movement: 3, payment: 1, backlog: 1 } },
    ]);
  });

  test('is one snapshot, however much is sold while it is read', async () => {
    const skuId = await server.newProduct(200);
    const buyers = (await put('users', { prefix: 'snapshot-', count: 100 })).body.users;
    const selling = Promise.all(
      buyers.map(({ token }: { token: string }) =>
        server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 2 } }),
      ),
    );
    for (let reading = 0; reading < 5; reading++) {
      const rows = await readLedger(`?sku=${skuId}`);
      const inventory = rows.find((row) => row.row === 'inventory');
      const held = rows.filter((row) => row.row === 'reservation');
      const moved = rows.filter((row) => row.row === 'movement');
      expect(inventory).toMatchObject({ reserved: held.length * 2, sequence: moved.length });
    }
    await selling;
  });

  /** Connections with which a ledger is read. */
  const reading = async () => {
    const { rows } = await server.pool.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE state <> 'idle' AND datname = current_database() AND application_name LIKE '%ledger'`,
    );
    return rows[0].count as number;
  };

  describe('of more rows than the buffers of a socket hold', () => {
    beforeAll(async () => {
      await server.pool.query(
        `INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
         SELECT 'LONG', n, 'RESERVED', 1, gen_random_uuid(), now() FROM generate_series(1, 100000) n`,
      );
    });

    test('releases its connection when the reader leaves early', async () => {
      const request = get(`${server.url}/api/v1/admin/ledger`, {
        headers: { authorization: `Bearer ${server.adminToken}` },
      });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await once(response, 'data');
      expect(await reading()).toBe(1);
      response.destroy();
      await until(async () => (await reading()) === 0);
    });

    test('leaves the sale its connections, however many readers do not read', async () => {
      const [{ token }, skuId] = [await server.newBuyer(), await server.newProduct(1)];
      const { hostname, port } = new URL(server.url);
      const readers = Array.from({ length: server.config.databasePoolMax }, () => {
        const socket = connect(Number(port), hostname).pause();
        socket.write(
          `GET /api/v1/admin/ledger HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer ${server.adminToken}\r\n\r\n`,
        );
        return socket;
      });
      await until(async () => (await reading()) === 4);
      const { status } = await server.call('POST', '/api/v1/reservations', {
        token,
        body: { skuId, quantity: 1 },
      });
      expect(status).toBe(201);
      for (const reader of readers) reader.destroy();
      await until(async () => (await reading()) === 0);
    });
  });

  test.each(['?sku=%00', '?skus=SKU-1'])('refuses %s', async (query) => {
    const { status, body } = await server.call('GET', `/api/v1/admin/ledger${query}`, {
      token: server.adminToken,
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('GET /api/v1/admin/evidence', () => {
  test('lists the kinds of rows in the ledger, and the groups that handle events', async () => {
    const { status, body } = await server.call('GET', '/api/v1/admin/evidence', {
      token: server.adminToken,
    });
    expect(status).toBe(200);
    expect(body.ledger).toEqual(expect.arrayContaining(['inventory', 'payment', 'delivery']));
    expect(body.ledger).not.toContain('hot_stock');
    expect(body.sequences).toBe(true);
    expect(body.oneClock).toBe(true);
    expect(body.consumers).toContainEqual({
      group: 'inventory-sync',
      topics: ['flash-sale-inventory-updates'],
    });
  });
});

describeWithRedis('S1.7 GET /api/v1/admin/ledger', (redisUrl) => {
  test('has the counts of the hot store, and null for a SKU that it does not count', async () => {
    const shared = await startTestServer({ env: { REDIS_URL: redisUrl() } });
    const [sold, untouched] = [await shared.newProduct(5), await shared.newProduct(3)];
    const { token } = await shared.newBuyer();
    const body = { skuId: sold, quantity: 2 };
    await shared.call('POST', '/api/v1/reservations', { token, body });

    const hotStock = async () => {
      const { body: text } = await shared.call('GET', '/api/v1/admin/ledger', {
        token: shared.adminToken,
      });
      const rows = (text as string)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows.at(-1)).toMatchObject({ row: 'end', counts: { hot_stock: 2, reservation: 1 } });
      return new Map(
        rows.filter(({ row }) => row === 'hot_stock').map((row) => [row.skuId, row.available]),
      );
    };
    await until(async () => (await hotStock()).get(sold) === 3);
    expect((await hotStock()).get(untouched)).toBeNull();
    await shared.stop();
  });
});
