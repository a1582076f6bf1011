import { ORGANIZER } from '../server/tickets.ts';
import { pick } from '../world.ts';
import type { Visit, Visitor } from './visit.ts';

/**
 * A buyer buys tickets, sometimes twice at once. They are shown at a gate, some at two gates at once and some later once more;
 * other buyers give their order back.
 */
export function createTicketVisit({
  world,
  network: { call },
  server: { tickets, shop },
  thief,
  comeAgain,
}: Visitor): Visit {
  const { random, timeline, networkNs, options } = world;

  const show = (ticket: string): void =>
    call({ kind: 'check-in', buyer: ORGANIZER, ticket }, (request) =>
      tickets.checkIn(request, ticket),
    );

  function goIn(ticket: string): void {
    const times = random() < 0.4 ? 2 : 1;
    for (let time = 0; time < times; time++) timeline.after(networkNs(), () => show(ticket));
    if (random() < 0.2) timeline.after(world.upToMs(options.holdTtlMs), () => show(ticket));
  }

  function cancel(buyer: string, order: string, visitsLeft: number): void {
    timeline.after(world.upToMs(options.holdTtlMs), () =>
      call(
        { kind: 'cancel', buyer, order },
        (request) => shop.cancelOrder(request, order),
        () => comeAgain(buyer, visitsLeft),
      ),
    );
  }

  return (buyer, visitsLeft) => {
    const sku = pick(world, world.skus);
    const quantity = 1 + Math.floor(random() * options.quantityMax);
    const times = random() < 0.1 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      call(
        { kind: 'buy', buyer, sku, quantity },
        (request) => tickets.buy(request, { sku, quantity }),
        ({ outcome, order, tickets: codes = [] }) => {
          if (outcome !== 'ok' || order === undefined) {
            comeAgain(buyer, visitsLeft);
            return;
          }
          thief.tryOrder(order);
          if (random() < 0.15) cancel(buyer, order, visitsLeft);
          else codes.forEach(goIn);
        },
      );
    }
  };
}
