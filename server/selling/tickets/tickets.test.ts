import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { whyNoEvent } from '../../../src/protocol/events.ts';
import { Purchase, TicketPage, TicketType, TicketTypes } from '../../../src/protocol/tickets.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { createStockLedger } from '../../stock/index.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import { buyTickets, newShow, newTicketType } from './testing/box-office.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const stockOf = async (ticketTypeId: string) => {
  const { body } = await server.call('GET', `/api/v1/products/${ticketTypeId}/availability`);
  return { available: body.available, reserved: body.reserved, sold: body.sold };
};

const ticketsOf = async (ticketTypeId: string) =>
  (
    await server.pool.query(
      'SELECT user_id, number FROM tickets WHERE ticket_type_id = $1 ORDER BY order_id, number',
      [ticketTypeId],
    )
  ).rows;

const messagesOf = async (ticketTypeId: string) =>
  (
    await server.pool.query(
      'SELECT topic, key, type, payload FROM outbox WHERE key = $1 ORDER BY id',
      [ticketTypeId],
    )
  ).rows;

describe('S3.3 putting tickets on sale', () => {
  const DETAILS = {
    ...{ name: 'Balcony', price: '12.50', capacity: 10 },
    ...{ opensAt: '2020-01-01T00:00:00Z', closesAt: '2090-01-01T18:00:00Z' },
  };
  const put = (show: { eventId: string }, token: string, details: object = {}, key?: string) =>
    server.call('POST', `/events/${show.eventId}/ticket-types`, {
      token,
      body: { ...DETAILS, ...details },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });

  it('is for the organizer of the event, and everybody sees them', async () => {
    const show = await newShow(server);
    expect((await server.call('GET', `/events/${show.eventId}/ticket-types`)).body).toEqual({
      ...{ ticketTypes: [], sold: 0, checkedIn: 0 },
    });
    const { status, body } = await put(show, show.organizer, { ticketsPerBuyerMax: 4 });
    expect([status, TicketType.parse(body).ticketsPerBuyerMax]).toEqual([201, 4]);
    const seen = await server.call('GET', `/events/${show.eventId}/ticket-types`);
    expect(TicketTypes.parse(seen.body).ticketTypes).toEqual([body]);
    expect(await stockOf(body.ticketTypeId)).toEqual({ available: 10, reserved: 0, sold: 0 });

    const stranger = await put(show, (await newShow(server)).organizer);
    expect([stranger.status, stranger.body.code]).toEqual([404, 'NOT_FOUND']);
    const nowhere = await server.call('GET', `/events/${newId()}/ticket-types`);
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('happens once under one key', async () => {
    const show = await newShow(server);
    const key = newId();
    const first = await put(show, show.organizer, {}, key);
    await server.pool.query(
      'UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now() WHERE key = $1',
      [key],
    );
    expect((await put(show, show.organizer, {}, key)).body).toEqual(first.body);
  });

  it.each([
    ['that are sold until they are sold', { closesAt: DETAILS.opensAt }, 'closesAt'],
    ['for a part of a cent', { price: '1.001' }, 'price'],
    ['of which a buyer may have eleven', { ticketsPerBuyerMax: 11 }, 'ticketsPerBuyerMax'],
    ['with fewer than none', { capacity: -1 }, 'capacity'],
  ])('refuses tickets %s', async (_, details, path) => {
    const show = await newShow(server);
    const { status, body } = await put(show, show.organizer, details);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  it('is over for a cancelled event', async () => {
    const show = await newShow(server);
    await server.call('POST', `/events/${show.eventId}/cancel`, { token: show.organizer });
    expect((await put(show, show.organizer)).body.code).toBe('EVENT_CANCELLED');
  });
});

describe('S3.3 a purchase', () => {
  it('sells the units, and answers with a ticket for each', async () => {
    const { ticketTypeId, eventId } = await newTicketType(server);
    const buyer = await server.newBuyer();
    const { status, body } = await buyTickets(server, buyer.token, ticketTypeId, { quantity: 3 });
    expect(status).toBe(201);
    const purchase = Purchase.parse(body);
    expect(purchase).toMatchObject({
      ...{ userId: buyer.userId, skuId: ticketTypeId, eventId, quantity: 3 },
      ...{ totalPrice: '37.50', status: 'CONFIRMED', sequence: 2 },
    });
    expect(new Set(purchase.tickets.map(({ code }) => code)).size).toBe(3);
    for (const ticket of purchase.tickets) {
      expect(ticket).toMatchObject({ eventId, orderId: purchase.orderId, status: 'VALID' });
    }
    expect(await stockOf(ticketTypeId)).toEqual({ available: 7, reserved: 0, sold: 3 });
    const messages = await messagesOf(ticketTypeId);
    const told = { showId: eventId, orderId: purchase.orderId, quantity: 3 };
    expect(messages).toMatchObject([{ type: 'ticket.purchased', payload: told }]);
    expect(messages.map(whyNoEvent)).toEqual([undefined]);

    const listed = await server.call('GET', '/tickets', { token: buyer.token });
    expect(TicketPage.parse(listed.body).tickets).toEqual(purchase.tickets.toReversed());
  });

  it('is allowed once, for as many tickets as the limit says', async () => {
    const { ticketTypeId } = await newTicketType(server, { ticketsPerBuyerMax: 2 });
    const { token } = await server.newBuyer();
    const buy = (quantity: number) => buyTickets(server, token, ticketTypeId, { quantity });
    expect((await buy(3)).body.code).toBe('LIMIT_EXCEEDED');
    expect((await buy(2)).status).toBe(201);
    expect((await buy(1)).body.code).toBe('ALREADY_PURCHASED');
    expect(await ticketsOf(ticketTypeId)).toHaveLength(2);
  });

  it('that is declined gives the units back at once, and another may follow', async () => {
    const { ticketTypeId } = await newTicketType(server, { capacity: 2 });
    const { token } = await server.newBuyer();
    const declined = await buyTickets(server, token, ticketTypeId, {
      quantity: 2,
      transactionId: `decline-${newId()}`,
    });
    expect([declined.status, declined.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
    expect(await stockOf(ticketTypeId)).toEqual({ available: 2, reserved: 0, sold: 0 });
    expect(await ticketsOf(ticketTypeId)).toEqual([]);
    expect((await buyTickets(server, token, ticketTypeId, { quantity: 1 })).status).toBe(201);
  });

  it('takes up the hold that a call has left which died, and none of another number', async () => {
    const { ticketTypeId } = await newTicketType(server);
    const { token, userId } = await server.newBuyer();
    const ledger = createStockLedger({
      ...{ pool: server.pool, strategy: 'conditional', holdTtlMs: 60_000 },
    });
    const left = { holdId: newId(), userId, skuId: ticketTypeId, quantity: 2 };
    expect((await ledger.hold({ ...left, way: 'tickets' })).outcome).toBe('held');

    const other = await buyTickets(server, token, ticketTypeId, { quantity: 3 });
    expect([other.status, other.body.code]).toEqual([409, 'ALREADY_RESERVED']);
    const again = await buyTickets(server, token, ticketTypeId, { quantity: 2 });
    expect([again.status, again.body.reservationId]).toEqual([201, left.holdId]);
    expect(await stockOf(ticketTypeId)).toEqual({ available: 8, reserved: 0, sold: 2 });
  });

  it('under one key is made once, also when the first answer was lost', async () => {
    const { ticketTypeId } = await newTicketType(server);
    const { token } = await server.newBuyer();
    const headers = { 'idempotency-key': newId() };
    const options = { quantity: 2, transactionId: newId(), headers };
    const first = await buyTickets(server, token, ticketTypeId, options);
    await server.pool.query(
      'UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now() WHERE key = $1',
      [headers['idempotency-key']],
    );
    const second = await buyTickets(server, token, ticketTypeId, options);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(await ticketsOf(ticketTypeId)).toHaveLength(2);
  });

  it('of ten concurrent calls of one buyer is made once, and nothing stays held', async () => {
    const { ticketTypeId } = await newTicketType(server);
    const { token } = await server.newBuyer();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => buyTickets(server, token, ticketTypeId, { quantity: 2 })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, body } of answers) {
      const refusals = ['ORDER_EXISTS', 'ALREADY_PURCHASED', 'CONTENTION_LOST'];
      if (status !== 201) expect(body.code).toBeOneOf(refusals);
    }
    expect(await stockOf(ticketTypeId)).toEqual({ available: 8, reserved: 0, sold: 2 });
  });

  it('of units in any numbers by a crowd issues as many tickets as are sold, and never more than there are', async () => {
    const types = await Promise.all(
      [1, 7, 40].map((capacity) => newTicketType(server, { capacity })),
    );
    const buyers = await server.newBuyers(30);
    await Promise.all(
      types.flatMap(({ ticketTypeId }) =>
        buyers.map(({ token }, place) =>
          buyTickets(server, token, ticketTypeId, {
            quantity: 1 + (place % 4),
            transactionId: place % 5 === 0 ? `decline-${newId()}` : newId(),
          }),
        ),
      ),
    );
    for (const [place, { ticketTypeId }] of types.entries()) {
      const { available, reserved, sold } = await stockOf(ticketTypeId);
      const tickets = await ticketsOf(ticketTypeId);
      expect([tickets.length, reserved, available + sold]).toEqual([sold, 0, [1, 7, 40][place]]);
      const { rows } = await server.pool.query(
        `SELECT o.quantity FROM orders o WHERE sku_id = $1 AND status = 'CONFIRMED'
           AND quantity <> (SELECT count(*) FROM tickets k WHERE k.order_id = o.order_id)`,
        [ticketTypeId],
      );
      expect(rows).toEqual([]);
    }
    expect(await auditLedger(server.pool)).toEqual([]);
  });

  it('that is cancelled cancels its tickets, and tells so', async () => {
    const { ticketTypeId } = await newTicketType(server);
    const { token } = await server.newBuyer();
    const { body } = await buyTickets(server, token, ticketTypeId, { quantity: 2 });
    const cancelled = await server.call('POST', `/api/v1/orders/${body.orderId}/cancel`, { token });
    expect(cancelled.status).toBe(200);
    const { body: page } = await server.call('GET', '/tickets', { token });
    expect(TicketPage.parse(page).tickets.map(({ status }) => status)).toEqual([
      'CANCELLED',
      'CANCELLED',
    ]);
    expect(await stockOf(ticketTypeId)).toEqual({ available: 10, reserved: 0, sold: 0 });
    expect((await messagesOf(ticketTypeId)).map(({ type }) => type)).toEqual([
      'ticket.purchased',
      'ticket.cancelled',
    ]);
  });

  it('is fulfilled by its check-in and not by an administrator', async () => {
    const { ticketTypeId } = await newTicketType(server);
    const { token } = await server.newBuyer();
    const { body } = await buyTickets(server, token, ticketTypeId);
    const shipped = await server.call('POST', `/api/v1/orders/${body.orderId}/fulfil`, {
      token: server.adminToken,
    });
    expect([shipped.status, shipped.body.code]).toEqual([409, 'ORDER_NOT_FULFILLABLE']);
  });

  it.each([
    ['no quantity', { quantity: 0 }],
    ['more than anybody may have', { quantity: 11 }],
    ['a price of its own', { totalPrice: '0.01' }],
    ['seashells', { paymentMethod: 'seashells' }],
    ['no transaction', { transactionId: '' }],
  ])('with %s is refused', async (_, fields) => {
    const { token } = await server.newBuyer();
    const sound = { ticketTypeId: 'T', quantity: 1, paymentMethod: 'card', transactionId: 'tx' };
    const { status, body } = await server.call('POST', '/tickets/purchase', {
      token,
      body: { ...sound, ...fields },
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('S3.3 one’s tickets', () => {
  it('are listed newest first, page by page, only those of the caller', async () => {
    const [first, second] = [await newTicketType(server), await newTicketType(server)];
    const [buyer, other] = [await server.newBuyer(), await server.newBuyer()];
    await buyTickets(server, other.token, first.ticketTypeId);
    const bought = [];
    for (const { ticketTypeId } of [first, second]) {
      const { body } = await buyTickets(server, buyer.token, ticketTypeId, { quantity: 3 });
      bought.unshift(...Purchase.parse(body).tickets.toReversed());
    }
    const listed = [];
    let cursor = '';
    do {
      const { body } = await server.call('GET', `/tickets?limit=2${cursor}`, {
        token: buyer.token,
      });
      const { tickets, nextCursor } = TicketPage.parse(body);
      listed.push(...tickets);
      cursor = nextCursor === undefined ? '' : `&cursor=${nextCursor}`;
    } while (cursor !== '');
    expect(listed).toEqual(bought);
  });
});
