import type { Call } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';
import type { Hold } from './shop.ts';
import { ticketOf, type World, withChange } from './world.ts';

/**
 * Lets a ticket in: one that was not let in before, of an order that stands. No answer tells of which order a ticket is, so it
 * may be of any that has a unit left. An order is fulfilled with the first of its tickets, and cannot be cancelled any more.
 */
export function letIn({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const { ticket: code = '', id } = operation;
  const step: Step = { atMs: nowMs, event: 'let in', call: id };
  if (ticketOf(world, code) !== undefined) {
    return waived('ticket') ? [{ world, step, isComplete: true }] : [];
  }
  const after = (changed: World, order?: string): World => ({
    ...changed,
    tickets: [...changed.tickets, { code, call: id, ...(order && { order }) }],
  });
  if (waived('order')) return [{ world: after(world), step, isComplete: true }];
  return world.holds
    .filter((hold) => hasTicketLeft(world, hold))
    .map((hold) => ({
      world: after(withChange(world, hold, { state: 'fulfilled' }), hold.order),
      step: { ...step, hold: hold.id },
      isComplete: true,
    }));
}

function hasTicketLeft({ tickets }: World, { state, order, quantity }: Hold): boolean {
  if (order === undefined || (state !== 'sold' && state !== 'fulfilled')) return false;
  return tickets.filter((each) => each.order === order).length < quantity;
}
