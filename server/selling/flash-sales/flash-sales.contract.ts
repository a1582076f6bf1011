import { afterAll, beforeAll, expect, test } from 'vitest';
import { AcceptedAttempt } from '../../../src/protocol/flash-sales.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import {
  attempt,
  checkOut,
  newSale,
  ordersOf,
  reserve,
  resultOf,
  sellInFlashSale,
  statusOf,
  stockOf,
  untilDecided,
} from './testing/sales.ts';

/** Tests the promises of flash sales, which hold with Redis and without. */
export function describeFlashSale(env: () => Record<string, string>): void {
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

  test('S4.3 accepts one attempt of a user who attempts twenty times at once', async () => {
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

  test('S4.3 refuses a second attempt as such, also when all is sold', async () => {
    const saleId = await newSale(server, 1);
    const [winner, loser] = await server.newBuyers(2);
    await attempt(server, winner!.token, saleId);
    expect((await attempt(server, loser!.token, saleId)).body.code).toBe('OUT_OF_STOCK');
    expect((await attempt(server, winner!.token, saleId)).body.code).toBe('ALREADY_ATTEMPTED');
  });

  test('S4.3 accepts no more attempts than there are units left of earlier sales', async () => {
    const skuId = await server.newProduct(2);
    const [owner, first, second] = await server.newBuyers(3);
    const { body } = await reserve(server, owner!.token, skuId);
    await checkOut(server, owner!.token, body.reservationId);
    const saleId = await sellInFlashSale(server, skuId);

    expect((await attempt(server, first!.token, saleId)).status).toBe(200);
    expect((await attempt(server, second!.token, saleId)).body.code).toBe('OUT_OF_STOCK');
    expect(await resultOf(server, first!.token, saleId)).toBe('SUCCESS');
    expect(await stockOf(server, saleId)).toEqual({ available: 0, reserved: 0, sold: 2 });
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

  test('S4.3 refuses a user who has bought the product before', async () => {
    const skuId = await server.newProduct(5);
    const { token } = await server.newBuyer();
    const { body } = await reserve(server, token, skuId);
    await checkOut(server, token, body.reservationId);
    const saleId = await sellInFlashSale(server, skuId);
    expect((await attempt(server, token, saleId)).body.code).toBe('ALREADY_PURCHASED');
    expect(await stockOf(server, saleId)).toEqual({ available: 4, reserved: 0, sold: 1 });
  });

  test('S4.5 is PENDING for a user who has not attempted', async () => {
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

  test('S4.3 refuses attempts at a sale that does not exist', async () => {
    const buyer = await server.newBuyer();
    expect((await attempt(server, buyer.token, 'nothing')).status).toBe(404);
    expect((await attempt(server, buyer.token, '%20')).status).toBe(404);
  });
}
