import type { LedgerAttempt } from '../../../src/protocol/ledger.ts';
import type { Answer, Stock } from './stock.ts';
import { isoAt, NS_PER_MS, SKU, type World } from './world.ts';

/** The server's flash sale: an attempt is accepted at once, and decided later by a worker. */
export interface FlashSale {
  attempts: LedgerAttempt[];
  accept(buyer: string, callId: string, instance: number): Answer;
  decisionOf(buyer: string): Answer;
}

export function createFlashSale(world: World, stock: Stock): FlashSale {
  const { bug, random, timeline } = world;
  const attempts: LedgerAttempt[] = [];

  function decide(row: LedgerAttempt, instance: number): void {
    row.status = stock.available < 1 ? 'FAILED' : 'SUCCESS';
    if (row.status === 'FAILED') return;
    const { hold } = stock.take(row.userId, 1, row.callId as string, instance);
    row.orderId = stock.sell(hold, row.callId as string, instance).order;
  }

  return {
    attempts,

    accept(buyer, callId, instance) {
      if (attempts.some(({ userId }) => userId === buyer)) {
        return { outcome: 'fail', status: 409, code: 'ALREADY_ATTEMPTED' };
      }
      if (stock.available < 1) return { outcome: 'fail', status: 400, code: 'OUT_OF_STOCK' };
      const row: LedgerAttempt = {
        row: 'attempt',
        saleId: SKU,
        skuId: SKU,
        userId: buyer,
        status: 'PENDING',
        orderId: null,
        callId,
        createdAt: isoAt(timeline.nowNs()),
      };
      attempts.push(row);
      if (bug === 'undecided-attempt' && random() < 0.1) world.harm++;
      else timeline.after(Math.floor(random() * 20 * NS_PER_MS), () => decide(row, instance));
      return { outcome: 'ok', status: 200 };
    },

    decisionOf: (buyer) => ({
      outcome: 'ok',
      status: 200,
      decision: attempts.find(({ userId }) => userId === buyer)?.status ?? 'PENDING',
    }),
  };
}
