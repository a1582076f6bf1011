import { pick } from '../world.ts';
import { createShopVisit } from './shop-visit.ts';
import type { Visit, Visitor } from './visit.ts';

/** The share of the buyers of a flash sale who take units in the shop instead. */
const SHOP_SHARE = 0.1;

/** A buyer attempts to get a unit and asks for the decision, once or again until it is there. */
export function createFlashSaleVisit(visitor: Visitor): Visit {
  const { world, network, server, comeAgain } = visitor;
  const { random, timeline } = world;
  const visitShop = createShopVisit(visitor);

  function ask(sku: string, buyer: string, timesLeft: number): void {
    timeline.after(world.upToMs(15), () =>
      network.send(
        { kind: 'read', buyer, sku },
        () => server.flashSale.decisionOf(sku, buyer),
        () => {
          if (timesLeft > 0) ask(sku, buyer, timesLeft - 1);
        },
      ),
    );
  }

  return (buyer, visitsLeft) => {
    if (random() < SHOP_SHARE) {
      visitShop(buyer, visitsLeft);
      return;
    }
    const sku = pick(world, world.skus);
    network.call(
      { kind: 'attempt', buyer, sku },
      (request) => server.flashSale.accept(request, sku),
      ({ outcome }) => {
        if (outcome === 'ok') ask(sku, buyer, Math.floor(random() * 4));
        comeAgain(buyer, visitsLeft);
      },
    );
  };
}
