import { NS_PER_MS, pick, type World } from '../world.ts';
import type { Visit, Visitor } from './visit.ts';

/** The SKUs that a buyer may want besides the first one, at most. */
const OTHER_SKUS_MAX = 10;

/** The end that a buyer plans for a hold. */
interface Plan {
  confirm?: 'soon' | 'at the end' | 'twice';
  release?: 'soon' | 'at the end';
}

function planOf({ random }: World): Plan {
  const mood = random();
  if (mood < 0.4) return { confirm: 'soon' };
  if (mood < 0.45) return { confirm: 'twice' };
  if (mood < 0.55) return { confirm: 'at the end' };
  if (mood < 0.75) return { release: 'soon' };
  if (mood < 0.8) return { release: 'at the end' };
  if (mood < 0.85) return { confirm: 'soon', release: 'soon' };
  return {};
}

/**
 * A buyer reserves units of one SKU, or of several at once, and then buys them, gives them back, does both at once or
 * neither: in good time or just as the hold lapses. Some cancel the order again.
 */
export function createShopVisit({
  world,
  network: { call },
  server: { shop },
  thief,
  comeAgain,
}: Visitor): Visit {
  const { random, timeline, networkNs, options } = world;
  const ttlNs = options.holdTtlMs * NS_PER_MS;

  return (buyer, visitsLeft) => {
    reserve(buyer, pick(world, world.skus), visitsLeft);
    for (const sku of world.skus.slice(1, 1 + OTHER_SKUS_MAX)) {
      if (random() < 0.2) reserve(buyer, sku, 0);
    }
  };

  function reserve(buyer: string, sku: string, visitsLeft: number): void {
    const quantity = 1 + Math.floor(random() * options.quantityMax);
    // Some click twice.
    const times = random() < 0.03 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      call(
        { kind: 'reserve', buyer, sku, quantity },
        (request) => shop.reserve(request, { sku, quantity }),
        ({ outcome, hold }) => {
          if (outcome !== 'ok' || hold === undefined) comeAgain(buyer, visitsLeft);
          else {
            thief.tryHold(hold);
            goOn(buyer, hold, visitsLeft);
          }
        },
      );
    }
  }

  function goOn(buyer: string, hold: string, visitsLeft: number): void {
    const { confirm, release } = planOf(world);
    const soonNs = Math.floor(random() * ttlNs * 0.5);
    const endNs = Math.floor(ttlNs * (0.97 + random() * 0.06));
    const timeOf = (when: string) => (when === 'at the end' ? endNs : soonNs);
    if (confirm !== undefined) {
      timeline.after(timeOf(confirm), () => buy(buyer, hold, visitsLeft));
      if (confirm === 'twice') {
        timeline.after(soonNs + networkNs(), () => buy(buyer, hold, 0));
      }
    }
    if (release !== undefined) {
      const offNs = confirm === undefined ? 0 : networkNs() - networkNs();
      timeline.after(timeOf(release) + offNs, () => giveBack(buyer, hold, visitsLeft));
    }
    if (confirm === undefined && release === undefined) comeAgain(buyer, visitsLeft);
  }

  function buy(buyer: string, hold: string, visitsLeft: number): void {
    call(
      { kind: 'confirm', buyer, hold },
      (request) => shop.confirm(request, hold),
      ({ outcome, order }) => {
        if (outcome === 'fail' || order === undefined) {
          comeAgain(buyer, visitsLeft);
          return;
        }
        thief.tryOrder(order);
        if (random() < 0.03) timeline.after(networkNs(), () => shop.fulfil(order));
        if (random() < 0.15) cancel(buyer, order, visitsLeft);
        else comeAgain(buyer, visitsLeft);
      },
    );
  }

  function giveBack(buyer: string, hold: string, visitsLeft: number): void {
    call(
      { kind: 'release', buyer, hold },
      (request) => shop.release(request, hold),
      () => comeAgain(buyer, visitsLeft),
    );
  }

  /** Cancels an order, sometimes twice at once. */
  function cancel(buyer: string, order: string, visitsLeft: number): void {
    const times = random() < 0.2 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      call(
        { kind: 'cancel', buyer, order },
        (request) => shop.cancelOrder(request, order),
        () => comeAgain(buyer, time === 0 ? visitsLeft : 0),
      );
    }
  }
}
