import type { Pool } from 'pg';
import type {
  ConfirmOutcome,
  ConfirmRequest,
  HoldOutcome,
  HoldRequest,
  LedgerObserver,
  ReleaseOutcome,
} from './ledger.ts';
import { statement } from './sql.ts';

/**
 * The ledger's three changes as PostgreSQL decides them, each for a batch of requests for one SKU in one statement. A
 * strategy that serves one buyer at a time passes batches of one.
 */
export interface LedgerBatches {
  hold(skuId: string, requests: HoldRequest[]): Promise<Decision<HoldOutcome>[]>;
  confirm(skuId: string, requests: ConfirmRequest[]): Promise<Decision<ConfirmOutcome>[]>;
  release(skuId: string, requests: ReleaseOrExpire[]): Promise<Decision<ReleaseOutcome>[]>;
}

/** `retry` says that the statement looked at a state that others were changing; nothing happened. */
export type Decision<Outcome> = Outcome | { outcome: 'retry' };

/** Without a user it is not the owner who asks but time: the hold expires if it has lapsed. */
export interface ReleaseOrExpire {
  holdId: string;
  userId?: string;
  skuId: string;
}

interface HoldRow {
  outcome: HoldOutcome['outcome'] | 'lapsed' | 'retry';
  hold_id: string;
  quantity: number;
  created_at: Date;
  expires_at: Date;
  sequence: number;
}

interface ConfirmRow {
  outcome: ConfirmOutcome['outcome'] | 'retry';
  order_id: string;
  quantity: number;
  total_price: string;
  created_at: Date;
  sequence: number;
}

interface ReleaseRow {
  outcome: ReleaseOutcome['outcome'] | 'retry';
  sequence: number;
}

export function createLedgerBatches(deps: {
  pool: Pool;
  holdTtlMs: number;
  observer: LedgerObserver;
}): LedgerBatches {
  const { pool, holdTtlMs, observer } = deps;
  const holdUnits = statement<HoldRow>('hold');
  const confirmHolds = statement<ConfirmRow>('confirm');
  const releaseHolds = statement<ReleaseRow>('release');

  /** Counts what a committed statement moved. */
  const count = (
    kind: Parameters<LedgerObserver['moved']>[0],
    rows: { outcome: string }[],
    done: string,
  ) => {
    const moved = rows.filter((row) => row.outcome === done).length;
    if (moved > 0) observer.moved(kind, moved);
  };

  const batches: LedgerBatches = {
    async hold(skuId, requests) {
      const rows = await holdUnits(pool, [
        skuId,
        requests.map((request) => request.holdId),
        requests.map((request) => request.userId),
        requests.map((request) => request.quantity),
        requests.map((request) => request.attemptId ?? null),
        holdTtlMs,
      ]);
      if (rows.length === 0) return requests.map(() => ({ outcome: 'unknown_sku' }));
      count('RESERVED', rows, 'held');

      // An ended hold that still stands in its buyer's way is swept now, and its buyer asks again.
      const lapsed = rows.filter((row) => row.outcome === 'lapsed');
      if (lapsed.length > 0) {
        await batches.release(
          skuId,
          lapsed.map((row) => ({ holdId: row.hold_id, skuId })),
        );
      }

      return rows.map((row, place): Decision<HoldOutcome> => {
        const { outcome, sequence } = row;
        if (outcome === 'lapsed' || outcome === 'retry') return { outcome: 'retry' };
        if (outcome !== 'held') return { outcome, sequence } as HoldOutcome;
        const hold = {
          holdId: row.hold_id,
          userId: (requests[place] as HoldRequest).userId,
          skuId,
          quantity: row.quantity,
          createdAt: row.created_at,
          expiresAt: row.expires_at,
        };
        return { outcome, hold, sequence };
      });
    },

    async confirm(skuId, requests) {
      const rows = await confirmHolds(pool, [
        skuId,
        requests.map((request) => request.holdId),
        requests.map((request) => request.userId),
        requests.map((request) => request.orderId),
        requests.map((request) => request.paymentMethod),
        requests.map((request) => request.transactionId),
        requests.map((request) => request.attemptId ?? null),
      ]);
      count('SOLD', rows, 'sold');
      return rows.map((row): Decision<ConfirmOutcome> => {
        const { outcome, sequence } = row;
        if (outcome !== 'sold') return { outcome };
        const order = {
          orderId: row.order_id,
          quantity: row.quantity,
          totalPrice: row.total_price,
          createdAt: row.created_at,
        };
        return { outcome, order, sequence };
      });
    },

    async release(skuId, requests) {
      const rows = await releaseHolds(pool, [
        skuId,
        requests.map((request) => request.holdId),
        requests.map((request) => request.userId ?? null),
      ]);
      count(
        'RELEASED',
        rows.filter((_, place) => requests[place]?.userId !== undefined),
        'released',
      );
      count(
        'EXPIRED',
        rows.filter((_, place) => requests[place]?.userId === undefined),
        'released',
      );
      return rows.map(
        ({ outcome, sequence }): Decision<ReleaseOutcome> =>
          outcome === 'released' ? { outcome, sequence } : { outcome },
      );
    },
  };
  return batches;
}
