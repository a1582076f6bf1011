import { pick } from '../world.ts';
import type { Visit, Visitor } from './visit.ts';

/** A player completes a quest, sometimes with two clicks at once, and uses the voucher. */
export function createQuestVisit({
  world,
  network: { call },
  server: { campaign, quests },
  thief,
  comeAgain,
}: Visitor): Visit {
  const { random, timeline, networkNs } = world;

  return (buyer, visitsLeft) => {
    const sku = pick(world, world.skus);
    const times = random() < 0.1 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      call(
        { kind: 'register', buyer, sku },
        (request) => quests.submit(request, sku),
        ({ outcome, voucher }) => {
          comeAgain(buyer, visitsLeft);
          if (outcome !== 'ok' || voucher === undefined) return;
          thief.tryVoucher(voucher);
          timeline.after(networkNs(), () =>
            call({ kind: 'redeem', buyer, voucher }, (request) =>
              campaign.redeem(request, voucher),
            ),
          );
        },
      );
    }
  };
}
