import type { Pool } from 'pg';
import { createGroupCommit } from '../platform/group-commit.ts';
import { describeHolds, type HoldsRow, type LedgerBatches } from './batch.ts';
import {
  type BasketChange,
  type BasketHold,
  type BasketLedger,
  type BasketLine,
  type BasketLineOutcome,
  type CancelOutcome,
  type ConfirmOutcome,
  type HoldRequest,
  type LedgerObserver,
  type ReleaseOutcome,
  wayOf,
} from './ledger.ts';
import { ledgerFunction } from './sql.ts';
import { untilDecided } from './until-decided.ts';

/** Baskets under way at the same time, as many as batches of single calls. */
const AT_ONCE_MAX = 2;

interface LineRow<Outcome> {
  /** `not_alone`: of the reasons of other lines, it has none. */
  outcome: Outcome | 'not_alone';
  hold_id: string;
  sku_id: string;
  moved: 'RETURNED' | 'RELEASED' | null;
  sequence: number | null;
}

/**
 * The ledger's calls for baskets. They are the same for all strategies, because each strategy notices what others have
 * done to the rows of its SKUs. PostgreSQL decides a basket in one statement (`sql/hold-basket.sql` and its neighbours), which
 * locks the SKUs in the order of their ids like every batch.
 *
 * Baskets of one server that have a SKU in common take turns, because they would wait for each other's locks anyway, with a
 * connection in hand.
 */
export function createBasketLedger(deps: {
  pool: Pool;
  holdTtlMs: number;
  observer: LedgerObserver;
  expire: LedgerBatches['expire'];
}): BasketLedger {
  const { pool, holdTtlMs, observer, expire } = deps;
  const holdLines = ledgerFunction<HoldsRow>('hold_basket', 8);
  const confirmLines = ledgerFunction<LineRow<ConfirmOutcome['outcome']>>('confirm_basket', 3);
  const releaseLines = ledgerFunction<LineRow<ReleaseOutcome['outcome']>>('release_basket', 2);
  const cancelLines = ledgerFunction<LineRow<CancelOutcome['outcome']>>('cancel_basket_lines', 2);
  const turns = createGroupCommit<BasketHold, BasketLineOutcome[] | 'retry'>({
    keyOf: () => '',
    conflictKey: ({ basketId }) => basketId,
    namesOf: ({ lines }) => lines.map(({ skuId }) => skuId),
    batchMax: 1,
    atOnceMax: AT_ONCE_MAX,
    mayBeOneRequestsFault: () => false,
    execute: async (_, [basket]) => [await hold(basket as BasketHold)],
  });

  return {
    async holdBasket(basket) {
      const { outcomes } = await untilDecided<{ outcome: string; outcomes: BasketLineOutcome[] }>(
        async () => {
          const outcomes = await turns.submit(basket);
          return outcomes === 'retry' ? { outcome: 'retry' } : { outcome: 'decided', outcomes };
        },
        () => ({
          outcome: 'decided',
          outcomes: basket.lines.map(() => ({ outcome: 'contention_lost' })),
        }),
      );
      return outcomes;
    },
    async confirmBasket({ paymentId, userId, ...request }) {
      const values = [paymentId, userId, wayOf(request)];
      return untilDecided(async () =>
        ended(await confirmLines(pool, values), 'sold', () => 'SOLD'),
      );
    },
    async releaseBasket({ basketId, userId }) {
      const values = [basketId, userId];
      return untilDecided(async () =>
        ended(await releaseLines(pool, values), 'released', () => 'RELEASED'),
      );
    },
    async cancelBasket({ basketId, userId }) {
      const values = [basketId, userId];
      return untilDecided(async () =>
        ended(await cancelLines(pool, values), 'cancelled', ({ moved }) => moved),
      );
    },
  };

  async function hold(basket: BasketHold): Promise<BasketLineOutcome[] | 'retry'> {
    const { basketId, userId, lines } = basket;
    const requests = lines.map((line): HoldRequest => ({ ...line, userId, way: wayOf(basket) }));
    const [row] = await holdLines(pool, [
      basketId,
      lines.map(({ skuId }) => skuId),
      lines.map(({ holdId }) => holdId),
      userId,
      lines.map(({ quantity }) => quantity),
      lines.map(({ callId }) => callId ?? null),
      holdTtlMs,
      wayOf(basket),
    ]);
    const answer = row as HoldsRow;
    const others = answer.others ?? [];
    const lapsed = others.filter(({ outcome }) => outcome === 'lapsed');
    if (lapsed.length > 0) {
      await expire(
        lapsed.map(({ hold_id: holdId, place }) => ({
          holdId,
          skuId: (lines[place - 1] as BasketLine).skuId,
        })),
      );
      return 'retry';
    }
    const places = lines.map((_, place) => place + 1);
    const described = describeHolds(requests, places, answer);
    if (others.length === 0) {
      for (const { skuId } of lines) observer.moved('RESERVED', 1, skuId);
    }
    const isHeld = others.every(({ outcome }) => outcome === 'held_before');
    return described.map(({ decision, isNew }): BasketLineOutcome => {
      // It could have been held, and the others could not.
      if (!isHeld && (isNew || decision.outcome === 'held')) return { outcome: 'not_alone' };
      return decision as BasketLineOutcome;
    });
  }

  function ended<Outcome extends string, Yes extends Outcome>(
    rows: LineRow<Outcome>[],
    yes: Yes,
    kindOf: (row: LineRow<Outcome>) => Parameters<LedgerObserver['moved']>[0] | null,
  ): BasketChange<Yes, Outcome> {
    const refused = rows.find(({ outcome }) => outcome !== yes && outcome !== 'not_alone');
    if (refused !== undefined || rows.length === 0) {
      const outcome = (refused?.outcome ?? 'not_found') as Exclude<Outcome, Yes>;
      const ofReason = rows.filter((row) => row.outcome === outcome);
      return { outcome, skuIds: ofReason.map(({ sku_id: skuId }) => skuId) };
    }
    for (const row of rows) {
      const kind = kindOf(row);
      if (kind !== null) observer.moved(kind, 1, row.sku_id);
    }
    return {
      outcome: yes,
      lines: rows.map(({ hold_id: holdId, sku_id: skuId, sequence }) => ({
        ...{ holdId, skuId },
        sequence: sequence ?? undefined,
      })),
    };
  }
}
