import type { Network } from '../network.ts';
import type { Server } from '../server/server.ts';
import { idOf, type World } from '../world.ts';
import type { Deed, Taken } from './taken.ts';

/** Somebody who got to know of other buyers' things, and tries to use them under a name of their own. */
export interface Thief {
  /** Tries to check out or to give back. */
  tryTaken(taken: Taken): void;
  tryDeed(deed: Deed): void;
  tryVoucher(voucher: string): void;
}

/** Thieves have names of their own: they come after the buyers, and after the last one, who comes when all is over. */
export function createThief(world: World, network: Network, server: Server): Thief {
  const { random, timeline, options } = world;
  const { campaign } = server;
  let thieves = 0;

  function sometimes(steal: (buyer: string) => void, withinMs = options.holdTtlMs): void {
    if (random() >= options.theftRate) return;
    const buyer = idOf('b', options.buyers + 1_000 + thieves++);
    timeline.after(world.upToMs(withinMs), () => steal(buyer));
  }

  return {
    tryTaken: ({ confirm, release }) =>
      sometimes((buyer) => {
        const { facts, effect } = random() < 0.5 ? confirm : release;
        network.call({ buyer, ...facts }, effect);
      }),

    tryDeed: ({ facts, effect }) => sometimes((buyer) => network.call({ buyer, ...facts }, effect)),

    // Owners use their vouchers at once, so a thief has to hurry.
    tryVoucher: (voucher) =>
      sometimes(
        (buyer) =>
          network.call({ kind: 'redeem', buyer, voucher }, (request) =>
            campaign.redeem(request, voucher),
          ),
        1,
      ),
  };
}
