import type { LedgerAttempt } from '../../protocol/ledger.ts';
import type { World } from '../world.ts';
import { type Answer, type Request, refuse } from './answer.ts';
import type { EventLog } from './events.ts';
import type { Instances } from './instances.ts';
import type { Stock } from './stock.ts';

/** The server's flash sales: an attempt is accepted or refused at once, and decided later by a worker. */
export interface FlashSale {
  attempts: Map<string, LedgerAttempt>;
  accept(request: Request, sku: string): Answer;
  /** The decision over a buyer's attempt, as far as it is known. */
  decisionOf(sku: string, buyer: string): Answer;
}

export function createFlashSale(
  world: World,
  stock: Stock,
  { inc }: Instances,
  events: EventLog,
): FlashSale {
  const { bug, random, timeline, clock } = world;
  const attempts = new Map<string, LedgerAttempt>();
  /** The decisions that buyers can read: a moment after they were made. */
  const published = new Map<string, LedgerAttempt['status']>();
  /** Accepted attempts that hold no units yet. */
  const undecided = new Map<string, number>();
  const keyOf = (sku: string, buyer: string) => `${sku} ${buyer}`;

  function refusalOf(sku: string, buyer: string): string | undefined {
    if (attempts.has(keyOf(sku, buyer))) return 'ALREADY_ATTEMPTED';
    const hold = stock.holdOf(sku, buyer);
    if (hold?.status === 'CONFIRMED') return 'ALREADY_PURCHASED';
    if (hold && !stock.hasLapsed(hold)) return 'ALREADY_RESERVED';
    return stock.shelf(sku).available - (undecided.get(sku) ?? 0) < 1 ? 'OUT_OF_STOCK' : undefined;
  }

  function decide(row: LedgerAttempt, instance: number): void {
    const { skuId: sku, userId: buyer, callId } = row;
    undecided.set(sku, (undecided.get(sku) ?? 0) - 1);
    const before = stock.holdOf(sku, buyer);
    if (before && stock.hasLapsed(before)) stock.giveBack(before, 'EXPIRED', instance);
    else if (before) {
      // Bought, or taken, in the shop since the attempt was accepted.
      const bought = [...stock.orders.values()].find(
        ({ reservationId, status }) => reservationId === before.id && status !== 'PENDING',
      );
      row.orderId = before.status === 'CONFIRMED' ? (bought?.orderId ?? null) : null;
      row.status = row.orderId === null ? 'FAILED' : 'SUCCESS';
      return;
    }
    row.status = stock.shelf(sku).available < 1 ? 'FAILED' : 'SUCCESS';
    if (row.status === 'FAILED') return;
    const hold = stock.take({ sku, buyer, quantity: 1, callId: callId as string, instance });
    const order = stock.place(hold, callId as string);
    stock.sell(hold, order, instance);
    row.orderId = order.orderId;
  }

  return {
    attempts,

    accept({ buyer, callId, instance }, sku) {
      const code = refusalOf(sku, buyer);
      const outcome = OUTCOME_OF[code ?? 'none'] as string;
      inc(instance, 'flashsale_attempts_total', { outcome });
      if (code !== undefined) return refuse(code);
      const key = keyOf(sku, buyer);
      const row: LedgerAttempt = {
        row: 'attempt',
        saleId: sku,
        skuId: sku,
        userId: buyer,
        status: 'PENDING',
        orderId: null,
        callId,
        createdAt: clock.iso(clock.nowNs()),
      };
      attempts.set(key, row);
      undecided.set(sku, (undecided.get(sku) ?? 0) + 1);
      events.publish('attempts', 'ATTEMPTED', { sku, buyer, sequence: null });
      if (bug === 'undecided-attempt' && random() < 0.1) world.harm++;
      else {
        timeline.after(world.upToMs(20), () => {
          decide(row, instance);
          timeline.after(world.upToMs(2), () => published.set(key, row.status));
        });
      }
      return { outcome: 'ok', status: 200, sku };
    },

    decisionOf: (sku, buyer) => ({
      outcome: 'ok',
      status: 200,
      observed: { decision: published.get(keyOf(sku, buyer)) ?? 'PENDING' },
    }),
  };
}

/** The label of an answer in the metrics. */
const OUTCOME_OF: Record<string, string> = {
  none: 'accepted',
  ALREADY_ATTEMPTED: 'already_attempted',
  ALREADY_PURCHASED: 'already_purchased',
  ALREADY_RESERVED: 'already_reserved',
  OUT_OF_STOCK: 'sold_out',
};
