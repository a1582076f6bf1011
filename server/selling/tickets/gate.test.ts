import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { whyNoEvent } from '../../../src/protocol/events.ts';
import { CheckedInTicket } from '../../../src/protocol/tickets.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { buyTickets, newTicketType, scan, type TestShow } from './testing/box-office.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

async function bought(quantity = 1, show?: TestShow) {
  const type = await newTicketType(server, { show });
  const { token } = await server.newBuyer();
  const { body } = await buyTickets(server, token, type.ticketTypeId, { quantity });
  const codes: string[] = body.tickets.map(({ code }: { code: string }) => code);
  return { ...type, token, orderId: body.orderId as string, codes, code: codes[0] as string };
}

const cancelOrder = (token: string, orderId: string) =>
  server.call('POST', `/api/v1/orders/${orderId}/cancel`, { token });

describe('S3.3 a ticket at the gate', () => {
  it('is let in once; a second scan is told when, by whom and where', async () => {
    const { code, organizer, organizerId, eventId, ticketTypeId } = await bought();
    const { status, body } = await scan(server, organizer, code, { gate: 'north' });
    expect(status).toBe(200);
    const let_in = CheckedInTicket.parse(body);
    expect(let_in).toMatchObject({
      eventId,
      ticketTypeId,
      checkedInBy: organizerId,
      gate: 'north',
    });

    const second = await scan(server, organizer, code, { gate: 'south' });
    expect([second.status, second.body.code]).toEqual([409, 'TICKET_CHECKED_IN']);
    const { checkedInAt } = let_in;
    expect(second.body.checkIn).toEqual({ checkedInAt, checkedInBy: organizerId, gate: 'north' });
  });

  it('is let in at one of twenty gates that scan it at once', async () => {
    const { code, organizer } = await bought();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, gate) => scan(server, organizer, code, { gate: `g${gate}` })),
    );
    const let_in = answers.filter(({ status }) => status === 200);
    expect(let_in).toHaveLength(1);
    for (const { status, body } of answers) {
      if (status !== 200) expect(body.checkIn.gate).toBe(let_in[0]?.body.gate);
    }
  });

  it('under one key is let in once, also when the first answer was lost', async () => {
    const { code, organizer } = await bought();
    const headers = { 'idempotency-key': newId() };
    const first = await scan(server, organizer, code, { headers });
    await server.pool.query(
      'UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now() WHERE key = $1',
      [headers['idempotency-key']],
    );
    const second = await scan(server, organizer, code, { headers });
    expect([second.status, second.body]).toEqual([200, first.body]);
  });

  it('is unknown to the organizer of another event, and to one who forges its code', async () => {
    const { code, organizer } = await bought();
    const other = await bought();
    const forged = `${code.slice(0, 45)}${other.code.slice(45)}`;
    for (const [by, scanned] of [
      [other.organizer, code],
      [organizer, forged],
      [organizer, 'a-code'],
    ] as const) {
      const { status, body } = await scan(server, by, scanned);
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    }
    expect((await scan(server, organizer, code)).status).toBe(200);
  });

  it('of a cancelled order is refused', async () => {
    const { code, organizer, token, orderId } = await bought();
    await cancelOrder(token, orderId);
    const { status, body } = await scan(server, organizer, code);
    expect([status, body.code]).toEqual([409, 'TICKET_CANCELLED']);
  });

  it('keeps its order from being cancelled, and so do its neighbours', async () => {
    const { codes, organizer, token, orderId, ticketTypeId } = await bought(2);
    await scan(server, organizer, codes[0] as string);
    expect((await cancelOrder(token, orderId)).body.code).toBe('ORDER_NOT_CANCELLABLE');
    expect((await scan(server, organizer, codes[1] as string)).status).toBe(200);
    const { rows } = await server.pool.query(
      'SELECT topic, type, payload FROM outbox WHERE key = $1 ORDER BY id',
      [ticketTypeId],
    );
    expect(rows.map(({ type }) => type).toSorted()).toEqual([
      'ORDER_FULFILLED',
      'ticket.checked-in',
      'ticket.checked-in',
      'ticket.purchased',
    ]);
    expect(rows.map(whyNoEvent)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is either let in or paid back when it is scanned while its order is cancelled', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const { code, organizer, token, orderId } = await bought();
      const [scanned, cancelled] = await Promise.all([
        scan(server, organizer, code),
        cancelOrder(token, orderId),
      ]);
      expect([scanned.status, cancelled.status].toSorted()).toEqual([200, 409]);
    }
  });

  it('keeps its event from being cancelled, and is refused once the event is', async () => {
    const begun = await bought();
    await scan(server, begun.organizer, begun.code);
    const cancel = ({ eventId, organizer }: TestShow) =>
      server.call('POST', `/events/${eventId}/cancel`, { token: organizer });
    expect((await cancel(begun)).body.code).toBe('EVENT_NOT_CANCELLABLE');

    const off = await bought();
    expect((await cancel(off)).status).toBe(200);
    expect((await scan(server, off.organizer, off.code)).body.code).toBe('EVENT_CANCELLED');
  });

  it('is either let in, or its event is cancelled, when both happen at once', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const { code, organizer, eventId } = await bought();
      const [scanned, cancelled] = await Promise.all([
        scan(server, organizer, code),
        server.call('POST', `/events/${eventId}/cancel`, { token: organizer }),
      ]);
      expect([scanned.status, cancelled.status].toSorted()).toEqual([200, 409]);
    }
  });

  it.each([{}, { gate: '' }, { gate: 'north\n' }])('is not let in at the gate %j', async (body) => {
    const { code, organizer } = await bought();
    const path = `/tickets/${code}/check-in`;
    const refused = await server.call('POST', path, { token: organizer, body });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('is signed with the key that is published for gates', async () => {
    const { headers, body } = await server.call('GET', '/.well-known/ticket-keys.json');
    expect(body.keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519' }]);
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
  });
});
