import type { CallFacts } from '../network.ts';
import type { Answer, Request, Wanted, Work } from '../server/answer.ts';
import { pick } from '../world.ts';
import { wishForBasket } from './basket-wish.ts';
import { type Deed, takenBy } from './taken.ts';
import type { Visit, Visitor } from './visit.ts';

/** The calls of the server that take and sell units in one. */
export interface Purchases {
  buy(request: Request, wanted: Wanted): Work;
  buyBasket(request: Request, wanted: Wanted[]): Work;
}

/**
 * A buyer orders units of one SKU, or of several in a basket, in one call, sometimes twice at once, and some cancel the order again.
 *
 * @param keep goes on with an order that is not cancelled yet. Some cancel it afterwards, whatever they did with it.
 */
export function createOrderVisit(
  { world, network: { call }, server, thief, comeAgain }: Visitor,
  { buy, buyBasket }: Purchases,
  keep: (answer: Answer, buyer: string, visitsLeft: number) => void,
): Visit {
  const { random, timeline, options } = world;

  function cancelLater(buyer: string, { facts, effect }: Deed, visitsLeft: number): void {
    timeline.after(world.upToMs(options.holdTtlMs), () =>
      call({ buyer, ...facts }, effect, () => comeAgain(buyer, visitsLeft)),
    );
  }

  return (buyer, visitsLeft) => {
    const lines = wishForBasket(world);
    const wanted = lines ?? [wishForOne()];
    const [first] = wanted as [Wanted];
    const facts: CallFacts = { kind: 'buy', buyer, ...(lines === undefined ? first : { lines }) };
    const times = random() < 0.1 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      call(
        facts,
        (request) => (lines === undefined ? buy(request, first) : buyBasket(request, lines)),
        (answer) => {
          const cancel = takenBy(answer, wanted, server)?.cancel(answer);
          if (cancel === undefined) {
            comeAgain(buyer, visitsLeft);
            return;
          }
          thief.tryDeed(cancel);
          if (random() < 0.15) cancelLater(buyer, cancel, visitsLeft);
          else {
            keep(answer, buyer, visitsLeft);
            if (random() < 0.1) cancelLater(buyer, cancel, 0);
          }
        },
      );
    }
  };

  function wishForOne(): Wanted {
    const sku = pick(world, world.skus);
    return { sku, quantity: 1 + Math.floor(random() * options.quantityMax) };
  }
}
