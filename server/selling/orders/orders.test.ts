import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { Order, OrderPage } from '../../../src/protocol/orders.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

async function reserved(stock = 5, quantity = 1) {
  const [buyer, skuId] = [await server.newBuyer(), await server.newProduct(stock)];
  const { body } = await server.call('POST', '/api/v1/reservations', {
    token: buyer.token,
    body: { skuId, quantity },
  });
  return { buyer, skuId, reservationId: body.reservationId as string };
}

const checkOut = (token: string, reservationId: string, transactionId: string = newId()) =>
  server.call('POST', '/api/v1/orders/checkout', {
    token,
    body: { reservationId, paymentMethod: 'card', transactionId },
  });

describe('S1.3 checkout', () => {
  test('makes an order of a reservation and moves its units from reserved to sold', async () => {
    const { buyer, skuId, reservationId } = await reserved(5, 3);
    const { status, body } = await checkOut(buyer.token, reservationId, 'tx-first');
    expect(status).toBe(201);
    expect(Order.parse(body)).toMatchObject({
      reservationId,
      userId: buyer.userId,
      skuId,
      quantity: 3,
      totalPrice: '59.97',
      status: 'CONFIRMED',
      transactionId: 'tx-first',
      sequence: 2,
    });
    const stock = await server.call('GET', `/api/v1/products/${skuId}/availability`);
    expect(stock.body).toMatchObject({ available: 2, reserved: 0, sold: 3 });
    const read = await server.call('GET', `/api/v1/reservations/${reservationId}`, {
      token: buyer.token,
    });
    expect(read.body.status).toBe('CONFIRMED');
    expect(read.body.confirmedAt).not.toBeNull();
  });

  test('of the same reservation twice makes one order', async () => {
    const { buyer, reservationId } = await reserved();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => checkOut(buyer.token, reservationId, 'tx-double')),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('ORDER_EXISTS');
    const { rows } = await server.pool.query('SELECT 1 FROM orders WHERE reservation_id = $1', [
      reservationId,
    ]);
    expect(rows).toHaveLength(1);
  });

  test('of a reservation that is sold is told which order it has, cancelled or not', async () => {
    const { buyer, reservationId } = await reserved();
    const { token } = buyer;
    const { orderId } = (await checkOut(token, reservationId)).body;
    const again = () => checkOut(token, reservationId, 'tx-again');
    for (const _ of ['sold', 'cancelled']) {
      const { status, body } = await again();
      expect([status, body.code, body.existingOrderId]).toEqual([409, 'ORDER_EXISTS', orderId]);
      const released = await server.call('DELETE', `/api/v1/reservations/${reservationId}`, {
        token,
      });
      expect([released.status, released.body.code]).toEqual([409, 'RESERVATION_NOT_ACTIVE']);
      await server.call('POST', `/api/v1/orders/${orderId}/cancel`, { token });
    }
  });

  test('of a reservation of another user is 404', async () => {
    const { reservationId } = await reserved();
    const thief = await server.newBuyer();
    const { status, body } = await checkOut(thief.token, reservationId);
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });

  test('of a lapsed reservation is refused before any charge', async () => {
    const { buyer, reservationId } = await reserved();
    await server.pool.query(
      "UPDATE reservations SET expires_at = now() - interval '1 second' WHERE reservation_id = $1",
      [reservationId],
    );
    const { status, body } = await checkOut(buyer.token, reservationId);
    expect([status, body.code]).toEqual([409, 'RESERVATION_EXPIRED']);
  });

  test('of a cancelled reservation is refused', async () => {
    const { buyer, reservationId } = await reserved();
    const { token } = buyer;
    await server.call('DELETE', `/api/v1/reservations/${reservationId}`, { token });
    const { status, body } = await checkOut(token, reservationId);
    expect([status, body.code]).toEqual([409, 'RESERVATION_NOT_ACTIVE']);
  });

  test('with a declined payment leaves the reservation as it was', async () => {
    const { buyer, reservationId } = await reserved();
    const declined = await checkOut(buyer.token, reservationId, 'decline-1');
    expect([declined.status, declined.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
    expect((await checkOut(buyer.token, reservationId)).status).toBe(201);
  });

  test('that was declined is declined again, also when the reservation has ended since', async () => {
    const { buyer, reservationId } = await reserved();
    const { token } = buyer;
    await checkOut(token, reservationId, 'decline-2');
    await server.call('DELETE', `/api/v1/reservations/${reservationId}`, { token });
    const again = await checkOut(token, reservationId, 'decline-2');
    expect([again.status, again.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
  });

  test('cannot pay for two reservations with one transaction', async () => {
    const [first, second] = [await reserved(), await reserved()];
    expect((await checkOut(first.buyer.token, first.reservationId, 'tx-once')).status).toBe(201);
    const refused = await checkOut(second.buyer.token, second.reservationId, 'tx-once');
    expect([refused.status, refused.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
  });

  test('cannot pay for two orders of one buyer with one transaction', async () => {
    const { buyer, reservationId } = await reserved();
    const { token } = buyer;
    expect((await checkOut(token, reservationId, 'tx-mine')).status).toBe(201);
    const skuId = await server.newProduct(1);
    const { body } = await server.call('POST', '/api/v1/reservations', {
      token,
      body: { skuId, quantity: 1 },
    });
    const refused = await checkOut(token, body.reservationId, 'tx-mine');
    expect([refused.status, refused.body.code]).toEqual([409, 'TRANSACTION_REUSED']);
  });

  test.each([
    ['a price of its own', { totalPrice: '0.01' }],
    ['a status of its own', { status: 'FULFILLED' }],
    ['an unknown payment method', { paymentMethod: 'seashells' }],
    ['no transaction', { transactionId: '' }],
    ['a transaction with a NUL in it', { transactionId: 'tx\u0000' }],
    ['a reservation id that is none', { reservationId: 'mine' }],
  ])('S1.12 with %s is 400', async (_, fields) => {
    const { token } = await server.newBuyer();
    const sound = { reservationId: newId(), paymentMethod: 'card', transactionId: 'tx' };
    const body = { ...sound, ...fields };
    const refused = await server.call('POST', '/api/v1/orders/checkout', { token, body });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('S1.4 orders', () => {
  test('can be read by their owner only', async () => {
    const { buyer, reservationId } = await reserved();
    const { body: order } = await checkOut(buyer.token, reservationId);
    const path = `/api/v1/orders/${order.orderId}`;
    const read = await server.call('GET', path, { token: buyer.token });
    const { sequence, ...stored } = order;
    expect(sequence).toBe(2);
    expect(Order.parse(read.body)).toEqual(stored);

    const other = await server.newBuyer();
    expect((await server.call('GET', path, { token: other.token })).status).toBe(404);
    expect((await server.call('GET', '/api/v1/orders/7', { token: buyer.token })).status).toBe(404);
  });

  test('are listed newest first, page by page, only those of the caller', async () => {
    const buyer = await server.newBuyer();
    const { token } = buyer;
    const bought: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const skuId = await server.newProduct(1);
      const { body } = await server.call('POST', '/api/v1/reservations', {
        token,
        body: { skuId, quantity: 1 },
      });
      bought.unshift((await checkOut(token, body.reservationId)).body.orderId);
    }

    const first = await server.call('GET', '/api/v1/orders?limit=2', { token });
    const { orders, nextCursor } = OrderPage.parse(first.body);
    const second = await server.call('GET', `/api/v1/orders?limit=2&cursor=${nextCursor}`, {
      token,
    });
    const listed = [...orders, ...OrderPage.parse(second.body).orders];
    expect(listed.map(({ orderId }) => orderId)).toEqual(bought);
    expect(second.body.nextCursor).toBeUndefined();

    const refused = await server.call('GET', '/api/v1/orders?cursor=yesterday', { token });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('S1.4 cancelling', () => {
  const cancel = (token: string, orderId: string) =>
    server.call('POST', `/api/v1/orders/${orderId}/cancel`, { token });
  const fulfil = (orderId: string, token = server.adminToken) =>
    server.call('POST', `/api/v1/orders/${orderId}/fulfil`, { token });

  async function bought(stock = 5, quantity = 1) {
    const { buyer, skuId, reservationId } = await reserved(stock, quantity);
    const { body } = await checkOut(buyer.token, reservationId);
    return { buyer, skuId, reservationId, orderId: body.orderId as string };
  }

  test('returns the units, ends the reservation and names the order in its movement', async () => {
    const { buyer, skuId, reservationId, orderId } = await bought(5, 3);
    const { status, body } = await cancel(buyer.token, orderId);
    expect(status).toBe(200);
    expect(Order.parse(body)).toMatchObject({ orderId, status: 'CANCELLED', sequence: 3 });

    const stock = await server.call('GET', `/api/v1/products/${skuId}/availability`);
    expect(stock.body).toMatchObject({ available: 5, reserved: 0, sold: 0 });
    const { token } = buyer;
    const read = await server.call('GET', `/api/v1/reservations/${reservationId}`, { token });
    expect(read.body.status).toBe('CANCELLED');
    const { rows } = await server.pool.query(
      'SELECT kind, order_id, user_id FROM stock_movements WHERE sku_id = $1 AND sequence = 3',
      [skuId],
    );
    expect(rows).toEqual([{ kind: 'RETURNED', order_id: orderId, user_id: buyer.userId }]);
  });

  test('lets the buyer buy the last unit again', async () => {
    const { buyer, skuId, orderId } = await bought(1);
    await cancel(buyer.token, orderId);
    const { status, body } = await server.call('POST', '/api/v1/reservations', {
      token: buyer.token,
      body: { skuId, quantity: 1 },
    });
    expect(status).toBe(201);
    expect((await checkOut(buyer.token, body.reservationId)).status).toBe(201);
  });

  test('is for the owner only', async () => {
    const { orderId } = await bought();
    const other = await server.newBuyer();
    expect((await cancel(other.token, orderId)).status).toBe(404);
    expect((await cancel(server.adminToken, orderId)).status).toBe(404);
    expect((await cancel(other.token, newId())).status).toBe(404);
  });

  test('succeeds for exactly one of many concurrent calls, one of them a fulfilment', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const { buyer, orderId } = await bought();
      const answers = await Promise.all([
        cancel(buyer.token, orderId),
        fulfil(orderId),
        cancel(buyer.token, orderId),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      const { body } = await server.call('GET', `/api/v1/orders/${orderId}`, {
        token: buyer.token,
      });
      expect(body.status).toBe(answers.find(({ status }) => status === 200)?.body.status);
    }
  });

  test('S1.8 an order that an administrator fulfilled stays fulfilled and has one event', async () => {
    const { buyer, skuId, orderId } = await bought();
    expect((await fulfil(orderId, buyer.token)).status).toBe(403);
    expect((await fulfil(orderId)).body).toMatchObject({ orderId, status: 'FULFILLED' });
    expect((await fulfil(orderId)).body.code).toBe('ORDER_NOT_FULFILLABLE');
    expect((await cancel(buyer.token, orderId)).body.code).toBe('ORDER_NOT_CANCELLABLE');
    expect((await fulfil(newId())).status).toBe(404);
    const { rows } = await server.pool.query('SELECT topic, type FROM outbox WHERE key = $1', [
      skuId,
    ]);
    expect(rows).toEqual([{ topic: 'flash-sale-orders', type: 'ORDER_FULFILLED' }]);
  });
});
