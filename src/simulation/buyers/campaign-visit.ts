import { pick } from '../world.ts';
import type { Visit, Visitor } from './visit.ts';

/** A buyer registers for a campaign, sometimes twice at once, and uses the voucher, sometimes twice at once. */
export function createCampaignVisit({
  world,
  network: { call },
  server: { campaign, shop },
  thief,
  comeAgain,
}: Visitor): Visit {
  const { random, timeline, networkNs } = world;

  function use(buyer: string, voucher: string): void {
    const times = random() < 0.3 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      timeline.after(networkNs(), () =>
        call({ kind: 'redeem', buyer, voucher }, (request) => campaign.redeem(request, voucher)),
      );
    }
  }

  return (buyer, visitsLeft) => {
    const sku = pick(world, world.skus);
    const { sideDoorRate } = world.options;
    if (sideDoorRate > 0 && random() < sideDoorRate) {
      call({ kind: 'reserve', buyer, sku }, (request) =>
        shop.reserve(request, { sku, quantity: 1 }),
      );
    }
    const times = random() < 0.1 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      call(
        { kind: 'register', buyer, sku },
        (request) => campaign.register(request, sku),
        ({ outcome, voucher }) => {
          if (outcome === 'ok' && voucher !== undefined) {
            thief.tryVoucher(voucher);
            use(buyer, voucher);
          }
          comeAgain(buyer, visitsLeft);
        },
      );
    }
  };
}
