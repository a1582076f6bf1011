import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import type { Order } from '../../../src/protocol/orders.ts';
import { ProviderBehaviour } from '../../../src/protocol/payments.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { createPaymentService, type PaymentService } from '../../payment-provider/service.ts';
import { createLogger } from '../../platform/logging.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import { readStock } from '../../stock/testing/fixtures.ts';
import { buyTickets, newShow, newTicketType } from './testing/box-office.ts';

const SECRET = 'a secret of thirty-two characters';

let server: TestServer;
let provider: PaymentService;
let paymentUrl: string;

async function startProvider(port = 0): Promise<string> {
  provider = createPaymentService({
    ...{ host: '127.0.0.1', port, behaviour: ProviderBehaviour.parse({}), seed: 1 },
    ...{ webhookSecret: SECRET, log: createLogger({ level: 'silent', instance: 'payments' }) },
  });
  return provider.start();
}

beforeAll(async () => {
  paymentUrl = await startProvider();
  server = await startTestServer({
    env: { PAYMENT_URL: paymentUrl, PAYMENT_WEBHOOK_SECRET: SECRET },
  });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
afterEach(async () => {
  expect(await auditLedger(server.pool)).toEqual([]);
});

const user = () => server.tokenFor({ userId: newId(), role: 'buyer' });

const buyBasket = (
  token: string,
  wanted: Record<string, number>,
  { transactionId = newId(), headers = {} } = {},
) =>
  server.call('POST', '/tickets/purchase', {
    token,
    headers,
    body: {
      lines: Object.entries(wanted).map(([ticketTypeId, quantity]) => ({ ticketTypeId, quantity })),
      ...{ paymentMethod: 'card', transactionId },
    },
  });

async function typesOf(...capacities: number[]) {
  const show = await newShow(server);
  const types: string[] = [];
  for (const [place, capacity] of capacities.entries()) {
    const type = await newTicketType(server, { show, name: `Row ${place + 1}`, capacity });
    types.push(type.ticketTypeId);
  }
  return { show, types: types as [string, string] };
}

describe('S3.2 tickets of several types', () => {
  it('are bought together, by one payment', async () => {
    const { types } = await typesOf(5, 5);
    const bought = await buyBasket(user(), { [types[1]]: 2, [types[0]]: 1 });
    expect([bought.status, bought.body.tickets.length]).toEqual([201, 3]);
    const { basketId } = bought.body;
    expect(bought.body.orders.map((order: Order) => order.basketId)).toEqual([basketId, basketId]);
    expect(bought.body.orders).toMatchObject([
      { skuId: types[1], quantity: 2, status: 'CONFIRMED', totalPrice: '25.00' },
      { skuId: types[0], quantity: 1, status: 'CONFIRMED', totalPrice: '12.50' },
    ]);
    const { rows } = await server.pool.query(
      'SELECT amount, p.status::text FROM payments p JOIN orders USING (order_id) WHERE basket_id = $1',
      [bought.body.basketId],
    );
    expect(rows).toEqual([{ amount: '37.50', status: 'CHARGED' }]);
  });

  it('are not bought at all if one type is sold out', async () => {
    const { types } = await typesOf(5, 1);
    const refused = await buyBasket(user(), { [types[0]]: 1, [types[1]]: 2 });
    expect([refused.status, refused.body.code, refused.body.lines]).toEqual([
      400,
      'OUT_OF_STOCK',
      [{ skuId: types[1], code: 'OUT_OF_STOCK', sequence: 0 }],
    ]);
    expect(await readStock(server.pool, types[0])).toEqual({ available: 5, reserved: 0, sold: 0 });
  });

  it('are all given back when the payment is declined', async () => {
    const { types } = await typesOf(5, 5);
    const declined = await buyBasket(
      user(),
      { [types[0]]: 1, [types[1]]: 2 },
      { transactionId: `decline-${newId()}` },
    );
    expect([declined.status, declined.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
    for (const type of types) {
      expect(await readStock(server.pool, type)).toEqual({ available: 5, reserved: 0, sold: 0 });
    }
  });

  it('are one purchase under one key, and bought once', async () => {
    const { types } = await typesOf(5, 5);
    const token = user();
    const headers = { 'idempotency-key': newId() };
    const wanted = { [types[0]]: 1, [types[1]]: 1 };
    const first = await buyBasket(token, wanted, { transactionId: 'key', headers });
    const again = await buyBasket(token, wanted, { transactionId: 'key', headers });
    expect(again.body).toEqual(first.body);
    const second = await buyTickets(server, token, types[0]);
    expect(second.body.code).toBe('ALREADY_PURCHASED');
  });

  describe('when the server dies before it answers, the request that is sent again', () => {
    /** Leaves the database as after a process that died between the effect of a request and its answer. */
    const forgetAnswers = () =>
      server.pool.query(
        'UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now()',
      );

    it('is told that the payment was declined, though the tickets are held no longer', async () => {
      const { types } = await typesOf(5, 5);
      const [token, wanted] = [user(), { [types[0]]: 1, [types[1]]: 1 }];
      const by = { transactionId: `decline-${newId()}`, headers: { 'idempotency-key': newId() } };
      await buyBasket(token, wanted, by);
      await forgetAnswers();
      const again = await buyBasket(token, wanted, by);
      expect([again.status, again.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
      expect(await readStock(server.pool, types[0])).toEqual({
        available: 5,
        reserved: 0,
        sold: 0,
      });
    });

    it('buys them, if nothing was paid for', async () => {
      const { types } = await typesOf(5, 5);
      const [token, wanted] = [user(), { [types[0]]: 1, [types[1]]: 1 }];
      const by = { transactionId: newId(), headers: { 'idempotency-key': newId() } };
      await provider.stop();
      const refused = await buyBasket(token, wanted, by);
      expect([refused.status, refused.body.code]).toEqual([503, 'PAYMENT_UNAVAILABLE']);
      expect(await readStock(server.pool, types[0])).toMatchObject({ available: 5 });
      await startProvider(Number(new URL(paymentUrl).port));
      await expect
        .poll(async () => (await buyBasket(token, wanted, by)).status, { timeout: 20_000 })
        .toBe(201);
      const bought = await buyBasket(token, wanted, by);
      expect(bought.body.tickets.length).toBe(2);
      await forgetAnswers();
      expect((await buyBasket(token, wanted, by)).body).toEqual(bought.body);
    });
  });

  it('are of one event', async () => {
    const [one, other] = [await newTicketType(server), await newTicketType(server)];
    const refused = await buyBasket(user(), { [one.ticketTypeId]: 1, [other.ticketTypeId]: 1 });
    expect([refused.status, refused.body.code, refused.body.lines]).toEqual([
      409,
      'SEVERAL_EVENTS',
      [{ skuId: other.ticketTypeId, code: 'SEVERAL_EVENTS' }],
    ]);
  });

  it('are not bought with a type that is not there, which the refusal names', async () => {
    const { types } = await typesOf(5);
    const missing = newId();
    const refused = await buyBasket(user(), { [missing]: 1, [types[0]]: 1 });
    expect([refused.status, refused.body.code, refused.body.lines]).toEqual([
      404,
      'NOT_FOUND',
      [{ skuId: missing, code: 'NOT_FOUND' }],
    ]);
  });

  it('are paid back as a whole when the event is cancelled', async () => {
    const { show, types } = await typesOf(5, 5);
    const { basketId } = (await buyBasket(user(), { [types[0]]: 1, [types[1]]: 2 })).body;
    await server.call('POST', `/events/${show.eventId}/cancel`, { token: show.organizer });
    await expect
      .poll(
        async () =>
          (
            await server.pool.query(
              'SELECT DISTINCT status::text FROM orders WHERE basket_id = $1',
              [basketId],
            )
          ).rows,
        { timeout: 20_000 },
      )
      .toEqual([{ status: 'CANCELLED' }]);
  });
});
