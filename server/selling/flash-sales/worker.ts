import type { Pool, PoolClient } from 'pg';
import { type AttemptEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../../events/event.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import type { HotStore } from './hot-store.ts';
import type { FlashSaleStore } from './store.ts';

/**
 * Turns accepted attempts into orders. The order's id was fixed when the attempt was accepted, and the order is the
 * proof: wherever a worker dies, the next delivery finds the hold or the order that is there, or starts anew, and comes
 * to the same end.
 */
export function createAttemptWorker(deps: {
  pool: Pool;
  ledger: StockLedger;
  store: FlashSaleStore;
  hotStore: HotStore;
  newId(): string;
}): Consumer {
  const { pool, ledger, store, hotStore, newId } = deps;

  return {
    group: 'flash-sale-worker-group',
    topics: [TOPICS.attempts],
    async handle(events, tx: PoolClient) {
      // Side by side, so that the ledger commits them together.
      const decisions = await Promise.all(
        events.map(async ({ payload }) => {
          const attempt = payload as AttemptEvent;
          return { ...attempt, isSuccess: await buy(attempt) };
        }),
      );
      await store.decide(tx, decisions);
      for (const { skuId, userId, isSuccess } of decisions) {
        await hotStore.putResult(skuId, userId, isSuccess);
      }
    },
  };

  async function buy(attempt: AttemptEvent): Promise<boolean> {
    const { orderId, skuId, userId } = attempt;
    const attemptId = attempt.clientAttemptId ?? undefined;
    const held = await ledger.hold({ holdId: newId(), userId, skuId, quantity: 1, attemptId });
    switch (held.outcome) {
      case 'held':
        return confirm(held.hold.holdId, attempt);
      case 'already_reserved': {
        // An earlier delivery of this attempt held it, or the user did.
        const holdId = await findHold(skuId, userId);
        if (holdId === undefined)
          throw new Error(`the hold of ${userId} has just ended; try again`);
        return confirm(holdId, attempt);
      }
      case 'already_purchased':
        return hasOrder(orderId);
      case 'contention_lost':
        throw new Error('too many others changed the product at the same time; try again');
      case 'out_of_stock':
      case 'unknown_sku':
        return false;
    }
  }

  async function confirm(holdId: string, attempt: AttemptEvent): Promise<boolean> {
    const { orderId, skuId, userId, clientAttemptId } = attempt;
    const confirmed = await ledger.confirm({
      ...{ holdId, orderId, skuId, userId },
      paymentMethod: 'none',
      transactionId: orderId,
      attemptId: clientAttemptId ?? undefined,
    });
    if (confirmed.outcome === 'sold') return true;
    if (confirmed.outcome === 'order_exists') return hasOrder(orderId);
    throw new Error(`the hold of ${userId} ended while it was being bought; try again`);
  }

  async function findHold(skuId: string, userId: string): Promise<string | undefined> {
    const { rows } = await pool.query<{ reservation_id: string }>({
      name: 'flash-sales.find-hold',
      text: `SELECT reservation_id FROM reservations
             WHERE user_id = $2 AND sku_id = $1 AND status = 'RESERVED'`,
      values: [skuId, userId],
    });
    return rows[0]?.reservation_id;
  }

  /** Whether the user bought by this attempt, and not in another way. */
  async function hasOrder(orderId: string): Promise<boolean> {
    const { rowCount } = await pool.query({
      name: 'flash-sales.has-order',
      text: 'SELECT 1 FROM orders WHERE order_id = $1',
      values: [orderId],
    });
    return rowCount === 1;
  }
}
