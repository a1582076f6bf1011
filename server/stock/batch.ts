import type { Pool } from 'pg';
import { readTime } from '../platform/postgres.ts';
import {
  type CancelOutcome,
  type CancelRequest,
  type ConfirmOutcome,
  type ConfirmRequest,
  type Hold,
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

/** The answer to a batch of holds, see `sql/hold.sql`. */
interface HoldsRow {
  held_at: Date;
  expires_at: Date;
  sequence: number;
  others: NotMade[] | null;
}

/** A request that made no hold. */
interface NotMade {
  /** From 1. */
  place: number;
  outcome:
    | 'held_before'
    | RuledOut
    | 'already_purchased'
    | 'already_reserved'
    | 'out_of_stock'
    | 'lapsed'
    | 'retry';
  sequence: number;
  hold_id: string;
  quantity: number;
  held_at: string;
  expires_at: string;
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
  const holdUnits = ledgerFunction<HoldsRow>('hold_units', 7);
  const confirmHolds = ledgerFunction<ConfirmRow>('confirm_holds', 8);
  const releaseHolds = ledgerFunction<ReleaseRow>('release_holds', 3);
  const cancelOrders = ledgerFunction<CancelRow>('cancel_orders', 3);

  return { hold, confirm, release, cancelOrder, expire };

  async function hold(skuId: string, requests: HoldRequest[]): Promise<Decision<HoldOutcome>[]> {
    const [row] = await holdUnits(pool, [
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
    if (row === undefined) return requests.map(() => ({ outcome: 'unknown_sku' }));
    const others = row.others ?? [];
    reportMoved('RESERVED', requests.length - others.length, skuId);

    // A lapsed hold blocks a new one of its buyer: it is swept now, and the request is made again. If the sweep fails,
    // the repeated request fails with the reason; the other requests of the batch have their outcomes.
    const lapsed = others.filter(({ outcome }) => outcome === 'lapsed');
    if (lapsed.length > 0) {
      await expire(
        skuId,
        lapsed.map((other) => other.hold_id),
      ).catch(() => {});
    }

    return describeHolds(requests, row);
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

function describeHolds(requests: HoldRequest[], row: HoldsRow): Decision<HoldOutcome>[] {
  const { held_at: createdAt, expires_at: expiresAt } = row;
  const others = new Map((row.others ?? []).map((other) => [other.place, other]));
  let sequence = row.sequence - (requests.length - others.size);
  return requests.map((request, index) => {
    const other = others.get(index + 1);
    if (other !== undefined) return describeOther(request, other);
    sequence += 1;
    return { outcome: 'held', hold: holdOf(request, request, createdAt, expiresAt), sequence };
  });
}

const holdOf = (
  { userId, skuId }: HoldRequest,
  { holdId, quantity }: Pick<Hold, 'holdId' | 'quantity'>,
  createdAt: Date,
  expiresAt: Date,
): Hold => ({ holdId, userId, skuId, quantity, createdAt, expiresAt });

function describeOther(request: HoldRequest, other: NotMade): Decision<HoldOutcome> {
  const { outcome, sequence } = other;
  switch (outcome) {
    case 'held_before': {
      const { hold_id: holdId, quantity } = other;
      const times = [readTime(other.held_at), readTime(other.expires_at)] as const;
      return { outcome: 'held', hold: holdOf(request, { holdId, quantity }, ...times), sequence };
    }
    case 'lapsed':
    case 'retry':
      return { outcome: 'retry' };
    default:
      return { outcome, sequence };
  }
}
