import type { World } from '../world.ts';
import type { Answer, Request, Work } from './answer.ts';
import type { Instances } from './instances.ts';
import { createReserve, type Wanted } from './reserve.ts';
import type { Stock } from './stock.ts';

/** Takes and sells units in one step, as most small shops do. Nobody sees the hold in between. */
export type Buy = (request: Request, wanted: Wanted) => Work;

export function createBuy(world: World, stock: Stock, instances: Instances): Buy {
  const reserve = createReserve(world, stock, instances);

  function sell(taken: Answer, { callId, instance }: Request): Answer {
    const hold = stock.holdsById.get(taken.hold ?? '');
    if (hold === undefined) return taken;
    const order = stock.place(hold, callId);
    const sequence = stock.sell(hold, order, instance);
    return { ...taken, order: order.orderId, sequence };
  }

  return (request, wanted) => {
    const sellWhenTaken = (work: Work): Work =>
      'afterNs' in work ? { ...work, goOn: () => sellWhenTaken(work.goOn()) } : sell(work, request);
    return sellWhenTaken(reserve(request, wanted));
  };
}
