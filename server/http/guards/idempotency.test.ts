import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { type Answer, startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import type { HoldOutcome, HoldRequest, StockLedger } from '../../stock/ledger.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

interface Buyer {
  token: string;
  userId: string;
}

const post = (path: string, token: string, key: string | undefined, body?: unknown) =>
  server.call('POST', path, {
    token,
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });

const reserve = ({ token }: Buyer, key: string | undefined, skuId: string, quantity = 1) =>
  post('/api/v1/reservations', token, key, { skuId, quantity });

/** Leaves the database as after a process that died between the effect of a request and its answer. */
const forgetAnswers = ({ userId }: Buyer) =>
  server.pool.query(
    `UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now() WHERE user_id = $1`,
    [userId],
  );

const countRows = async (table: string, { userId }: Buyer): Promise<number> => {
  const { rows } = await server.pool.query(
    `SELECT count(*)::int AS rows FROM ${table} WHERE user_id = $1`,
    [userId],
  );
  return rows[0].rows;
};

describe('Idempotency-Key: a request that is sent again', () => {
  it('gets the first answer again and has no second effect', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    const first = await reserve(buyer, 'k1', skuId);
    const second = await reserve(buyer, 'k1', skuId);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await countRows('reservations', buyer)).toBe(1);
  });

  it('gets the first answer again also after its reservation has ended', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    const { body } = await reserve(buyer, 'k1', skuId);
    await server.call('DELETE', `/api/v1/reservations/${body.reservationId}`, {
      token: buyer.token,
    });
    expect((await reserve(buyer, 'k1', skuId)).body).toEqual(body);
  });

  it('gets its own answer again, also among many that come at the same time', async () => {
    const skuId = await server.newProduct(9);
    const buyers = await Promise.all(Array.from({ length: 12 }, () => server.newBuyer()));
    const all = (key: string) => Promise.all(buyers.map((buyer) => reserve(buyer, key, skuId)));
    const first = await all('k1');
    const again = await all('k1');
    expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
    const held = first.filter(({ status }) => status === 201).map(({ body }) => body.userId);
    expect(held).toHaveLength(9);
    expect(buyers.map(({ userId }) => userId)).toEqual(expect.arrayContaining(held));
    expect(await Promise.all(buyers.map((buyer) => countRows('idempotency_keys', buyer)))).toEqual(
      buyers.map(() => 1),
    );
  });

  it('stays refused under its key, although it would succeed now', async () => {
    const [buyer, rival] = [await server.newBuyer(), await server.newBuyer()];
    const skuId = await server.newProduct(1);
    const { body: held } = await reserve(rival, undefined, skuId);
    const first = await reserve(buyer, 'k1', skuId);
    expect(first.body.code).toBe('OUT_OF_STOCK');
    await server.call('DELETE', `/api/v1/reservations/${held.reservationId}`, {
      token: rival.token,
    });
    const second = await reserve(buyer, 'k1', skuId);
    expect([second.status, second.body]).toEqual([400, first.body]);
    expect(second.headers.get('content-type')).toBe('application/problem+json');
    expect((await reserve(buyer, 'k2', skuId)).status).toBe(201);
  });

  it('is refused with 422 when its body is another one', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    await reserve(buyer, 'k1', skuId, 1);
    const { status, body } = await reserve(buyer, 'k1', skuId, 2);
    expect([status, body.code, body.retryable]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED', false]);
  });

  it('is a request of its own when another user sends the same key', async () => {
    const [one, other] = [await server.newBuyer(), await server.newBuyer()];
    const skuId = await server.newProduct(5);
    const [first, second] = [await reserve(one, 'k1', skuId), await reserve(other, 'k1', skuId)];
    expect(second.status).toBe(201);
    expect(second.body.reservationId).not.toBe(first.body.reservationId);
  });

  it('is the same with its key in quotes, and refused with a malformed key', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    const { body } = await reserve(buyer, '"k1"', skuId);
    expect((await reserve(buyer, 'k1', skuId)).body).toEqual(body);
    for (const key of ['two words', '"', 'ü', 'x'.repeat(256)]) {
      const refused = await reserve(buyer, key, skuId);
      expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'idempotency-key']);
    }
  });

  it('is refused with a malformed call id, though its answer is known', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    await reserve(buyer, 'k8', skuId);
    const headers = { 'idempotency-key': 'k8', 'x-call-id': 'two words' };
    const { token } = buyer;
    const body = { skuId, quantity: 1 };
    const again = await server.call('POST', '/api/v1/reservations', { token, body, headers });
    expect([again.status, again.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('is handled again after a day', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    const first = await reserve(buyer, 'k1', skuId);
    await server.pool.query('UPDATE idempotency_keys SET expires_at = now() WHERE user_id = $1', [
      buyer.userId,
    ]);
    const second = await reserve(buyer, 'k1', skuId, 2);
    expect(second.body.code).toBe('ALREADY_RESERVED');
    expect(first.status).toBe(201);
  });

  it('deletes expired keys of other users', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    for (const key of ['k1', 'k2', 'k3']) await reserve(buyer, key, skuId);
    await server.pool.query(
      `UPDATE idempotency_keys SET expires_at = now() - interval '1 day' WHERE user_id = $1`,
      [buyer.userId],
    );
    await reserve(await server.newBuyer(), 'k1', skuId);
    await reserve(await server.newBuyer(), 'k2', skuId);
    expect(await countRows('idempotency_keys', buyer)).toBe(0);
  });
});

describe('Idempotency-Key: a process that dies', () => {
  it('after the reservation was made: the next call finds it', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    const { body } = await reserve(buyer, 'k1', skuId);
    await server.call('DELETE', `/api/v1/reservations/${body.reservationId}`, {
      token: buyer.token,
    });
    await forgetAnswers(buyer);
    const again = await reserve(buyer, 'k1', skuId);
    expect([again.status, again.body]).toEqual([201, body]);
    expect((await reserve(buyer, 'k1', skuId)).body).toEqual(body);
    expect(await countRows('reservations', buyer)).toBe(1);
  });

  it('before the reservation was made: the next call makes it', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    await reserve(buyer, 'k1', 'NO-SUCH-SKU');
    await forgetAnswers(buyer);
    expect((await reserve(buyer, 'k1', skuId)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await reserve(buyer, 'k1', 'NO-SUCH-SKU')).body.code).toBe('UNKNOWN_SKU');
  });
});

const held = async (buyer: Buyer) => {
  const { body } = await reserve(buyer, undefined, await server.newProduct(5));
  return body.reservationId as string;
};

const checkOut = ({ token }: Buyer, reservationId: string, key?: string) =>
  post('/api/v1/orders/checkout', token, key, {
    reservationId,
    paymentMethod: 'card',
    transactionId: `tx-${reservationId}`,
  });

const newCampaign = async () => {
  const campaignId = `CAMPAIGN-${newId()}`;
  const [startsAt, endsAt] = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];
  await server.call('PUT', '/api/v1/admin/campaigns', {
    token: server.adminToken,
    body: { campaigns: [{ campaignId, name: 'Spring', capacity: 5, startsAt, endsAt }] },
  });
  return campaignId;
};

const newSale = async () => {
  const [saleId, skuId] = [`SALE-${newId()}`, await server.newProduct(5)];
  const [startTime, endTime] = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];
  await server.call('PUT', '/api/v1/admin/flash-sales', {
    token: server.adminToken,
    body: { sales: [{ saleId, skuId, startTime, endTime }] },
  });
  return saleId;
};

/** For each flow: its name, a function that prepares a call for any key, and the refusal of a call with a second key. */
const FLOWS: [string, (buyer: Buyer) => Promise<(key: string) => Promise<Answer>>, string][] = [
  [
    'S1.1 a reservation',
    async (buyer) => {
      const skuId = await server.newProduct(5);
      return (key) => reserve(buyer, key, skuId);
    },
    'ALREADY_RESERVED',
  ],
  [
    'S1.3 a checkout',
    async (buyer) => {
      const reservationId = await held(buyer);
      return (key) => checkOut(buyer, reservationId, key);
    },
    'ORDER_EXISTS',
  ],
  [
    'S1.4 cancelling an order',
    async (buyer) => {
      const { body } = await checkOut(buyer, await held(buyer));
      return (key) => post(`/api/v1/orders/${body.orderId}/cancel`, buyer.token, key);
    },
    'ORDER_NOT_CANCELLABLE',
  ],
  [
    'S0.2 a registration',
    async (buyer) => {
      const campaignId = await newCampaign();
      return (key) => post('/api/v1/register', buyer.token, key, { campaignId });
    },
    'ALREADY_REGISTERED',
  ],
  [
    'S0.4 using a voucher',
    async (buyer) => {
      const campaignId = await newCampaign();
      const { body } = await post('/api/v1/register', buyer.token, undefined, { campaignId });
      return (key) => post('/api/v1/voucher/use', buyer.token, key, { code: body.code });
    },
    'VOUCHER_USED',
  ],
  [
    'S4.3 a purchase attempt',
    async (buyer) => {
      const saleId = await newSale();
      return (key) => post(`/api/flash-sale/attempt/${saleId}`, buyer.token, key);
    },
    'ALREADY_ATTEMPTED',
  ],
];

describe.each(FLOWS)('Idempotency-Key: %s', (_, prepare, refusal) => {
  it('gets the same answer under the same key, and is refused under another key', async () => {
    const buyer = await server.newBuyer();
    const call = await prepare(buyer);
    const first = await call('k1');
    const second = await call('k1');
    expect(first.status).toBeLessThan(300);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect((await call('k2')).body.code).toBe(refusal);
    expect((await call('k1')).body).toEqual(first.body);
  });

  it('is found by the next call when the process dies before the answer', async () => {
    const buyer = await server.newBuyer();
    const call = await prepare(buyer);
    const first = await call('k1');
    await forgetAnswers(buyer);
    const second = await call('k1');
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect((await call('k2')).body.code).toBe(refusal);
  });
});

describe('Idempotency-Key: two calls at once', () => {
  /** A server whose ledger answers a hold when `release` is called. */
  async function slowServer() {
    const gate = new EventEmitter();
    const entered = once(gate, 'entered');
    const released = once(gate, 'released');
    const holdIds: string[] = [];
    const ledger = {
      async hold({ holdId, userId, skuId, quantity }: HoldRequest): Promise<HoldOutcome> {
        holdIds.push(holdId);
        gate.emit('entered');
        await released;
        const hold = { holdId, userId, skuId, quantity };
        const [createdAt, expiresAt] = [new Date(0), new Date(120_000)];
        return { outcome: 'held', hold: { ...hold, createdAt, expiresAt }, sequence: 1 };
      },
      expireLapsed: async () => 0,
    } as Partial<StockLedger> as StockLedger;
    const slow = await startTestServer({ ledger, env: { ADMISSION: 'none' } });
    const token = slow.tokenFor({ userId: newId(), role: 'buyer' });
    const call = () =>
      slow.call('POST', '/api/v1/reservations', {
        token,
        body: { skuId: 'SKU-1', quantity: 1 },
        headers: { 'idempotency-key': 'k1' },
      });
    return { slow, call, entered, holdIds, release: () => gate.emit('released') };
  }

  it('the second is refused as retryable while the first is being handled', async () => {
    const { slow, call, entered, release } = await slowServer();
    const first = call();
    await entered;
    const second = await call();
    expect([second.status, second.body.code]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
    expect([second.body.retryable, second.headers.get('retry-after')]).toEqual([true, '1']);
    release();
    expect((await first).status).toBe(201);
    expect((await call()).body).toEqual((await first).body);
    await slow.stop();
  });

  it('one that takes longer than its lease is a fault, because another has claimed its key', async () => {
    const { slow, call, entered, holdIds, release } = await slowServer();
    const first = call();
    await entered;
    await slow.pool.query('UPDATE idempotency_keys SET claimed_until = now()');
    const second = call();
    await until(() => holdIds.length === 2);
    release();
    const statuses = [(await first).status, (await second).status].toSorted();
    await slow.stop();
    expect(statuses).toEqual([201, 500]);
    expect(new Set(holdIds).size).toBe(1);
  });
});
