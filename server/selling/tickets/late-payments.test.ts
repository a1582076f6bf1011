import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { ProviderBehaviour } from '../../../src/protocol/payments.ts';
import { Purchase, TicketPage } from '../../../src/protocol/tickets.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { silentLog } from '../../../test/silent-log.ts';
import { until } from '../../../test/until.ts';
import { createPaymentService } from '../../payment-provider/service.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import { buyTickets, newTicketType } from './testing/box-office.ts';

const SECRET = 'a secret of thirty-two characters';

/** A provider that takes every charge, and decides it by a webhook a moment later. */
const provider = createPaymentService({
  ...{ host: '127.0.0.1', port: 0, seed: 7, webhookSecret: SECRET, log: silentLog },
  behaviour: ProviderBehaviour.parse({ async: true, latencyMs: 300 }),
});
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    env: {
      PAYMENT_URL: await provider.start(),
      PAYMENT_WEBHOOK_SECRET: SECRET,
      SWEEP_INTERVAL_MS: '50',
    },
  });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

async function pending(capacity = 5) {
  const type = await newTicketType(server, { capacity });
  const buyer = await server.newBuyer();
  const headers = { 'idempotency-key': newId() };
  const options = { quantity: 2, transactionId: newId(), headers };
  const { status, body } = await buyTickets(server, buyer.token, type.ticketTypeId, options);
  expect(status).toBe(202);
  return { ...type, ...buyer, options, purchase: Purchase.parse(body) };
}

const ticketsOf = async (token: string) =>
  TicketPage.parse((await server.call('GET', '/tickets', { token })).body).tickets;

const orderOf = async (token: string, orderId: string) =>
  (await server.call('GET', `/api/v1/orders/${orderId}`, { token })).body;

describe('S3.3 a purchase whose payment comes late', () => {
  it('has no tickets until it is paid, and then all of them', async () => {
    const { token, purchase } = await pending();
    expect([purchase.status, purchase.tickets]).toEqual(['PENDING', []]);
    await until(async () => (await ticketsOf(token)).length > 0);
    expect(await ticketsOf(token)).toMatchObject([
      { orderId: purchase.orderId, status: 'VALID' },
      { orderId: purchase.orderId, status: 'VALID' },
    ]);
    expect((await orderOf(token, purchase.orderId)).status).toBe('CONFIRMED');
  });

  it('is pending for another call of the same buyer, too', async () => {
    const { token, purchase, ticketTypeId } = await pending();
    const { status, body } = await buyTickets(server, token, ticketTypeId, { quantity: 2 });
    expect(status).toBe(409);
    // The payment may have been decided meanwhile.
    expect([
      ['ORDER_EXISTS', purchase.orderId],
      ['ALREADY_PURCHASED', undefined],
    ]).toContainEqual([body.code, body.existingOrderId]);
  });

  it('takes units again as tickets, when its hold has lapsed and there are any', async () => {
    const { token, purchase } = await pending();
    await server.pool.query(
      `UPDATE reservations SET expires_at = now() - interval '1 second' WHERE reservation_id = $1`,
      [purchase.reservationId],
    );
    await until(async () => (await orderOf(token, purchase.orderId)).status !== 'PENDING');
    expect((await orderOf(token, purchase.orderId)).status).toBe('CONFIRMED');
    expect(await ticketsOf(token)).toHaveLength(2);
  });

  it('is paid back when its event is cancelled before', async () => {
    const { token, purchase, eventId, organizer } = await pending();
    await server.call('POST', `/events/${eventId}/cancel`, { token: organizer });
    const isPaidBack = async () => {
      const { rows } = await server.pool.query(
        `SELECT o.status || ' ' || p.status AS state FROM payments p JOIN orders o USING (order_id)
         WHERE p.order_id = $1`,
        [purchase.orderId],
      );
      return /^(CANCELLED|FAILED) (REFUNDED|DECLINED)$/.test(rows[0].state);
    };
    await until(isPaidBack);
    expect((await ticketsOf(token)).filter(({ status }) => status === 'VALID')).toEqual([]);
    expect(await auditLedger(server.pool)).toEqual([]);
  });
});
