import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { describeWithRedis } from '../../test/redis.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { createStockLedger } from '../stock/index.ts';
import { newTicketType } from './tickets/testing/box-office.ts';

/**
 * Every door of the shop, tried for goods of every kind at every time. The units of a SKU are sold by its own way, within its
 * time and up to its limit, or by none.
 */

const TIMES = {
  before: { from: '2098-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' },
  during: { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' },
  after: { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' },
};
type Time = keyof typeof TIMES;

async function put(server: TestServer, what: string, body: unknown) {
  return server.call('PUT', `/api/v1/admin/${what}`, { token: server.adminToken, body });
}

const GOODS = {
  product: (server: TestServer) => server.newProduct(20),
  async campaign(server: TestServer, time: Time) {
    const campaignId = `campaign-${newId()}`;
    const [startsAt, endsAt] = [TIMES[time].from, TIMES[time].to];
    const campaigns = [{ campaignId, name: 'Half price', capacity: 20, startsAt, endsAt }];
    expect((await put(server, 'campaigns', { campaigns })).status).toBe(200);
    return campaignId;
  },
  async 'flash sale'(server: TestServer, time: Time) {
    const skuId = await server.newProduct(20);
    const [startTime, endTime] = [TIMES[time].from, TIMES[time].to];
    const sales = [{ saleId: skuId, skuId, startTime, endTime }];
    expect((await put(server, 'flash-sales', { sales })).status).toBe(200);
    return skuId;
  },
  async 'ticket type'(server: TestServer, time: Time) {
    const [opensAt, closesAt] = [TIMES[time].from, TIMES[time].to];
    return (await newTicketType(server, { capacity: 20, opensAt, closesAt })).ticketTypeId;
  },
};

const reserve = (server: TestServer, token: string, skuId: string, quantity = 1) =>
  server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity } });
const checkOut = (server: TestServer, token: string, reservationId: string) =>
  server.call('POST', '/api/v1/orders/checkout', {
    token,
    body: { reservationId, paymentMethod: 'card', transactionId: `pay-${reservationId}` },
  });

const DOORS = {
  reserve,
  'reserve ten': (server: TestServer, token: string, skuId: string) =>
    reserve(server, token, skuId, 10),
  register: (server: TestServer, token: string, campaignId: string) =>
    server.call('POST', '/api/v1/register', { token, body: { campaignId } }),
  attempt: (server: TestServer, token: string, saleId: string) =>
    server.call('POST', `/api/flash-sale/attempt/${saleId}`, { token }),
  'buy tickets': (server: TestServer, token: string, ticketTypeId: string) =>
    server.call('POST', '/tickets/purchase', {
      token,
      body: { ticketTypeId, quantity: 4, paymentMethod: 'card', transactionId: newId() },
    }),
};

/** The answers that open a door are given as their status. */
const ANSWERS: [keyof typeof GOODS, Time, Record<keyof typeof DOORS, number | string>][] = [
  [
    'product',
    'during',
    {
      ...{ reserve: 201, 'reserve ten': 201, register: 'NOT_FOUND', attempt: 'NOT_FOUND' },
      'buy tickets': 'NOT_FOUND',
    },
  ],
  ...(
    [
      ['before', 'NOT_STARTED'],
      ['during', ''],
      ['after', 'ENDED'],
    ] as const
  ).flatMap(([time, refusal]): typeof ANSWERS => {
    const aside = { reserve: 'SOLD_ANOTHER_WAY', 'reserve ten': 'SOLD_ANOTHER_WAY' };
    return [
      [
        'campaign',
        time,
        {
          ...aside,
          register: refusal ? `CAMPAIGN_${refusal}` : 201,
          attempt: 'NOT_FOUND',
          'buy tickets': 'NOT_FOUND',
        },
      ],
      [
        'flash sale',
        time,
        {
          ...aside,
          register: 'NOT_FOUND',
          attempt: refusal ? `SALE_${refusal}` : 200,
          'buy tickets': 'NOT_FOUND',
        },
      ],
      [
        'ticket type',
        time,
        {
          ...aside,
          register: 'NOT_FOUND',
          attempt: 'NOT_FOUND',
          'buy tickets': refusal ? `SALE_${refusal}` : 201,
        },
      ],
    ];
  }),
];

function describeDoors(env: () => Record<string, string>): void {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { ROLES: 'api', ...env() } });
  });
  afterAll(() => server?.stop());

  const stockOf = async (skuId: string) => {
    const { body } = await server.call('GET', `/api/v1/products/${skuId}/availability`);
    return { available: body.available, reserved: body.reserved, sold: body.sold };
  };
  const UNTOUCHED = { available: 20, reserved: 0, sold: 0 };

  const tries = ANSWERS.flatMap(([goods, time, answers]) =>
    Object.entries(answers).map(
      ([door, answer]) =>
        [door, goods, time, answer] as [keyof typeof DOORS, typeof goods, Time, number | string],
    ),
  );
  test.each(tries)(
    'S1.1 to %s units of a %s, %s its time, is answered %s',
    async (door, goods, time, expected) => {
      const [skuId, { token }] = [await GOODS[goods](server, time), await server.newBuyer()];

      const { status, body } = await DOORS[door](server, token, skuId);

      expect(status < 300 ? status : body.code).toBe(expected);
      if (status >= 300) expect(await stockOf(skuId)).toEqual(UNTOUCHED);
    },
  );

  test.each(['campaign', 'flash sale', 'ticket type'] as const)(
    'S1.3 a unit of a %s that its own way holds cannot be checked out beside it',
    async (goods) => {
      const skuId = await GOODS[goods](server, 'during');
      const { userId, token } = await server.newBuyer();
      const way = (
        { campaign: 'campaign', 'flash sale': 'flash-sale', 'ticket type': 'tickets' } as const
      )[goods];
      const ledger = createStockLedger({
        ...{ pool: server.pool, strategy: 'conditional', holdTtlMs: 60_000 },
      });
      const held = { holdId: newId(), userId, skuId, quantity: 1, way } as const;
      expect(await ledger.hold(held)).toMatchObject({ outcome: 'held' });

      const { status, body } = await checkOut(server, token, held.holdId);

      expect([status, body.code]).toEqual([409, 'SOLD_ANOTHER_WAY']);
      expect(await stockOf(skuId)).toEqual({ available: 19, reserved: 1, sold: 0 });
      const { rows } = await server.pool.query(
        'SELECT FROM payments JOIN orders USING (order_id) WHERE sku_id = $1',
        [skuId],
      );
      expect(rows).toEqual([]);
    },
  );

  test('S4.3 an accepted attempt gets its unit, however many tried to reserve all of them', async () => {
    const skuId = await GOODS['flash sale'](server, 'during');
    const buyers = await server.newBuyers(40);
    const answers = await Promise.all(
      buyers.map(({ token }, turn) =>
        turn % 2 ? DOORS.attempt(server, token, skuId) : DOORS['reserve ten'](server, token, skuId),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ body }) => body.code === 'SOLD_ANOTHER_WAY')).toHaveLength(20);
    expect(await stockOf(skuId)).toEqual(UNTOUCHED);
  });

  test('S1.1 a buyer gets no more units than the product allows, in one call or in several', async () => {
    const skuId = `SKU-${newId()}`;
    const product = { skuId, name: 'Shoe', basePrice: '9.00', flashSalePrice: '5.00' };
    await put(server, 'products', {
      products: [{ ...product, totalInventory: 20, unitsPerBuyerMax: 2 }],
    });
    const { token } = await server.newBuyer();

    expect((await reserve(server, token, skuId, 3)).body.code).toBe('LIMIT_EXCEEDED');
    const { body } = await reserve(server, token, skuId, 2);
    expect((await reserve(server, token, skuId)).body.code).toBe('ALREADY_RESERVED');
    await checkOut(server, token, body.reservationId);
    expect((await reserve(server, token, skuId)).body.code).toBe('ALREADY_PURCHASED');
    expect(await stockOf(skuId)).toEqual({ available: 18, reserved: 0, sold: 2 });
  });

  test.each(['product', 'campaign', 'flash sale', 'ticket type'] as const)(
    'S1.1 a %s that is taken off sale gives no more units',
    async (goods) => {
      const [skuId, { token }] = [await GOODS[goods](server, 'during'), await server.newBuyer()];
      await server.pool.query('UPDATE products SET is_active = false WHERE sku_id = $1', [skuId]);

      for (const door of ['reserve', 'register', 'attempt', 'buy tickets'] as const) {
        expect((await DOORS[door](server, token, skuId)).status).toBe(404);
      }
      expect(
        await server.pool.query('SELECT FROM purchase_attempts WHERE sale_id = $1', [skuId]),
      ).toMatchObject({ rowCount: 0 });
    },
  );

  test('S1.1 a campaign whose end an administrator changes is over for its ledger at once', async () => {
    const [skuId, { token }] = [await GOODS.campaign(server, 'during'), await server.newBuyer()];
    const { token: early } = await server.newBuyer();
    expect((await DOORS.register(server, early, skuId)).status).toBe(201);
    await server.pool.query('UPDATE campaigns SET ends_at = now() WHERE campaign_id = $1', [skuId]);

    // The server still has the campaign in its cache as it was.
    expect((await DOORS.register(server, token, skuId)).body.code).toBe('CAMPAIGN_ENDED');
  });

  test('S1.3 an order costs what its units cost when it is placed, not when they were reserved', async () => {
    const [skuId, { token }] = [await GOODS.product(server), await server.newBuyer()];
    const { body } = await reserve(server, token, skuId, 2);
    await server.pool.query('UPDATE products SET flash_sale_price = 7 WHERE sku_id = $1', [skuId]);

    expect((await checkOut(server, token, body.reservationId)).body.totalPrice).toBe('14.00');
  });
}

describe('the doors of the shop', () => describeDoors(() => ({})));

describeWithRedis('the doors of the shop with Redis', (url) =>
  describeDoors(() => ({ REDIS_URL: url() })),
);

describe('putting on sale', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { ROLES: 'api' } });
  });
  afterAll(() => server.stop());
  const OPEN = { startTime: TIMES.during.from, endTime: TIMES.during.to };

  test.each(['campaign', 'ticket type'] as const)(
    'S4.7 no %s is sold in a flash sale',
    async (goods) => {
      const skuId = await GOODS[goods](server, 'during');
      const { status, body } = await put(server, 'flash-sales', {
        sales: [{ saleId: 'aside', skuId, ...OPEN }],
      });
      expect([status, body.code]).toEqual([409, 'SOLD_ANOTHER_WAY']);
    },
  );

  test('S4.7 a product that somebody holds becomes no flash sale’s until they bought it or gave it back', async () => {
    const skuId = await server.newProduct(5);
    const { token } = await server.newBuyer();
    const { body: held } = await reserve(server, token, skuId);
    const sales = [{ saleId: skuId, skuId, ...OPEN }];
    const refused = await put(server, 'flash-sales', { sales });
    expect([refused.status, refused.body.code]).toEqual([409, 'STOCK_CONFLICT']);

    expect((await checkOut(server, token, held.reservationId)).status).toBe(201);
    expect((await put(server, 'flash-sales', { sales })).body.created).toEqual([skuId]);
  });

  test.each(['product', 'ticket type'] as const)(
    'S0.2 a campaign gets no id of a %s, and nothing of the call is created',
    async (goods) => {
      const skuId = await GOODS[goods](server, 'during');
      const dates = { startsAt: TIMES.during.from, endsAt: TIMES.during.to };
      const fresh = newId();
      const campaigns = [fresh, skuId].map((campaignId) => ({
        ...{ campaignId, name: 'x', capacity: 1, ...dates },
      }));
      const { status, body } = await put(server, 'campaigns', { campaigns });
      expect([status, body.code]).toEqual([409, 'SOLD_ANOTHER_WAY']);
      expect((await put(server, 'campaigns', { campaigns: [campaigns[0]] })).body.created).toEqual([
        fresh,
      ]);
    },
  );

  test('S0.2 a campaign of rewards becomes no open one, and an open one none of rewards, by being put again', async () => {
    const dates = { startsAt: TIMES.during.from, endsAt: TIMES.during.to };
    const campaignOf = (isReward: boolean, campaignId = newId()) => ({
      ...{ campaignId, name: 'x', capacity: 1, isReward, ...dates },
    });
    for (const isReward of [true, false]) {
      const campaign = campaignOf(isReward);
      const { campaignId } = campaign;
      expect((await put(server, 'campaigns', { campaigns: [campaign] })).status).toBe(200);
      const again = await put(server, 'campaigns', {
        campaigns: [campaignOf(!isReward, campaignId)],
      });
      expect([again.status, again.body.code]).toEqual([409, 'SOLD_ANOTHER_WAY']);
      const same = await put(server, 'campaigns', { campaigns: [campaign] });
      expect(same.body).toEqual({ created: [], existing: [campaignId] });
    }
  });

  test('S4.7 a flash sale that exists is none of another product, and nothing of the call is created', async () => {
    const [first, second, fresh] = [
      await server.newProduct(1),
      await server.newProduct(1),
      await server.newProduct(1),
    ];
    await put(server, 'flash-sales', { sales: [{ saleId: first, skuId: first, ...OPEN }] });
    const sales = [
      { saleId: fresh, skuId: fresh, ...OPEN },
      { saleId: first, skuId: second, ...OPEN },
    ];
    const refused = await put(server, 'flash-sales', { sales });
    expect([refused.status, refused.body.code]).toEqual([409, 'PRODUCT_HAS_SALE']);
    const again = await put(server, 'flash-sales', { sales: [sales[0]] });
    expect(again.body.created).toEqual([fresh]);
  });

  test.each(['campaign', 'ticket type'] as const)(
    'S1.1 a product gets no id of a %s',
    async (goods) => {
      const skuId = await GOODS[goods](server, 'during');
      const product = { skuId, name: 'Shoe', basePrice: '9.00', flashSalePrice: '5.00' };
      const { status, body } = await put(server, 'products', {
        products: [{ ...product, totalInventory: 1 }],
      });
      expect([status, body.code]).toEqual([409, 'SOLD_ANOTHER_WAY']);
    },
  );
});
