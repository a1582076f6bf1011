import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import type { LedgerEntry } from '../../../src/protocol/ledger.ts';
import type { Order } from '../../../src/protocol/orders.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import { readStock } from '../../stock/testing/fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  expect(await auditLedger(server.pool)).toEqual([]);
});

const products = (...units: number[]) =>
  Promise.all(units.map((count) => server.newProduct(count)));
const user = () => server.tokenFor({ userId: newId(), role: 'buyer' });

const hold = (token: string, wanted: Record<string, number>, headers = {}) =>
  server.call('POST', '/api/v1/baskets', {
    token,
    headers,
    body: {
      lines: Object.entries(wanted).map(([skuId, quantity]) => ({ skuId, quantity })),
    },
  });
const checkOut = (token: string, basketId: string, transactionId = newId(), headers = {}) =>
  server.call('POST', `/api/v1/baskets/${basketId}/checkout`, {
    token,
    headers,
    body: { paymentMethod: 'card', transactionId },
  });
const cancel = (token: string, basketId: string) =>
  server.call('POST', `/api/v1/baskets/${basketId}/cancel`, { token, body: {} });

describe('S1.3 a basket of several products', () => {
  it('is held, bought by one payment and cancelled as a whole', async () => {
    const [one, two] = (await products(5, 5)) as [string, string];
    const token = user();
    const held = await hold(token, { [two]: 1, [one]: 2 });
    expect([held.status, held.body.orders]).toEqual([201, []]);
    expect(held.body.lines).toMatchObject([
      { skuId: two, quantity: 1, status: 'RESERVED', sequence: 1 },
      { skuId: one, quantity: 2, status: 'RESERVED', sequence: 1 },
    ]);
    const { basketId } = held.body;
    const read = await server.call('GET', `/api/v1/baskets/${basketId}`, { token });
    expect([read.status, read.body]).toEqual([200, held.body]);

    const bought = await checkOut(token, basketId, 'one-payment');
    expect([bought.status, bought.body.orders.length]).toEqual([201, 2]);
    expect(bought.body.orders).toMatchObject([
      { skuId: two, status: 'CONFIRMED', transactionId: 'one-payment', sequence: 2 },
      { skuId: one, status: 'CONFIRMED', quantity: 2, sequence: 2 },
    ]);
    const { body: after } = await server.call('GET', `/api/v1/baskets/${basketId}`, { token });
    expect(after.lines).toEqual(bought.body.lines);
    const [sum] = (
      await server.pool.query(
        'SELECT sum(amount) AS paid, count(*) FROM payments p JOIN orders o USING (order_id) WHERE o.basket_id = $1',
        [basketId],
      )
    ).rows;
    const prices = bought.body.orders.map(({ totalPrice }: { totalPrice: string }) => +totalPrice);
    expect(sum).toEqual({ paid: (prices[0] + prices[1]).toFixed(2), count: 1 });

    const { body: ledger } = await server.call('GET', '/api/v1/admin/ledger', {
      token: server.adminToken,
    });
    const rows: LedgerEntry[] = ledger
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line));
    const orders: Order[] = bought.body.orders;
    expect(rows.filter(({ row }) => row === 'payment')).toMatchObject(
      orders.map(({ orderId, totalPrice }) => ({
        ...{ orderId, amount: totalPrice, transactionId: 'one-payment', status: 'CHARGED' },
      })),
    );

    const again = await checkOut(token, basketId);
    expect([again.status, again.body.code]).toEqual([409, 'ORDER_EXISTS']);
    const cancelled = await cancel(token, basketId);
    expect([cancelled.status, cancelled.body.orders]).toMatchObject([
      200,
      [
        { status: 'CANCELLED', sequence: 3 },
        { status: 'CANCELLED', sequence: 3 },
      ],
    ]);
    expect(await readStock(server.pool, one)).toEqual({ available: 5, reserved: 0, sold: 0 });
    const { body: refused } = await cancel(token, basketId);
    expect([refused.code, refused.lines]).toEqual([
      'ORDER_NOT_CANCELLABLE',
      expect.arrayContaining([one, two].map((skuId) => ({ skuId, code: 'ORDER_NOT_CANCELLABLE' }))),
    ]);
  });

  it('says which lines cannot be held, and holds none', async () => {
    const [one, two] = (await products(5, 1)) as [string, string];
    const { status, body } = await hold(user(), { [one]: 1, [two]: 2, nothing: 1 });
    expect([status, body.code, body.lines]).toEqual([
      400,
      'OUT_OF_STOCK',
      [
        { skuId: two, code: 'OUT_OF_STOCK', sequence: 0 },
        { skuId: 'nothing', code: 'UNKNOWN_SKU' },
      ],
    ]);
    expect(await readStock(server.pool, one)).toEqual({ available: 5, reserved: 0, sold: 0 });
  });

  it('names each product once', async () => {
    const [one] = (await products(5)) as [string];
    const line = { skuId: one, quantity: 1 };
    const { status } = await server.call('POST', '/api/v1/baskets', {
      token: user(),
      body: { lines: [line, line] },
    });
    expect(status).toBe(400);
  });

  it('has no line that is bought, released or cancelled alone', async () => {
    const [one, two] = (await products(5, 5)) as [string, string];
    const token = user();
    const { body } = await hold(token, { [one]: 1, [two]: 1 });
    const { reservationId } = body.lines[0];
    const alone = await server.call('POST', '/api/v1/orders/checkout', {
      token,
      body: { reservationId, paymentMethod: 'card', transactionId: newId() },
    });
    expect(alone.body.code).toBe('PART_OF_BASKET');
    const released = await server.call('DELETE', `/api/v1/reservations/${reservationId}`, {
      token,
    });
    expect(released.body.code).toBe('PART_OF_BASKET');
    const { orderId } = (await checkOut(token, body.basketId)).body.orders[1];
    const ended = await server.call('POST', `/api/v1/orders/${orderId}/cancel`, { token });
    expect(ended.body.code).toBe('PART_OF_BASKET');
  });

  it('is released as a whole', async () => {
    const [one, two] = (await products(5, 5)) as [string, string];
    const token = user();
    const { basketId } = (await hold(token, { [one]: 1, [two]: 1 })).body;
    const path = `/api/v1/baskets/${basketId}`;
    const released = await server.call('DELETE', path, { token });
    expect(released.body.lines).toMatchObject([
      { status: 'CANCELLED', sequence: 2 },
      { status: 'CANCELLED', sequence: 2 },
    ]);
    const again = await server.call('DELETE', path, { token });
    expect([again.body.code, again.body.lines.length]).toEqual(['RESERVATION_NOT_ACTIVE', 2]);
    expect((await checkOut(token, basketId)).body.code).toBe('RESERVATION_NOT_ACTIVE');
  });

  it('is one basket and one purchase under one key', async () => {
    const [one, two] = (await products(5, 5)) as [string, string];
    const token = user();
    const holdKey = { 'idempotency-key': newId() };
    const payKey = { 'idempotency-key': newId() };
    const first = await hold(token, { [one]: 1, [two]: 1 }, holdKey);
    const second = await hold(token, { [one]: 1, [two]: 1 }, holdKey);
    expect(second.body).toEqual(first.body);
    const { basketId } = first.body;
    const bought = await checkOut(token, basketId, 'under-key', payKey);
    expect((await checkOut(token, basketId, 'under-key', payKey)).body).toEqual(bought.body);
    expect(await readStock(server.pool, one)).toEqual({ available: 4, reserved: 0, sold: 1 });
  });

  it('S1.4 stays held when its payment is declined, and may be paid for again', async () => {
    const [one, two] = (await products(5, 5)) as [string, string];
    const token = user();
    const { basketId } = (await hold(token, { [one]: 1, [two]: 1 })).body;
    const declined = await checkOut(token, basketId, 'decline-this');
    expect([declined.status, declined.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
    const statuses = await server.pool.query(
      'SELECT DISTINCT status::text FROM orders WHERE basket_id = $1',
      [basketId],
    );
    expect(statuses.rows).toEqual([{ status: 'FAILED' }]);
    expect((await checkOut(token, basketId)).status).toBe(201);
  });
});
