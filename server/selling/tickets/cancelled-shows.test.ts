import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { TicketTypes } from '../../../src/protocol/tickets.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { createStockLedger } from '../../stock/index.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import { buyTickets, newShow, newTicketType, scan } from './testing/box-office.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { SWEEP_INTERVAL_MS: '50' } });
});
afterAll(() => server.stop());

const cancel = (eventId: string, token: string) =>
  server.call('POST', `/events/${eventId}/cancel`, { token });

const isCleared = async (eventId: string): Promise<boolean> =>
  (
    await server.pool.query('SELECT FROM shows WHERE show_id = $1 AND cleared_at IS NOT NULL', [
      eventId,
    ])
  ).rowCount === 1;

const paymentsOf = async (eventId: string) =>
  (
    await server.pool.query(
      `SELECT o.status || ' ' || p.status AS state, count(*) AS count
       FROM payments p JOIN orders o USING (order_id) JOIN ticket_types t ON t.ticket_type_id = o.sku_id
       WHERE t.show_id = $1 GROUP BY 1 ORDER BY 1`,
      [eventId],
    )
  ).rows;

describe('S3.2 cancelling an event', () => {
  it('gives back the money of every ticket, ends the holds, and sells no more', async () => {
    const show = await newShow(server);
    const types = [
      await newTicketType(server, { show, capacity: 20 }),
      await newTicketType(server, { show, capacity: 20 }),
    ];
    const buyers = await server.newBuyers(12);
    await Promise.all(
      buyers.map(({ token }, place) =>
        buyTickets(server, token, types[place % 2]!.ticketTypeId, { quantity: 1 + (place % 2) }),
      ),
    );
    const ledger = createStockLedger({
      ...{ pool: server.pool, strategy: 'conditional', holdTtlMs: 3_600_000 },
    });
    const { ticketTypeId: skuId } = types[0]!;
    const product = async () => (await server.call('GET', `/api/v1/products/${skuId}`)).body;
    expect((await product()).isActive).toBe(true);
    const held = { holdId: newId(), userId: newId(), skuId, quantity: 1, way: 'tickets' } as const;
    expect((await ledger.hold(held)).outcome).toBe('held');

    expect((await cancel(show.eventId, show.organizer)).status).toBe(200);
    expect((await product()).isActive).toBe(false);
    const late = await server.newBuyer();
    const refused = await buyTickets(server, late.token, skuId);
    expect([refused.status, refused.body.code]).toEqual([404, 'NOT_FOUND']);

    await until(() => isCleared(show.eventId));
    await until(async () => (await paymentsOf(show.eventId))[0]?.state === 'CANCELLED REFUNDED');
    expect(await paymentsOf(show.eventId)).toEqual([{ state: 'CANCELLED REFUNDED', count: 12 }]);
    for (const { ticketTypeId } of types) {
      const { body } = await server.call('GET', `/api/v1/products/${ticketTypeId}/availability`);
      expect(body).toMatchObject({ available: 20, reserved: 0, sold: 0 });
    }
    expect(await auditLedger(server.pool)).toEqual([]);
  });

  it('in the middle of a crowd leaves no ticket that is paid and not given back', async () => {
    const { eventId, organizer, ticketTypeId } = await newTicketType(server, { capacity: 30 });
    const buyers = await server.newBuyers(30);
    const purchases = buyers.map(({ token }) => buyTickets(server, token, ticketTypeId));
    await Promise.race(purchases);
    expect((await cancel(eventId, organizer)).status).toBe(200);
    await Promise.all(purchases);

    await until(() => isCleared(eventId));
    await until(async () => {
      const states = (await paymentsOf(eventId)).map(({ state }) => state);
      return states.every((state) => /^(CANCELLED|FAILED) (REFUNDED|DECLINED)$/.test(state));
    });
    const { body } = await server.call('GET', `/api/v1/products/${ticketTypeId}/availability`);
    expect(body).toMatchObject({ available: 30, reserved: 0, sold: 0 });
  });
});

describe('S3.4 the counts of an event', () => {
  it('follow from the queue: what was bought, cancelled and let in', async () => {
    const { eventId, organizer, ticketTypeId } = await newTicketType(server);
    const [first, second] = [await server.newBuyer(), await server.newBuyer()];
    const kept = await buyTickets(server, first.token, ticketTypeId, { quantity: 3 });
    const returned = await buyTickets(server, second.token, ticketTypeId, { quantity: 2 });
    await scan(server, organizer, kept.body.tickets[0].code);
    await server.call('POST', `/api/v1/orders/${returned.body.orderId}/cancel`, {
      token: second.token,
    });

    await until(async () => {
      const { body } = await server.call('GET', `/events/${eventId}/ticket-types`);
      const { sold, checkedIn } = TicketTypes.parse(body);
      return sold === 3 && checkedIn === 1;
    });
  });

  it('S1.9 tell the buyer of the tickets, and of their cancellation', async () => {
    const { ticketTypeId } = await newTicketType(server);
    const { token, userId } = await server.newBuyer();
    const { body } = await buyTickets(server, token, ticketTypeId);
    await server.call('POST', `/api/v1/orders/${body.orderId}/cancel`, { token });
    const titles = async () =>
      (
        await server.pool.query(
          `SELECT title FROM notifications WHERE user_id = $1 AND title LIKE '%tickets%' ORDER BY 1`,
          [userId],
        )
      ).rows.map(({ title }) => title);
    await until(async () => (await titles()).length === 2);
    expect(await titles()).toEqual(['Your tickets', 'Your tickets are cancelled']);
  });
});
