import { ORGANIZER } from '../server/tickets.ts';
import { createOrderVisit } from './order-visit.ts';
import type { Visit, Visitor } from './visit.ts';

/** A buyer buys tickets. Most are shown at a gate, some of them at two gates at once and some later once more. */
export function createTicketVisit(visitor: Visitor): Visit {
  const {
    world: { random, timeline, networkNs, upToMs, options },
    network: { call },
    server: { tickets },
  } = visitor;

  const show = (ticket: string): void =>
    call({ kind: 'check-in', buyer: ORGANIZER, ticket }, (request) =>
      tickets.checkIn(request, ticket),
    );

  function goIn(ticket: string): void {
    if (random() < 0.3) return;
    const times = random() < 0.4 ? 2 : 1;
    for (let time = 0; time < times; time++) timeline.after(networkNs(), () => show(ticket));
    if (random() < 0.2) timeline.after(upToMs(options.holdTtlMs), () => show(ticket));
  }

  return createOrderVisit(visitor, tickets, ({ tickets: codes = [] }) => codes.forEach(goIn));
}
