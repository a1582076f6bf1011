import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { Reservation } from '../../../src/protocol/reservations.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import type { StockLedger } from '../../stock/ledger.ts';

let server: TestServer;
beforeAll(async () => {
  // Without the sweeper, because a lapsed hold must be EXPIRED before it is swept.
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const reserve = (token: string, skuId: string, quantity = 1, headers = {}) =>
  server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity }, headers });

/** Moves the end of a hold into the past, so that no test has to wait for it. */
const lapse = (reservationId: string) =>
  server.pool.query(
    "UPDATE reservations SET expires_at = now() - interval '1 second' WHERE reservation_id = $1",
    [reservationId],
  );

describe('S1.1 reserving', () => {
  test('answers 201 with the hold, its end and its sequence number', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    const { status, body } = await reserve(buyer.token, skuId, 2);
    expect(status).toBe(201);
    const reservation = Reservation.parse(body);
    expect(reservation).toMatchObject({
      userId: buyer.userId,
      skuId,
      quantity: 2,
      status: 'RESERVED',
      sequence: 1,
    });
    const livesMs = Date.parse(reservation.expiresAt) - Date.parse(reservation.createdAt);
    expect(livesMs).toBe(120_000);
  });

  test('stores the call id with the hold', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(5)];
    const { body } = await reserve(buyer.token, skuId, 1, { 'x-call-id': 'run-7:42' });
    const { rows } = await server.pool.query(
      'SELECT call_id FROM reservations WHERE reservation_id = $1',
      [body.reservationId],
    );
    expect(rows).toEqual([{ call_id: 'run-7:42' }]);
  });

  test('succeeds for exactly as many of twenty concurrent buyers as there are units', async () => {
    const skuId = await server.newProduct(5);
    const buyers = await Promise.all(Array.from({ length: 20 }, () => server.newBuyer()));
    const answers = await Promise.all(buyers.map(({ token }) => reserve(token, skuId)));
    const codes = answers.map(({ status, body }) => (status === 201 ? 'held' : body.code));
    expect(codes.filter((code) => code === 'held')).toHaveLength(5);
    expect(codes.filter((code) => code === 'OUT_OF_STOCK')).toHaveLength(15);
  });

  test('checks in the order: purchased, reserved, stock', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(1)];
    const held = await reserve(buyer.token, skuId);

    const again = await reserve(buyer.token, skuId);
    expect([again.status, again.body.code]).toEqual([409, 'ALREADY_RESERVED']);

    await server.call('POST', '/api/v1/orders/checkout', {
      token: buyer.token,
      body: {
        reservationId: held.body.reservationId,
        paymentMethod: 'card',
        transactionId: newId(),
      },
    });
    const bought = await reserve(buyer.token, skuId);
    expect([bought.status, bought.body.code]).toEqual([409, 'ALREADY_PURCHASED']);

    const other = await server.newBuyer();
    const late = await reserve(other.token, skuId);
    expect([late.status, late.body.code]).toEqual([400, 'OUT_OF_STOCK']);
    expect(Problem.parse(late.body).sequence).toBe(2);
  });

  test('an unknown SKU is 404', async () => {
    const buyer = await server.newBuyer();
    const { status, body } = await reserve(buyer.token, 'SKU-none');
    expect([status, body.code]).toEqual([404, 'UNKNOWN_SKU']);
  });

  test.each([
    ['a user of its own', { skuId: 'SKU-1', quantity: 1, userId: newId() }],
    ['a price', { skuId: 'SKU-1', quantity: 1, price: '0.01' }],
    ['no quantity', { skuId: 'SKU-1' }],
    ['a quantity of nothing', { skuId: 'SKU-1', quantity: 0 }],
    ['a negative quantity', { skuId: 'SKU-1', quantity: -1 }],
    ['half a unit', { skuId: 'SKU-1', quantity: 0.5 }],
    ['more than one buyer may have', { skuId: 'SKU-1', quantity: 11 }],
    ['a quantity in words', { skuId: 'SKU-1', quantity: '1' }],
    ['a SKU with a NUL in it', { skuId: 'SKU\u0000', quantity: 1 }],
    ['a list', []],
    ['nothing', null],
  ])('S1.12 a body with %s is 400 and names the field', async (_, body) => {
    const { token } = await server.newBuyer();
    const refused = await server.call('POST', '/api/v1/reservations', { token, body });
    expect(refused.status).toBe(400);
    expect(Problem.parse(refused.body).code).toBe('VALIDATION_FAILED');
    expect(refused.body.errors).not.toHaveLength(0);
  });

  test('S1.12 the same body means the same for each buyer, and another body is checked anew', async () => {
    const skuId = await server.newProduct(50);
    const quantities = [2, 1, 11, 2, 11, 1];
    const answers: unknown[] = [];
    for (const quantity of quantities) {
      const { token } = await server.newBuyer();
      const { status, body } = await reserve(token, skuId, quantity);
      answers.push([status, body.quantity]);
    }
    const refused = [400, undefined];
    expect(answers).toEqual([[201, 2], [201, 1], refused, [201, 2], refused, [201, 1]]);
  });

  test('S1.12 with a malformed call id is 400', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(1)];
    const refused = await reserve(buyer.token, skuId, 1, { 'x-call-id': 'x'.repeat(101) });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('S1.2 a reservation', () => {
  test('can be read by its owner only', async () => {
    const [owner, other] = [await server.newBuyer(), await server.newBuyer()];
    const { body } = await reserve(owner.token, await server.newProduct(1));
    const path = `/api/v1/reservations/${body.reservationId}`;

    const read = await server.call('GET', path, { token: owner.token });
    expect(Reservation.parse(read.body)).toMatchObject({ status: 'RESERVED', confirmedAt: null });
    for (const method of ['GET', 'DELETE']) {
      const refused = await server.call(method, path, { token: other.token });
      expect([refused.status, refused.body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });

  test('releases its units once when it is cancelled', async () => {
    const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(3)];
    const { body } = await reserve(buyer.token, skuId, 2);
    const path = `/api/v1/reservations/${body.reservationId}`;

    const cancelled = await server.call('DELETE', path, { token: buyer.token });
    expect(cancelled.status).toBe(200);
    expect(Reservation.parse(cancelled.body)).toMatchObject({ status: 'CANCELLED', sequence: 2 });

    const again = await server.call('DELETE', path, { token: buyer.token });
    expect([again.status, again.body.code]).toEqual([409, 'RESERVATION_NOT_ACTIVE']);
    const stock = await server.call('GET', `/api/v1/products/${skuId}/availability`);
    expect(stock.body).toMatchObject({ available: 3, reserved: 0, sequence: 2 });
  });

  test('is EXPIRED as soon as it lapses, before it is swept', async () => {
    const buyer = await server.newBuyer();
    const { body } = await reserve(buyer.token, await server.newProduct(1));
    const path = `/api/v1/reservations/${body.reservationId}`;
    await lapse(body.reservationId);

    const read = await server.call('GET', path, { token: buyer.token });
    expect(read.body.status).toBe('EXPIRED');
    const refused = await server.call('DELETE', path, { token: buyer.token });
    expect([refused.status, refused.body.code]).toEqual([409, 'RESERVATION_EXPIRED']);
  });

  test('that lapsed is swept, and its units are on sale again', async () => {
    const own = await startTestServer({ env: { HOLD_TTL_MS: '1', SWEEP_INTERVAL_MS: '10' } });
    const [buyer, skuId] = [await own.newBuyer(), await own.newProduct(1)];
    const { body } = await own.call('POST', '/api/v1/reservations', {
      token: buyer.token,
      body: { skuId, quantity: 1 },
    });
    const stock = async () =>
      (await own.call('GET', `/api/v1/products/${skuId}/availability`)).body;
    await until(async () => (await stock()).available === 1);
    expect(await stock()).toMatchObject({ reserved: 0, sold: 0, sequence: 2 });
    const path = `/api/v1/reservations/${body.reservationId}`;
    expect((await own.call('GET', path, { token: buyer.token })).body.status).toBe('EXPIRED');
    await own.stop();
  });

  test.each(['42', 'not-a-uuid', '%00', newId()])('with the id %s does not exist', async (id) => {
    const { token } = await server.newBuyer();
    const { status, body } = await server.call('GET', `/api/v1/reservations/${id}`, { token });
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('S1.12 when the ledger cannot decide', () => {
  const askOf = async (hold: StockLedger['hold']) => {
    const ledger = { hold, expireLapsed: async () => 0 } as Partial<StockLedger> as StockLedger;
    const own = await startTestServer({ ledger });
    const answer = await own.call('POST', '/api/v1/reservations', {
      token: own.tokenFor({ userId: newId(), role: 'buyer' }),
      body: { skuId: 'SKU-1', quantity: 1 },
    });
    await own.stop();
    const problem = Problem.parse(answer.body);
    expect(problem.status).toBe(answer.status);
    return problem;
  };

  test('lost contention is a retryable 409', async () => {
    expect(await askOf(async () => ({ outcome: 'contention_lost' }))).toMatchObject({
      status: 409,
      code: 'CONTENTION_LOST',
      retryable: true,
    });
  });

  const failure = (code: string) => {
    const cause = Object.assign(new Error(`it said ${code}`), { code });
    return () => Promise.reject(new Error('the statement failed', { cause }));
  };

  test('a database that cannot be reached is 503, and nothing happened', async () => {
    expect(await askOf(failure('ECONNREFUSED'))).toMatchObject({
      status: 503,
      code: 'UNAVAILABLE',
      retryable: true,
    });
  });

  test('a connection that broke during a statement is 500, because it may have committed', async () => {
    expect(await askOf(failure('ECONNRESET'))).toMatchObject({
      status: 500,
      code: 'INTERNAL_ERROR',
      detail: expect.stringContaining('not known'),
    });
  });

  test('a bug is 500', async () => {
    expect(await askOf(() => Promise.reject(new TypeError('x is undefined')))).toMatchObject({
      status: 500,
      code: 'INTERNAL_ERROR',
      retryable: false,
    });
  });
});
