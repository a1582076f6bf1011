import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { Registration, VoucherPage } from '../../../src/protocol/campaigns.ts';
import { describeWithRedis } from '../../../test/redis.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { createStockLedger } from '../../stock/index.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const OPEN = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };

async function newCampaign(capacity: number, details: Record<string, unknown> = {}) {
  const campaignId = `campaign-${newId()}`;
  const campaign = { campaignId, name: 'Half price', capacity, ...OPEN, ...details };
  const { status } = await server.call('PUT', '/api/v1/admin/campaigns', {
    token: server.adminToken,
    body: { campaigns: [campaign] },
  });
  expect(status).toBe(200);
  return campaignId;
}

const register = (token: string, campaignId: string) =>
  server.call('POST', '/api/v1/register', { token, body: { campaignId } });

const use = (token: string, code: string, headers: Record<string, string> = {}) =>
  server.call('POST', '/api/v1/voucher/use', { token, body: { code }, headers });

async function newVoucher(details: Record<string, unknown> = {}) {
  const buyer = await server.newBuyer();
  const campaignId = await newCampaign(5, details);
  const { body } = await register(buyer.token, campaignId);
  return { buyer, campaignId, code: body.code as string };
}

const vouchersOf = async (campaignId: string) =>
  (
    await server.pool.query(
      `SELECT v.user_id, v.used_at, o.status, r.user_id AS registered
       FROM vouchers v JOIN orders o USING (order_id) LEFT JOIN campaign_registrations r USING (voucher_id)
       WHERE v.campaign_id = $1`,
      [campaignId],
    )
  ).rows;

describe('S0.2 registering for a campaign', () => {
  test('S0.2 takes one unit and answers with a voucher', async () => {
    const buyer = await server.newBuyer();
    const campaignId = await newCampaign(5);

    const { status, body } = await register(buyer.token, campaignId);

    expect(status).toBe(201);
    expect(Registration.parse(body)).toMatchObject({ campaignId, usedAt: null, sequence: 2 });
    expect(await vouchersOf(campaignId)).toEqual([
      { user_id: buyer.userId, used_at: null, status: 'FULFILLED', registered: buyer.userId },
    ]);
    const stock = await server.call('GET', `/api/v1/products/${campaignId}/availability`);
    expect(stock.body).toMatchObject({ total: 5, available: 4, reserved: 0, sold: 1 });
  });

  test('S0.2 registers each user once, also by twenty concurrent calls', async () => {
    const buyer = await server.newBuyer();
    const campaignId = await newCampaign(5);

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => register(buyer.token, campaignId)),
    );

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await register(buyer.token, campaignId)).body.code).toBe('ALREADY_REGISTERED');
    expect(await vouchersOf(campaignId)).toHaveLength(1);
  });

  test('S0.2 issues exactly as many vouchers as there are, to the users of two servers', async () => {
    const other = await startTestServer({ env: { DATABASE_URL: server.config.databaseUrl } });
    const campaignId = await newCampaign(20);
    const buyers = await server.newBuyers(300);

    const answers = await Promise.all(
      buyers.map(({ token }, turn) =>
        (turn % 2 ? server : other).call('POST', '/api/v1/register', {
          token,
          body: { campaignId },
        }),
      ),
    );

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ body }) => body.code === 'CAMPAIGN_FULL')).toHaveLength(280);
    const vouchers = await vouchersOf(campaignId);
    expect(new Set(vouchers.map(({ user_id }) => user_id)).size).toBe(20);
    expect(vouchers.every((row) => row.registered === row.user_id)).toBe(true);
    await other.stop();
  });

  test('S0.2 buys the hold that a dead server has left', async () => {
    const buyer = await server.newBuyer();
    const campaignId = await newCampaign(1);
    const ledger = createStockLedger({
      pool: server.pool,
      strategy: 'conditional',
      holdTtlMs: 60_000,
    });
    const held = {
      holdId: newId(),
      userId: buyer.userId,
      skuId: campaignId,
      quantity: 1,
      way: 'campaign' as const,
    };
    expect((await ledger.hold(held)).outcome).toBe('held');

    const { status, body } = await register(buyer.token, campaignId);
    expect([status, body.reservationId]).toEqual([201, held.holdId]);
  });

  test.each([
    ['that does not exist', undefined, 404, 'NOT_FOUND'],
    ['that has not started', { startsAt: '2098-01-01T00:00:00Z' }, 409, 'CAMPAIGN_NOT_STARTED'],
    ['that has ended', { endsAt: '2020-02-01T00:00:00Z' }, 409, 'CAMPAIGN_ENDED'],
  ] as const)('refuses a campaign %s', async (_, details, status, code) => {
    const buyer = await server.newBuyer();
    const campaignId = details === undefined ? 'nothing' : await newCampaign(1, details);
    const answer = await register(buyer.token, campaignId);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('leaves a campaign unchanged when it is seeded again', async () => {
    const { campaignId } = await newVoucher();
    const { body } = await server.call('PUT', '/api/v1/admin/campaigns', {
      token: server.adminToken,
      body: { campaigns: [{ campaignId, name: 'Other', capacity: 99, ...OPEN }] },
    });
    expect(body).toEqual({ created: [], existing: [campaignId] });
    expect(await vouchersOf(campaignId)).toHaveLength(1);
  });

  test('refuses a campaign that ends before it starts', async () => {
    const campaign = { campaignId: 'late', name: 'x', capacity: 1, ...OPEN, endsAt: OPEN.startsAt };
    const { status, body } = await server.call('PUT', '/api/v1/admin/campaigns', {
      token: server.adminToken,
      body: { campaigns: [campaign] },
    });
    expect([status, body.errors[0].path]).toEqual([400, 'campaigns.0.endsAt']);
  });
});

describe('S0.4 using a voucher', () => {
  test('S0.4 marks it as used, with the id of the call', async () => {
    const { buyer, campaignId, code } = await newVoucher();
    const { status, body } = await use(buyer.token, code, { 'x-call-id': 'try-1' });
    expect([status, body.code, typeof body.usedAt]).toEqual([200, code, 'string']);
    const ledger = await server.call('GET', `/api/v1/admin/ledger?sku=${campaignId}`, {
      token: server.adminToken,
    });
    const rows = ledger.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line));
    expect(rows).toContainEqual(
      expect.objectContaining({ row: 'voucher', userId: buyer.userId, usedByCallId: 'try-1' }),
    );
  });

  test('S0.4 succeeds for one of twenty concurrent calls', async () => {
    const { buyer, code } = await newVoucher();
    const answers = await Promise.all(Array.from({ length: 20 }, () => use(buyer.token, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'VOUCHER_USED')).toHaveLength(19);
  });

  test('S0.4 is for its owner only; other users do not find it', async () => {
    const { buyer, code } = await newVoucher();
    const thief = await server.newBuyer();
    expect((await use(thief.token, code)).status).toBe(404);
    expect((await use(buyer.token, code)).status).toBe(200);
  });

  test('S0.4 is refused when the voucher has expired', async () => {
    const { buyer, code } = await newVoucher({ voucherValidUntil: '2021-01-01T00:00:00Z' });
    const { status, body } = await use(buyer.token, code);
    expect([status, body.code]).toEqual([409, 'VOUCHER_EXPIRED']);
  });

  test('lists the vouchers of the caller, newest first, in pages', async () => {
    const { buyer, campaignId } = await newVoucher();
    const second = await newCampaign(1);
    await register(buyer.token, second);

    const first = await server.call('GET', '/api/v1/vouchers?limit=1', { token: buyer.token });
    const page = VoucherPage.parse(first.body);
    expect(page.vouchers.map((voucher) => voucher.campaignId)).toEqual([second]);
    const next = await server.call('GET', `/api/v1/vouchers?limit=1&cursor=${page.nextCursor}`, {
      token: buyer.token,
    });
    expect(next.body.vouchers.map((voucher: { campaignId: string }) => voucher.campaignId)).toEqual(
      [campaignId],
    );
    expect(next.body.nextCursor).toBeUndefined();
  });
});

describeWithRedis('campaigns with Redis', (url) => {
  test('S0.2 and S0.4 read the cache before the database, and a use invalidates the cached voucher', async () => {
    const env = { DATABASE_URL: server.config.databaseUrl, REDIS_URL: url() };
    const [here, there] = await Promise.all([startTestServer({ env }), startTestServer({ env })]);
    const redis = new Redis(url());
    const { token, userId } = await server.newBuyer();
    const campaignId = await newCampaign(2);
    const at = (which: TestServer, path: string, body: Record<string, string>) =>
      which.call('POST', path, { token, body });

    const { code } = (await at(here, '/api/v1/register', { campaignId })).body;
    expect(await redis.get(`campaign:${campaignId}`)).toContain('2099-01-01T00:00:00.000Z');
    await server.pool.query('UPDATE vouchers SET used_at = now() WHERE code = $1', [code]);
    expect((await at(here, '/api/v1/voucher/use', { code })).body.code).toBe('VOUCHER_USED');
    await server.pool.query('UPDATE vouchers SET used_at = NULL WHERE code = $1', [code]);
    expect((await at(there, '/api/v1/voucher/use', { code })).body.code).toBe('VOUCHER_USED');

    await redis.flushdb();
    const late = await startTestServer({ env });
    expect((await at(late, '/api/v1/voucher/use', { code })).status).toBe(200);
    expect((await at(late, '/api/v1/voucher/use', { code })).body.code).toBe('VOUCHER_USED');
    expect(await redis.get(`voucher:${userId}:${code}`)).toContain('"usedAt":"');
    await redis.quit();
    await Promise.all([here, there, late].map((each) => each.stop()));
  });
});
