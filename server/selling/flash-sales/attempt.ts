import type { AcceptedAttempt } from '../../../src/protocol/flash-sales.ts';
import { createGroupCommit } from '../../platform/group-commit.ts';
import { mayBeOneRequestsFault } from '../../platform/postgres.ts';
import {
  type AttemptDecision,
  DECISION_REFUSALS,
  describeAccepted,
  type FlashSale,
  type Refusal,
  refuseAttempt,
} from './flash-sale.ts';
import type { HotStore } from './hot-store.ts';
import type { AttemptRequest, FlashSaleStore } from './store.ts';

export type AttemptOutcome = { outcome: 'accepted'; attempt: AcceptedAttempt } | Refusal;

export type AttemptPurchase = (attempt: AttemptRequest) => Promise<AttemptOutcome>;

/** The time for which "sold out" of the database is repeated without asking it again. */
const SOLD_OUT_FRESH_MS = 100;
const BATCH_MAX = 256;

/**
 * Decides attempts to buy: the hot store refuses what it can, and the database decides the others, in batches. An accepted
 * attempt is in the audit trail and in the outbox before the user is answered; the order follows.
 *
 * The hot store alone refuses nobody. When it says that a user has attempted, the database is asked, and its "sold out"
 * counts only while the database has said the same a moment ago; so the next attempt finds a unit that the hot store has
 * lost. A unit goes back to the hot store only when the database refused: a statement that failed may have committed.
 */
export function createAttemptPurchase(deps: {
  store: FlashSaleStore;
  findSale(saleId: string): Promise<FlashSale | undefined>;
  hotStore: HotStore;
  nowMs(): number;
}): AttemptPurchase {
  const { store, findSale, hotStore, nowMs } = deps;
  const soldOutUntilMs = new Map<string, number>();

  const accepts = createGroupCommit<AttemptRequest, AttemptDecision>({
    keyOf: ({ saleId }) => saleId,
    conflictKey: ({ userId }) => userId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault,
    execute: (saleId, batch) => store.accept(saleId, batch),
  });

  return async function attemptPurchase(attempt) {
    const { attemptId, saleId, userId } = attempt;
    const sale = await findSale(saleId);
    const refusal = refuseAttempt(sale, nowMs());
    if (sale === undefined || refusal !== undefined) return refusal ?? DECISION_REFUSALS.sold_out;
    const { skuId } = sale;

    const hot = await hotStore.take(skuId, userId);
    if (hot === 'already_attempted' && (await store.hasAttempted(saleId, userId))) {
      return DECISION_REFUSALS.already_attempted;
    }
    if (hot === 'sold_out' && nowMs() < (soldOutUntilMs.get(saleId) ?? 0)) {
      return DECISION_REFUSALS.sold_out;
    }

    const decision = await accepts.submit(attempt);
    if (decision === 'sold_out') soldOutUntilMs.set(saleId, nowMs() + SOLD_OUT_FRESH_MS);
    await correct(hot, decision, skuId, userId);
    return decision === 'accepted'
      ? { outcome: 'accepted', attempt: describeAccepted(attemptId, sale) }
      : DECISION_REFUSALS[decision];
  };

  /** Makes the hot store agree with the decision of the database. */
  async function correct(
    hot: Awaited<ReturnType<HotStore['take']>>,
    decision: AttemptDecision,
    skuId: string,
    userId: string,
  ): Promise<void> {
    if (hot === 'accepted' && decision !== 'accepted') {
      await hotStore.giveBack(skuId, userId, decision !== 'already_attempted');
    }
    const hasTooMany = hot === 'accepted' && decision === 'sold_out';
    const hasTooFew = hot !== 'accepted' && hot !== 'unknown' && decision === 'accepted';
    if (hasTooMany || hasTooFew) await hotStore.forget(skuId);
  }
}
