import type { Answer, Request, Work } from '../server/answer.ts';
import { pick } from '../world.ts';
import type { Visit, Visitor } from './visit.ts';

/**
 * A buyer orders units of one SKU in one call, sometimes twice at once, and some cancel the order again.
 *
 * @param keep goes on with an order that is not cancelled
 */
export function createOrderVisit(
  { world, network: { call }, server: { shop }, thief, comeAgain }: Visitor,
  buy: (request: Request, wanted: { sku: string; quantity: number }) => Work,
  keep: (answer: Answer, buyer: string, visitsLeft: number) => void,
): Visit {
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
        (answer) => {
          const { outcome, order } = answer;
          if (outcome !== 'ok' || order === undefined) {
            comeAgain(buyer, visitsLeft);
            return;
          }
          thief.tryOrder(order);
          if (random() < 0.15) cancel(buyer, order, visitsLeft);
          else keep(answer, buyer, visitsLeft);
        },
      );
    }
  };
}
