import { newId } from '../../../../src/kernel/ids.ts';
import type { TicketType } from '../../../../src/protocol/tickets.ts';
import type { TestServer } from '../../../../test/server.ts';

export interface TestShow {
  eventId: string;
  organizerId: string;
  /** The token of its organizer. */
  organizer: string;
}

/** Puts up a show of a new organizer. */
export async function newShow(server: TestServer): Promise<TestShow> {
  const organizerId = newId();
  const organizer = server.tokenFor({ userId: organizerId, role: 'organizer' });
  const { body } = await server.call('POST', '/events', {
    token: organizer,
    body: {
      ...{ title: 'A long evening', venue: 'Town hall', city: 'Brno' },
      ...{ startsAt: '2090-01-01T18:00:00Z', endsAt: '2090-01-01T22:00:00Z' },
    },
  });
  return { eventId: body.eventId, organizerId, organizer };
}

/** Puts tickets on sale, of a new show unless one is given. */
export async function newTicketType(
  server: TestServer,
  { show, ...details }: { show?: TestShow } & Partial<TicketType> = {},
): Promise<TestShow & { ticketTypeId: string }> {
  const of = show ?? (await newShow(server));
  const { status, body } = await server.call('POST', `/events/${of.eventId}/ticket-types`, {
    token: of.organizer,
    body: {
      ...{ name: 'Balcony', price: '12.50', capacity: 10 },
      ...{ opensAt: '2020-01-01T00:00:00Z', closesAt: '2090-01-01T18:00:00Z' },
      ...details,
    },
  });
  if (status !== 201) throw new Error(`the tickets are not on sale: ${JSON.stringify(body)}`);
  return { ...of, ticketTypeId: body.ticketTypeId };
}

export const buyTickets = (
  server: TestServer,
  token: string,
  ticketTypeId: string,
  {
    quantity = 1,
    transactionId = newId(),
    headers = {},
  }: { quantity?: number; transactionId?: string; headers?: Record<string, string> } = {},
) =>
  server.call('POST', '/tickets/purchase', {
    token,
    headers,
    body: { ticketTypeId, quantity, paymentMethod: 'card', transactionId },
  });

export const scan = (
  server: TestServer,
  organizer: string,
  code: string,
  { gate = 'north', headers = {} }: { gate?: string; headers?: Record<string, string> } = {},
) =>
  server.call('POST', `/tickets/${code}/check-in`, {
    token: organizer,
    headers,
    body: { gate },
  });
