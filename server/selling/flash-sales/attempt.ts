import type { AcceptedAttempt } from '../../../src/protocol/flash-sales.ts';
import { createGroupCommit } from '../../stock/group-commit.ts';
import {
  ALREADY_ATTEMPTED,
  describeAccepted,
  type FlashSale,
  type Refusal,
  refuseAttempt,
  SOLD_OUT,
} from './flash-sale.ts';
import type { HotStore } from './hot-store.ts';
import type { AttemptDecision, AttemptRequest, FlashSaleStore } from './store.ts';

export type AttemptOutcome = { outcome: 'accepted'; attempt: AcceptedAttempt } | Refusal;

export type AttemptPurchase = (
  /** `attemptId` is the client's name for it, `newAttemptId` ours, where the caller has one for it. */
  user: { userId: string; attemptId: string | undefined; newAttemptId?: string },
  saleId: string,
) => Promise<AttemptOutcome>;

/** How long a "sold out" of the database is repeated without asking it again. */
const SOLD_OUT_FRESH_MS = 100;
const BATCH_MAX = 256;

/**
 * Accepts an attempt to buy: the hot store turns away whom it can, the database decides about the rest, in batches. An
 * accepted attempt is in the audit trail and in the outbox when the user hears of it; the order follows.
 *
 * The hot store is never the last word. Whom it says has attempted is looked up, and its "sold out" counts only while
 * the database has said the same a moment ago, so a unit it has lost is found again by the next who asks. What was
 * taken from it goes back only when the database said no: a statement that failed may have been committed.
 */
export function createAttemptPurchase(deps: {
  store: FlashSaleStore;
  hotStore: HotStore;
  newId(): string;
  nowMs(): number;
}): AttemptPurchase {
  const { store, hotStore, newId, nowMs } = deps;
  const soldOutUntilMs = new Map<string, number>();

  const accepts = createGroupCommit<AttemptRequest, AttemptDecision>({
    keyOf: ({ sale }) => sale.saleId,
    conflictKey: ({ userId }) => userId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault: () => true,
    execute: (_, batch) => store.accept(batch),
  });

  return async function attemptPurchase(user, saleId) {
    const { userId, attemptId: clientAttemptId, newAttemptId: attemptId = newId() } = user;
    const sale = await store.find(saleId);
    const refusal = refuseAttempt(sale, nowMs());
    if (sale === undefined || refusal !== undefined) return refusal ?? SOLD_OUT;

    const hot = await hotStore.take(sale.skuId, userId);
    if (hot === 'already_attempted' && (await store.hasAttempted(saleId, userId))) {
      return ALREADY_ATTEMPTED;
    }
    if (hot === 'sold_out' && nowMs() < (soldOutUntilMs.get(saleId) ?? 0)) return SOLD_OUT;

    const orderId = newId();
    const decision = await accepts.submit({ attemptId, orderId, sale, userId, clientAttemptId });
    await correct(sale, userId, hot, decision);
    if (decision === 'already_attempted') return ALREADY_ATTEMPTED;
    if (decision === 'sold_out') return SOLD_OUT;
    return { outcome: 'accepted', attempt: describeAccepted(attemptId, sale) };
  };

  /** Makes the hot store agree with what the database has decided. */
  async function correct(
    sale: FlashSale,
    userId: string,
    hot: Awaited<ReturnType<HotStore['take']>>,
    decision: AttemptDecision,
  ): Promise<void> {
    if (decision === 'sold_out') {
      soldOutUntilMs.set(sale.saleId, nowMs() + SOLD_OUT_FRESH_MS);
      if (hot === 'accepted') await hotStore.giveBack(sale.skuId, userId, true);
      // It holds units that there are not.
      if (hot === 'accepted') await hotStore.forget(sale.skuId);
    } else if (decision === 'already_attempted') {
      if (hot === 'accepted') await hotStore.giveBack(sale.skuId, userId, false);
    } else if (hot === 'sold_out' || hot === 'already_attempted') {
      await hotStore.forget(sale.skuId);
    }
  }
}
