import type { Campaign } from './campaign.ts';
import type { FlashSale } from './flash-sale.ts';
import type { Network } from './network.ts';
import type { Shop } from './shop.ts';
import { NS_PER_MS, type World } from './world.ts';

/** The server as buyers call it. */
export interface Server {
  shop: Shop;
  campaign: Campaign;
  flashSale: FlashSale;
}

/** Lets one buyer visit the sale; `visitsLeft` is the number of further visits. */
export type Visit = (buyer: string, visitsLeft: number) => void;

/** Creates the buyers' behaviour in the flow of the sale. */
export function createBuyers(world: World, network: Network, server: Server): Visit {
  const visits = {
    reserve: createShopVisit,
    register: createCampaignVisit,
    attempt: createFlashSaleVisit,
  };
  const visit: Visit = visits[world.options.flow](world, network, server, comeAgain);
  return visit;

  function comeAgain(buyer: string, visitsLeft: number): void {
    const { random, timeline, options } = world;
    if (visitsLeft > 0 && random() < 0.3) {
      timeline.after(Math.floor(random() * options.holdTtlMs * NS_PER_MS), () =>
        visit(buyer, visitsLeft - 1),
      );
    }
  }
}

/** A buyer registers for the campaign and uses the voucher, sometimes twice at once. */
function createCampaignVisit(
  { random, timeline, networkNs }: World,
  { call }: Network,
  { campaign }: Server,
  comeAgain: Visit,
): Visit {
  return (buyer, visitsLeft) =>
    call(
      { kind: 'register', buyer, quantity: 1 },
      (callId, instance) => campaign.register(buyer, callId, instance),
      ({ outcome, voucher }) => {
        if (outcome !== 'ok' || voucher === undefined) {
          comeAgain(buyer, visitsLeft);
          return;
        }
        const times = random() < 0.3 ? 2 : 1;
        for (let time = 0; time < times; time++) {
          timeline.after(networkNs(), () =>
            call({ kind: 'redeem', buyer, quantity: 1, voucher }, (callId) =>
              campaign.redeem(buyer, voucher, callId),
            ),
          );
        }
      },
    );
}

/** A buyer attempts to get a unit and asks once for the decision. */
function createFlashSaleVisit(
  { random, timeline }: World,
  { call, send }: Network,
  { flashSale }: Server,
  comeAgain: Visit,
): Visit {
  return (buyer, visitsLeft) =>
    call(
      { kind: 'attempt', buyer, quantity: 1 },
      (callId, instance) => flashSale.accept(buyer, callId, instance),
      ({ outcome }) => {
        if (outcome !== 'ok') comeAgain(buyer, visitsLeft);
        else {
          timeline.after(Math.floor(random() * 30 * NS_PER_MS), () =>
            send({ kind: 'read', buyer, quantity: 1 }, () => flashSale.decisionOf(buyer)),
          );
        }
      },
    );
}

/** A buyer reserves, then buys, gives back, does both at once or neither: in good time or just as the hold lapses. */
function createShopVisit(
  { random, timeline, networkNs, options }: World,
  { call }: Network,
  { shop }: Server,
  comeAgain: Visit,
): Visit {
  const ttlNs = options.holdTtlMs * NS_PER_MS;

  function decide(buyer: string, hold: string, quantity: number, visitsLeft: number): void {
    const mood = random();
    const confirmIt = () =>
      call(
        { kind: 'confirm', buyer, quantity, hold },
        (callId, instance) => shop.confirm(hold, callId, instance),
        ({ outcome, order }) => {
          if (outcome === 'ok' && order !== undefined && random() < 0.15) cancel(order);
        },
      );
    const cancel = (order: string) =>
      call(
        { kind: 'cancel', buyer, quantity, order },
        (_callId, instance) => shop.cancelOrder(order, instance),
        () => comeAgain(buyer, visitsLeft),
      );
    const releaseIt = () =>
      call(
        { kind: 'release', buyer, quantity, hold },
        (_callId, instance) => shop.release(hold, instance),
        () => comeAgain(buyer, visitsLeft),
      );
    const soon = () => Math.floor(random() * ttlNs * 0.5);
    const justAtTheEnd = () => Math.floor(ttlNs * (0.97 + random() * 0.06));
    if (mood < 0.45) timeline.after(soon(), confirmIt);
    else if (mood < 0.55) timeline.after(justAtTheEnd(), confirmIt);
    else if (mood < 0.75) timeline.after(soon(), releaseIt);
    else if (mood < 0.8) timeline.after(justAtTheEnd(), releaseIt);
    else if (mood < 0.85) {
      const both = soon();
      timeline.after(both, confirmIt);
      timeline.after(both + networkNs() - networkNs(), releaseIt);
    } else comeAgain(buyer, visitsLeft);
  }

  return (buyer, visitsLeft) => {
    const quantity = 1 + Math.floor(random() * options.quantityMax);
    call(
      { kind: 'reserve', buyer, quantity },
      (callId, instance) => shop.reserve(buyer, quantity, callId, instance),
      ({ outcome, hold }) => {
        if (outcome === 'ok' && hold !== undefined) decide(buyer, hold, quantity, visitsLeft);
        else comeAgain(buyer, visitsLeft);
      },
    );
  };
}
