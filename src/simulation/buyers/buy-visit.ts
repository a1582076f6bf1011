import { pick } from '../world.ts';
import type { Visit, Visitor } from './visit.ts';

/** A buyer buys units of one SKU in one call, sometimes twice at once, and some cancel the order again. */
export function createBuyVisit({
  world,
  network: { call },
  server: { shop, buy },
  thief,
  comeAgain,
}: Visitor): Visit {
  const { random, timeline, options } = world;

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
        (request) => buy(request, { sku, quantity }),
        ({ order }) => {
          if (order === undefined) {
            comeAgain(buyer, visitsLeft);
            return;
          }
          thief.tryOrder(order);
          if (random() < 0.15) cancel(buyer, order, visitsLeft);
          else comeAgain(buyer, visitsLeft);
        },
      );
    }
  };
}
