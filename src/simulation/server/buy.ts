import {
  type Answer,
  type AnsweredLine,
  type Request,
  type Wanted,
  type Work,
  whenDone,
} from './answer.ts';
import type { Baskets } from './baskets.ts';
import type { Reserve } from './reserve.ts';
import type { Stock } from './stock.ts';

/** Takes and sells units in one step, as most small shops do. Nobody sees the hold in between. */
export interface Buying {
  buy(request: Request, wanted: Wanted): Work;
  buyBasket(request: Request, wanted: Wanted[]): Work;
}

export function createBuying(stock: Stock, reserve: Reserve, baskets: Baskets): Buying {
  function sell<Taken extends AnsweredLine>(taken: Taken, callId: string, instance: number): Taken {
    const hold = stock.holdsById.get(taken.hold ?? '');
    if (hold === undefined) return taken;
    const order = stock.place(hold, callId);
    return { ...taken, order: order.orderId, sequence: stock.sell(hold, order, instance) };
  }

  return {
    buy: (request, wanted) =>
      whenDone(reserve(request, wanted), (taken: Answer) =>
        sell(taken, request.callId, request.instance),
      ),
    buyBasket: (request, wanted) =>
      whenDone(baskets.hold(request, wanted), (taken) => ({
        ...taken,
        lines: taken.lines?.map((line, place) =>
          sell(line, `${request.callId}.${place + 1}`, request.instance),
        ),
      })),
  };
}
