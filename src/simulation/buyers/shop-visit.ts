import type { Effect, LineFacts } from '../network.ts';
import type { Answer } from '../server/answer.ts';
import { NS_PER_MS, pick, type World } from '../world.ts';
import { wishForBasket } from './basket-wish.ts';
import { type Deed, type Taken, takenBy } from './taken.ts';
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
 * A buyer reserves units of one SKU, or of several at once, each by itself or in a basket, and then buys them, gives them back,
 * does both at once or neither: in good time or just as they lapse. Some cancel the order again.
 */
export function createShopVisit({ world, network, server, thief, comeAgain }: Visitor): Visit {
  const { shop, baskets } = server;
  const { random, timeline, networkNs, options } = world;
  const ttlNs = options.holdTtlMs * NS_PER_MS;

  return (buyer, visitsLeft) => {
    const lines = wishForBasket(world);
    if (lines !== undefined) {
      take(buyer, lines, { lines }, (request) => baskets.hold(request, lines), visitsLeft);
      return;
    }
    reserve(buyer, pick(world, world.skus), visitsLeft);
    for (const sku of world.skus.slice(1, 1 + OTHER_SKUS_MAX)) {
      if (random() < 0.2) reserve(buyer, sku, 0);
    }
  };

  function reserve(buyer: string, sku: string, visitsLeft: number): void {
    const wanted = { sku, quantity: 1 + Math.floor(random() * options.quantityMax) };
    take(buyer, [wanted], wanted, (request) => shop.reserve(request, wanted), visitsLeft);
  }

  function take(
    buyer: string,
    wanted: LineFacts[],
    facts: LineFacts & { lines?: LineFacts[] },
    effect: Effect,
    visitsLeft: number,
  ): void {
    // Some click twice.
    const times = random() < 0.03 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      network.call({ kind: 'reserve', buyer, ...facts }, effect, (answer) => {
        const taken = takenBy(answer, wanted, server);
        if (taken === undefined) comeAgain(buyer, visitsLeft);
        else {
          thief.tryTaken(taken);
          goOn(buyer, taken, visitsLeft);
        }
      });
    }
  }

  function goOn(buyer: string, taken: Taken, visitsLeft: number): void {
    const { confirm, release } = planOf(world);
    const soonNs = Math.floor(random() * ttlNs * 0.5);
    const endNs = Math.floor(ttlNs * (0.97 + random() * 0.06));
    const timeOf = (when: string) => (when === 'at the end' ? endNs : soonNs);
    if (confirm !== undefined) {
      timeline.after(timeOf(confirm), () => buy(buyer, taken, visitsLeft));
      if (confirm === 'twice') {
        timeline.after(soonNs + networkNs(), () => buy(buyer, taken, 0));
      }
    }
    if (release !== undefined) {
      const offNs = confirm === undefined ? 0 : networkNs() - networkNs();
      timeline.after(timeOf(release) + offNs, () =>
        act(buyer, taken.release, () => comeAgain(buyer, visitsLeft)),
      );
    }
    if (confirm === undefined && release === undefined) comeAgain(buyer, visitsLeft);
  }

  function buy(buyer: string, taken: Taken, visitsLeft: number): void {
    act(buyer, taken.confirm, (answer) => {
      const cancel = taken.cancel(answer);
      if (answer.outcome === 'fail' || cancel === undefined) {
        comeAgain(buyer, visitsLeft);
        return;
      }
      thief.tryDeed(cancel);
      if (random() < 0.03) timeline.after(networkNs(), () => fulfil(answer));
      if (random() < 0.15) cancelOrder(buyer, cancel, visitsLeft);
      else comeAgain(buyer, visitsLeft);
    });
  }

  function fulfil({ order, lines = [{ order }] }: Answer): void {
    for (const line of lines) shop.fulfil(line.order ?? '');
  }

  /** Cancels an order, sometimes twice at once. */
  function cancelOrder(buyer: string, cancel: Deed, visitsLeft: number): void {
    const times = random() < 0.2 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      act(buyer, cancel, () => comeAgain(buyer, time === 0 ? visitsLeft : 0));
    }
  }

  function act(buyer: string, { facts, effect }: Deed, then: (answer: Answer) => void): void {
    network.call({ buyer, ...facts }, effect, then);
  }
}
