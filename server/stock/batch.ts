import type { Pool } from 'pg';
import { readTime } from '../platform/postgres.ts';
import { groupBySku } from './group-by-sku.ts';
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
 * The changes of the ledger that PostgreSQL decides (`sql/`), each for a batch of requests in one call, of one SKU or of
 * several. The outcomes are in the order of the requests; those of one SKU are decided in that order. All holds and all sales
 * of a batch are wanted in one way. A strategy that serves one buyer at a time passes batches of one.
 */
export interface LedgerBatches {
  hold(requests: HoldRequest[]): Promise<Decision<HoldOutcome>[]>;
  confirm(requests: ConfirmRequest[]): Promise<ConfirmOutcome[]>;
  release(requests: ReleaseRequest[]): Promise<ReleaseOutcome[]>;
  cancelOrder(requests: CancelRequest[]): Promise<CancelOutcome[]>;
  /** Expires those of the holds that have lapsed and are not swept yet. Returns how many. */
  expire(holds: { holdId: string; skuId: string }[]): Promise<number>;
}

/** The outcome of one request. `retry`: nothing was decided and nothing changed, so the request must be made again. */
export type Decision<Outcome> = Outcome | { outcome: 'retry' };

/** The answer to a batch of holds, see `sql/hold.sql`. */
export interface HoldsRow {
  held_at: Date;
  expires_at: Date;
  sequences: string;
  others: NotMade[] | null;
}

/** A request that made no hold. */
interface NotMade {
  /** From 1. */
  place: number;
  outcome:
    | 'unknown_sku'
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
  const holdUnits = ledgerFunction<HoldsRow>('hold_units', 9);
  const confirmHolds = ledgerFunction<ConfirmRow>('confirm_batch', 9);
  const releaseHolds = ledgerFunction<ReleaseRow>('release_batch', 4);
  const cancelOrders = ledgerFunction<CancelRow>('cancel_batch', 4);

  return { hold, confirm, release, cancelOrder, expire };

  async function hold(requests: HoldRequest[]): Promise<Decision<HoldOutcome>[]> {
    const { skuIds, skus, grouped, inTheirOrder } = groupBySku(requests);
    const [row] = await holdUnits(pool, [
      skuIds,
      arrayOf(skus, (sku) => sku),
      arrayOf(grouped, ({ holdId }) => holdId),
      arrayOf(grouped, ({ userId }) => userId),
      arrayOf(grouped, ({ quantity }) => quantity),
      grouped.some(({ callId }) => callId !== undefined)
        ? grouped.map(({ callId }) => callId ?? null)
        : null,
      holdTtlMs,
      wayOf(grouped[0] as HoldRequest),
      null,
    ]);
    const decided = describeHolds(grouped, skus, row as HoldsRow);
    reportMoved('RESERVED', grouped, (place) => decided[place]?.isNew === true);

    // A lapsed hold blocks a new one of its buyer: it is swept now, and the request is made again. If the sweep fails,
    // the repeated request fails with the reason; the other requests of the batch have their outcomes.
    const lapsed = (row?.others ?? [])
      .filter(({ outcome }) => outcome === 'lapsed')
      .map(({ hold_id: holdId, place }) => ({
        holdId,
        skuId: (grouped[place - 1] as HoldRequest).skuId,
      }));
    if (lapsed.length > 0) await expire(lapsed).catch(() => {});

    return inTheirOrder(decided.map(({ decision }) => decision));
  }

  async function confirm(requests: ConfirmRequest[]): Promise<ConfirmOutcome[]> {
    const { skuIds, skus, grouped, inTheirOrder } = groupBySku(requests);
    const rows = await confirmHolds(pool, [
      skuIds,
      arrayOf(skus, (sku) => sku),
      arrayOf(grouped, ({ holdId }) => holdId),
      arrayOf(grouped, ({ userId }) => userId),
      arrayOf(grouped, ({ orderId }) => orderId),
      grouped.map((request) => request.paymentMethod),
      grouped.map((request) => request.transactionId),
      grouped.map((request) => request.callId ?? null),
      wayOf(grouped[0] as ConfirmRequest),
    ]);
    reportMoved('SOLD', grouped, (place) => rows[place]?.outcome === 'sold');
    return inTheirOrder(
      rows.map(({ outcome, sequence, ...row }) => {
        if (outcome !== 'sold') return { outcome };
        const order = {
          orderId: row.order_id,
          quantity: row.quantity,
          totalPrice: row.total_price,
          createdAt: row.created_at,
        };
        return { outcome, order, sequence };
      }),
    );
  }

  async function release(requests: ReleaseRequest[]): Promise<ReleaseOutcome[]> {
    const { skuIds, skus, grouped, inTheirOrder } = groupBySku(requests);
    const rows = await releaseHolds(pool, [
      skuIds,
      arrayOf(skus, (sku) => sku),
      arrayOf(grouped, ({ holdId }) => holdId),
      arrayOf(grouped, ({ userId }) => userId),
    ]);
    reportMoved('RELEASED', grouped, (place) => rows[place]?.outcome === 'released');
    return inTheirOrder(
      rows.map(({ outcome, sequence }) =>
        outcome === 'released' ? { outcome, sequence } : { outcome },
      ),
    );
  }

  async function cancelOrder(requests: CancelRequest[]): Promise<CancelOutcome[]> {
    const { skuIds, skus, grouped, inTheirOrder } = groupBySku(requests);
    const rows = await cancelOrders(pool, [
      skuIds,
      arrayOf(skus, (sku) => sku),
      arrayOf(grouped, ({ orderId }) => orderId),
      arrayOf(grouped, ({ userId }) => userId),
    ]);
    for (const kind of ['RETURNED', 'RELEASED'] as const) {
      reportMoved(kind, grouped, (place) => rows[place]?.moved === kind);
    }
    return inTheirOrder(
      rows.map(({ outcome, sequence }) =>
        outcome === 'cancelled' && sequence !== null ? { outcome, sequence } : { outcome },
      ),
    );
  }

  async function expire(holds: { holdId: string; skuId: string }[]): Promise<number> {
    if (holds.length === 0) return 0;
    const { skuIds, skus, grouped } = groupBySku(await withBaskets(holds));
    const rows = await releaseHolds(pool, [
      skuIds,
      arrayOf(skus, (sku) => sku),
      arrayOf(grouped, ({ holdId }) => holdId),
      null,
    ]);
    const isExpired = (place: number) => rows[place]?.outcome === 'released';
    reportMoved('EXPIRED', grouped, isExpired);
    return grouped.filter((_, place) => isExpired(place)).length;
  }

  /** Adds the other lines of the baskets to which the holds belong, because all lines of a basket end together. */
  async function withBaskets(holds: { holdId: string; skuId: string }[]): Promise<typeof holds> {
    const { rows } = await pool.query<{ holdId: string; skuId: string }>({
      name: 'stock.other-lines',
      // Each is looked up by index, whatever the connection took the tables for when it planned.
      text: `SELECT l.reservation_id AS "holdId", l.sku_id AS "skuId"
             FROM (SELECT DISTINCT basket_id FROM reservations
                   WHERE reservation_id = ANY ($1) AND basket_id IS NOT NULL) b
             CROSS JOIN LATERAL (
               SELECT reservation_id, sku_id FROM reservations WHERE basket_id = b.basket_id LIMIT 1000
             ) l
             WHERE l.reservation_id <> ALL ($1)`,
      values: [holds.map(({ holdId }) => holdId)],
    });
    return rows.length === 0 ? holds : [...holds, ...rows];
  }

  /** Reports the movements of a batch, once for each SKU that has any. */
  function reportMoved(
    kind: Parameters<LedgerObserver['moved']>[0],
    grouped: readonly { skuId: string }[],
    hasMoved: (place: number) => boolean,
  ): void {
    let count = 0;
    for (const [place, { skuId }] of grouped.entries()) {
      if (hasMoved(place)) count += 1;
      if (grouped[place + 1]?.skuId === skuId) continue;
      if (count > 0) observer.moved(kind, count, skuId);
      count = 0;
    }
  }
}

/**
 * An array of ids or numbers as PostgreSQL reads it. Neither needs quotes; pg would search each of them for characters that
 * do, which takes longer than all else it does with a statement.
 */
const arrayOf = <Value>(
  values: readonly Value[],
  read: (value: Value) => string | number,
): string => `{${values.map(read).join(',')}}`;

interface Decided {
  decision: Decision<HoldOutcome>;
  /** True for a hold that this batch has made. */
  isNew: boolean;
}

/** The decisions of a batch, from its answer. */
export function describeHolds(requests: HoldRequest[], skus: number[], row: HoldsRow): Decided[] {
  const { held_at: createdAt, expires_at: expiresAt } = row;
  const others = new Map((row.others ?? []).map((other) => [other.place, other]));
  const sequences = row.sequences.split(',').map(Number);
  return requests.map((request, index) => {
    const other = others.get(index + 1);
    if (other !== undefined) return { decision: describeOther(request, other), isNew: false };
    const sku = (skus[index] as number) - 1;
    const sequence = (sequences[sku] as number) + 1;
    sequences[sku] = sequence;
    const hold = holdOf(request, request, createdAt, expiresAt);
    return { decision: { outcome: 'held', hold, sequence }, isNew: true };
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
    case 'unknown_sku':
      return { outcome };
    case 'lapsed':
    case 'retry':
      return { outcome: 'retry' };
    default:
      return { outcome, sequence };
  }
}
