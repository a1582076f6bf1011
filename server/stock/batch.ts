import type { Pool } from 'pg';
import {
  type CancelOutcome,
  type CancelRequest,
  type ConfirmOutcome,
  type ConfirmRequest,
  type HoldOutcome,
  type HoldRequest,
  type LedgerObserver,
  type ReleaseOutcome,
  type ReleaseRequest,
  type RuledOut,
  wayOf,
} from './ledger.ts';
import { ledgerFunction } from './sql.ts';

/**
 * The changes of the ledger that PostgreSQL decides (`sql/`), each for a batch of requests for one SKU in one call. The
 * outcomes are in the order of the requests. All holds and all sales of a batch are wanted in one way. A strategy that serves one buyer at a time passes batches of one.
 */
export interface LedgerBatches {
  hold(skuId: string, requests: HoldRequest[]): Promise<Decision<HoldOutcome>[]>;
  confirm(skuId: string, requests: ConfirmRequest[]): Promise<ConfirmOutcome[]>;
  release(skuId: string, requests: ReleaseRequest[]): Promise<ReleaseOutcome[]>;
  cancelOrder(skuId: string, requests: CancelRequest[]): Promise<CancelOutcome[]>;
  /** Expires those of the holds that have lapsed and are not swept yet. Returns how many. */
  expire(skuId: string, holdIds: string[]): Promise<number>;
}

/** The outcome of one request. `retry`: nothing was decided and nothing changed, so the request must be made again. */
export type Decision<Outcome> = Outcome | { outcome: 'retry' };

interface HoldRow {
  outcome:
    | 'held'
    | 'held_before'
    | RuledOut
    | 'already_purchased'
    | 'already_reserved'
    | 'out_of_stock'
    | 'lapsed'
    | 'retry';
  hold_id: string;
  quantity: number;
  created_at: Date;
  expires_at: Date;
  sequence: number;
}

interface ConfirmRow {
  outcome: ConfirmOutcome['outcome'];
  order_id: string;
  quantity: number;
  total_price: string;
  created_at: Date;
  sequence: number;
}

interface ReleaseRow {
  outcome: ReleaseOutcome['outcome'];
  sequence: number;
}

interface CancelRow {
  outcome: CancelOutcome['outcome'];
  moved: 'RETURNED' | 'RELEASED' | null;
  sequence: number | null;
}

export function createLedgerBatches(deps: {
  pool: Pool;
  holdTtlMs: number;
  observer: LedgerObserver;
}): LedgerBatches {
  const { pool, holdTtlMs, observer } = deps;
  const holdStock = ledgerFunction<HoldRow>('hold_stock', 7);
  const confirmHolds = ledgerFunction<ConfirmRow>('confirm_holds', 8);
  const releaseHolds = ledgerFunction<ReleaseRow>('release_holds', 3);
  const cancelOrders = ledgerFunction<CancelRow>('cancel_orders', 3);

  return { hold, confirm, release, cancelOrder, expire };

  async function hold(skuId: string, requests: HoldRequest[]): Promise<Decision<HoldOutcome>[]> {
    const rows = await holdStock(pool, [
      skuId,
      arrayOf(requests, ({ holdId }) => holdId),
      arrayOf(requests, ({ userId }) => userId),
      arrayOf(requests, ({ quantity }) => quantity),
      requests.some(({ callId }) => callId !== undefined)
        ? requests.map(({ callId }) => callId ?? null)
        : null,
      holdTtlMs,
      wayOf(requests[0] as HoldRequest),
    ]);
    if (rows.length === 0) return requests.map(() => ({ outcome: 'unknown_sku' }));
    reportMoved('RESERVED', countOf(rows, 'held'), skuId);

    // A lapsed hold blocks a new one of its buyer: it is swept now, and the request is made again. If the sweep fails,
    // the repeated request fails with the reason; the other requests of the batch have their outcomes.
    const lapsed = rows.filter((row) => row.outcome === 'lapsed').map((row) => row.hold_id);
    if (lapsed.length > 0) await expire(skuId, lapsed).catch(() => {});

    return requests.map((request, place) => describeHold(request, rows[place] as HoldRow));
  }

  async function confirm(skuId: string, requests: ConfirmRequest[]): Promise<ConfirmOutcome[]> {
    const rows = await confirmHolds(pool, [
      skuId,
      arrayOf(requests, ({ holdId }) => holdId),
      arrayOf(requests, ({ userId }) => userId),
      arrayOf(requests, ({ orderId }) => orderId),
      requests.map((request) => request.paymentMethod),
      requests.map((request) => request.transactionId),
      requests.map((request) => request.callId ?? null),
      wayOf(requests[0] as ConfirmRequest),
    ]);
    reportMoved('SOLD', countOf(rows, 'sold'), skuId);
    return rows.map(({ outcome, sequence, ...row }) => {
      if (outcome !== 'sold') return { outcome };
      const order = {
        orderId: row.order_id,
        quantity: row.quantity,
        totalPrice: row.total_price,
        createdAt: row.created_at,
      };
      return { outcome, order, sequence };
    });
  }

  async function release(skuId: string, requests: ReleaseRequest[]): Promise<ReleaseOutcome[]> {
    const rows = await releaseHolds(pool, [
      skuId,
      arrayOf(requests, ({ holdId }) => holdId),
      arrayOf(requests, ({ userId }) => userId),
    ]);
    reportMoved('RELEASED', countOf(rows, 'released'), skuId);
    return rows.map(({ outcome, sequence }) =>
      outcome === 'released' ? { outcome, sequence } : { outcome },
    );
  }

  async function cancelOrder(skuId: string, requests: CancelRequest[]): Promise<CancelOutcome[]> {
    const rows = await cancelOrders(pool, [
      skuId,
      arrayOf(requests, ({ orderId }) => orderId),
      arrayOf(requests, ({ userId }) => userId),
    ]);
    for (const kind of ['RETURNED', 'RELEASED'] as const) {
      reportMoved(kind, rows.filter(({ moved }) => moved === kind).length, skuId);
    }
    return rows.map(({ outcome, sequence }) =>
      outcome === 'cancelled' && sequence !== null ? { outcome, sequence } : { outcome },
    );
  }

  async function expire(skuId: string, holdIds: string[]): Promise<number> {
    const expired = countOf(await releaseHolds(pool, [skuId, holdIds, null]), 'released');
    reportMoved('EXPIRED', expired, skuId);
    return expired;
  }

  function reportMoved(
    kind: Parameters<LedgerObserver['moved']>[0],
    count: number,
    skuId: string,
  ): void {
    if (count > 0) observer.moved(kind, count, skuId);
  }
}

/**
 * An array of ids or numbers as PostgreSQL reads it. Neither needs quotes; pg would search each of them for characters that
 * do, which takes longer than all else it does with a statement.
 */
const arrayOf = <Request>(
  requests: readonly Request[],
  read: (request: Request) => string | number,
): string => `{${requests.map(read).join(',')}}`;

const countOf = (rows: { outcome: string }[], outcome: string): number =>
  rows.filter((row) => row.outcome === outcome).length;

function describeHold(request: HoldRequest, row: HoldRow): Decision<HoldOutcome> {
  const { outcome, sequence } = row;
  switch (outcome) {
    case 'held':
    case 'held_before': {
      const hold = {
        holdId: row.hold_id,
        userId: request.userId,
        skuId: request.skuId,
        quantity: row.quantity,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
      };
      return { outcome: 'held', hold, sequence };
    }
    case 'lapsed':
    case 'retry':
      return { outcome: 'retry' };
    default:
      return { outcome, sequence };
  }
}
