import type { Operation } from '../../../src/history/operation.ts';
import type { CorrectStock } from './correct-stock.ts';
import { boughtBy } from './shop.ts';
import { orderOfTicket, ticketOf } from './world.ts';

/** The gate at which tickets are let in. */
export function createGate(stock: CorrectStock) {
  const { refuse, change, steps } = stock;
  return { letIn };

  function letIn(request: Operation): Operation {
    const { ticket: code = '', id } = request;
    const order = orderOfTicket(code);
    const hold = boughtBy(stock.world.holds, order);
    if (hold === undefined) return refuse(request, 'NOT_FOUND');
    if (ticketOf(stock.world, code) !== undefined) return refuse(request, 'TICKET_CHECKED_IN');
    if (hold.state === 'returned') return refuse(request, 'TICKET_CANCELLED');
    change(hold, { state: 'fulfilled' });
    const { world } = stock;
    stock.world = { ...world, tickets: [...world.tickets, { code, call: id, order }] };
    steps.push({ atMs: stock.nowMs, event: 'let in', hold: hold.id, call: id });
    return request;
  }
}
