import type { Network } from '../network.ts';
import type { Server } from '../server/server.ts';
import { pick, type World } from '../world.ts';
import { createBuyVisit } from './buy-visit.ts';
import { createCampaignVisit } from './campaign-visit.ts';
import { createFlashSaleVisit } from './flash-sale-visit.ts';
import { createQuestVisit } from './quest-visit.ts';
import { createShopVisit } from './shop-visit.ts';
import { createThief } from './thief.ts';
import { createTicketVisit } from './ticket-visit.ts';
import type { Visit } from './visit.ts';

/** Creates the buyers' behaviour in the flow of the sale. */
export function createBuyers(world: World, network: Network, server: Server): Visit {
  const { random, timeline, options } = world;
  const visitor = { world, network, server, comeAgain, thief: createThief(world, network, server) };
  const visits = {
    reserve: createShopVisit,
    register: createCampaignVisit,
    quest: createQuestVisit,
    attempt: createFlashSaleVisit,
    buy: createBuyVisit,
    tickets: createTicketVisit,
  };
  let batches = 0;
  const visitSale: Visit = visits[options.flow](visitor);
  return visit;

  function visit(buyer: string, visitsLeft: number): void {
    if (random() < options.readRate) lookAtStock(buyer);
    if (options.trackRate > 0 && random() < options.trackRate) tellAnalytics(buyer);
    visitSale(buyer, visitsLeft);
  }

  function comeAgain(buyer: string, visitsLeft: number): void {
    if (random() < options.readRate) lookAtStock(buyer);
    if (visitsLeft === 0 || random() >= 0.3) return;
    timeline.after(world.upToMs(options.holdTtlMs), () => visit(buyer, visitsLeft - 1));
  }

  /** Tells of some events in one batch, which is sent again where it may not have arrived. */
  function tellAnalytics(buyer: string): void {
    const sku = pick(world, world.skus);
    const key = `batch-${++batches}`;
    const events = 2 + Math.floor(random() * 4);
    const times = random() < 0.4 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      timeline.after(time * world.networkNs(), () =>
        network.send(
          { kind: 'track', buyer, sku, quantity: events, idempotencyKey: key },
          (request) => server.analytics.track(request, { sku, key, events }),
        ),
      );
    }
  }

  /** Asks how many units there are, once or some times in a row, known by name or not. */
  function lookAtStock(buyer: string): void {
    const sku = pick(world, world.skus);
    const name = random() < 0.5 ? buyer : undefined;
    let times = 1 + Math.floor(random() * 3);
    look();

    function look(): void {
      times--;
      network.send(
        { kind: 'read', buyer: name, sku },
        () => server.readStock(sku),
        () => {
          if (times > 0) look();
        },
      );
    }
  }
}
