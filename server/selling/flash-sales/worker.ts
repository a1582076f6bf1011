import { type AttemptEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../../events/event.ts';
import type { ConfirmRequest, StockLedger } from '../../stock/ledger.ts';
import type { HotStore } from './hot-store.ts';
import type { AttemptEnd, FlashSaleStore, OpenAttempt } from './store.ts';

/** Attempts on their way through the ledger at the same time: enough for its batches, and buyers get a turn. */
const CONCURRENCY = 128;

/**
 * Turns accepted attempts into orders. Wherever a worker dies, the next delivery comes to the same end:
 *
 * 1. Its hold has the id that the attempt names, so it is made once. One that lapsed meanwhile is replaced.
 * 2. The order has the attempt's id, and selling it makes the attempt succeed in the same transaction (see the trigger
 *    in the migration). That also keeps an attempt that has failed from being sold by a worker thought dead.
 * 3. The failed ones are written down, in a commit of their own: whoever reads a result must never read another later.
 * 4. Only then are the results in Redis. They are written again with each delivery.
 */
export function createAttemptWorker(deps: {
  ledger: StockLedger;
  store: FlashSaleStore;
  hotStore: HotStore;
}): Consumer {
  const { ledger, store, hotStore } = deps;

  return {
    group: 'flash-sale-worker-group',
    topics: [TOPICS.attempts],
    async handle(events) {
      const attemptIds = events.map(({ payload }) => (payload as AttemptEvent).attemptId);
      const open = await store.findOpen(attemptIds);
      const failures: unknown[] = [];
      for (let first = 0; first < open.length; first += CONCURRENCY) {
        const bought = await Promise.allSettled(open.slice(first, first + CONCURRENCY).map(buy));
        const ends = bought.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
        failures.push(...bought.flatMap((each) => ('reason' in each ? [each.reason] : [])));
        if (ends.length > 0) await store.decide(ends);
      }
      await hotStore.putResults(await store.findResults(attemptIds));
      if (failures.length > 0) throw failures[0];
    },
  };

  async function buy({ attemptId, ...attempt }: OpenAttempt): Promise<AttemptEnd> {
    const { holdId, userId, skuId, callId } = attempt;
    const buyer = { holdId, userId, skuId, callId: callId ?? undefined };
    const held = await ledger.hold({ ...buyer, quantity: 1 });
    switch (held.outcome) {
      case 'held':
        return { attemptId, orderId: await sell(attemptId, buyer) };
      // In another way, since the attempt was accepted: then the user has what they wanted.
      case 'already_purchased':
        return { attemptId, orderId: await store.findOrder(skuId, userId) };
      case 'already_reserved':
      case 'out_of_stock':
      case 'unknown_sku':
        return { attemptId, orderId: undefined };
      case 'contention_lost':
        throw new Error(`too many others changed ${skuId} at the same time; try again`);
    }
  }

  /** Answers with the order, also if an earlier delivery made it. */
  async function sell(
    attemptId: string,
    buyer: Pick<ConfirmRequest, 'holdId' | 'userId' | 'skuId' | 'callId'>,
  ): Promise<string> {
    const sold = await ledger.confirm({
      ...buyer,
      orderId: attemptId,
      paymentMethod: 'none',
      transactionId: attemptId,
    });
    if (sold.outcome === 'sold') return attemptId;
    const orderId =
      sold.outcome === 'order_exists' ? await store.findOrderOf(buyer.holdId) : undefined;
    if (orderId !== undefined) return orderId;
    throw new Error(`hold ${buyer.holdId} ended while it was being bought; try again`);
  }
}
