import { type AttemptEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../../events/event.ts';
import type { ConfirmRequest, StockLedger } from '../../stock/ledger.ts';
import type { HotStore } from './hot-store.ts';
import type { AttemptEnd, FlashSaleStore, OpenAttempt } from './store.ts';

/** The most attempts in the ledger at the same time: enough for its batches, and few enough not to delay buyers. */
const CONCURRENCY = 128;

/**
 * Turns accepted attempts into orders. If a worker dies at any point, the next delivery has the same result:
 *
 * 1. The hold has the id that the attempt names, so it is made once. A hold that lapsed meanwhile is replaced.
 * 2. The order has the id of the attempt, and its sale makes the attempt succeed in the same transaction (by a trigger, see
 *    migration 0007). The trigger also prevents a worker that was given up for dead from selling a failed attempt.
 * 3. Failed attempts are recorded in a commit of their own, so that a result that was read once never changes.
 * 4. After that the results are written to Redis, again with each delivery.
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
    const held = await ledger.hold({ ...buyer, quantity: 1, way: 'flash-sale' });
    switch (held.outcome) {
      case 'held':
        return { attemptId, orderId: await sell(attemptId, buyer) };
      // The user has bought the product in another way since the attempt was accepted.
      case 'already_purchased':
        return { attemptId, orderId: await store.findOrder(skuId, userId) };
      case 'already_reserved':
      case 'out_of_stock':
      case 'unknown_sku':
      case 'sold_another_way':
      case 'not_begun':
      case 'over':
      case 'over_limit':
        return { attemptId, orderId: undefined };
      case 'contention_lost':
        throw new Error(`too many others changed ${skuId} at the same time; try again`);
    }
  }

  /** Sells the hold. Returns the id of the order, also when an earlier delivery made it. */
  async function sell(
    attemptId: string,
    buyer: Pick<ConfirmRequest, 'holdId' | 'userId' | 'skuId' | 'callId'>,
  ): Promise<string> {
    const sold = await ledger.confirm({
      ...buyer,
      orderId: attemptId,
      way: 'flash-sale',
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
