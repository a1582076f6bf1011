import * as z from 'zod';
import { SeededUsers } from '../../protocol/admin.ts';
import { ORGANIZER_ROLE, Show, ShowPage } from '../../protocol/shows.ts';
import { NewTicketType, TicketType, TicketTypes } from '../../protocol/tickets.ts';
import type { AdminCall } from './admin-client.ts';

/** An event with its types of tickets, in the words of `POST /events` and `POST /events/:id/ticket-types`. */
export const OfferedEvent = z.strictObject({
  title: z.string().min(1),
  description: z.string().optional(),
  venue: z.string().min(1),
  city: z.string().min(1),
  startsAt: z.string(),
  endsAt: z.string(),
  ticketTypes: z.array(NewTicketType).min(1),
});
export type OfferedEvent = z.input<typeof OfferedEvent>;

/** The tickets that are on sale, and the organizer of their events. */
export interface PutEvents {
  organizer: { userId: string; token: string };
  ticketTypes: TicketType[];
  /** The ids of the ticket types that existed before. */
  existing: string[];
}

/** All events of seeds have one organizer. */
const ORGANIZER_PREFIX = 'flashsale-organizer-';

/**
 * Puts up events as their organizer does, with tickets to sell. An event of this organizer and title that is to come is taken as
 * it is, and so is each of its types that has the name of a wanted one: it keeps its capacity and its price.
 */
export async function putEvents(
  events: OfferedEvent[],
  { admin, as }: { admin: AdminCall; as(token: string): AdminCall },
): Promise<PutEvents> {
  const made = await admin('PUT', '/api/v1/admin/users', {
    ...{ prefix: ORGANIZER_PREFIX, count: 1, role: ORGANIZER_ROLE },
  });
  const [user] = SeededUsers.parse(await made.json()).users;
  if (user === undefined) throw new Error('the server made no organizer');
  const { userId, token } = user;
  const call = as(token);
  const put: PutEvents = { organizer: { userId, token }, ticketTypes: [], existing: [] };
  for (const { ticketTypes, ...details } of events) {
    const found = await findEvent(call, details.title, userId);
    const eventId = found ?? (await createEvent(call, details));
    const path = `/events/${eventId}/ticket-types`;
    const known =
      found === undefined
        ? []
        : TicketTypes.parse(await (await call('GET', path)).json()).ticketTypes;
    for (const wanted of ticketTypes) {
      const existing = known.find(({ name }) => name === wanted.name);
      if (existing !== undefined) put.existing.push(existing.ticketTypeId);
      put.ticketTypes.push(
        existing ?? TicketType.parse(await (await call('POST', path, wanted)).json()),
      );
    }
  }
  return put;
}

async function findEvent(
  call: AdminCall,
  title: string,
  organizerId: string,
): Promise<string | undefined> {
  // A page may be a second old, but not one that nobody has asked for before.
  const from = new Date().toISOString();
  const query = new URLSearchParams({ text: title.slice(0, 100), limit: '100', from });
  const { events } = ShowPage.parse(await (await call('GET', `/events?${query}`)).json());
  return events.find((event) => event.title === title && event.organizerId === organizerId)
    ?.eventId;
}

async function createEvent(
  call: AdminCall,
  details: Omit<OfferedEvent, 'ticketTypes'>,
): Promise<string> {
  return Show.parse(await (await call('POST', '/events', details)).json()).eventId;
}
