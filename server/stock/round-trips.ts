import type { Pool, PoolClient } from 'pg';
import type { WayOfSelling } from '../../src/protocol/ways-of-selling.ts';
import type { Decision } from './batch.ts';
import { type Hold, type HoldOutcome, type HoldRequest, type RuledOut, wayOf } from './ledger.ts';
import type { StrategyDeps } from './strategy.ts';

/** The single steps of a hold, one round trip each, for the strategies that decide in code and not in `hold.sql`. */

/** The counts of one SKU, and the numbers by which a later change of its row is noticed. */
export interface Stock {
  available: number;
  reserved: number;
  /** The number of the SKU's last movement. */
  sequence: number;
  version: number;
}

/** The decision about a hold that takes no units: the buyer has a hold already, or there is not enough stock. */
export type Settled =
  | Exclude<HoldOutcome, { outcome: 'held' }>
  /** The call is a repeated one: this very hold was made before. */
  | { outcome: 'held_before'; hold: Hold; sequence: number }
  /** An earlier hold of the buyer has lapsed, and must be swept before the buyer can have another. */
  | { outcome: 'lapsed'; holdId: string }
  /** Another call changed the SKU meanwhile; this one changed nothing. */
  | { outcome: 'retry' };

/**
 * Reads the SKU and the buyer's hold of it in one statement, so that both are of the same moment: a decision on them is
 * true at their sequence number. Resolves with the counts when units may be taken, otherwise with the decision.
 */
export async function readForBuyer(
  db: Pool | PoolClient,
  request: HoldRequest,
): Promise<{ stock: Stock } | { settled: Settled }> {
  const { skuId, userId, holdId, quantity } = request;
  const { rows } = await db.query<StockRow>({
    name: 'stock.read-for-buyer',
    text: `SELECT i.available_count, i.reserved_count, i.sequence, i.version,
             i.sold_by, now() < i.opens_at AS is_early, now() >= i.closes_at AS is_late, i.units_per_buyer,
             r.reservation_id, r.status, r.quantity, r.created_at, r.expires_at, r.sequence AS hold_sequence,
             r.expires_at <= now() AS has_lapsed
           FROM inventory i
           LEFT JOIN reservations r
             ON r.sku_id = i.sku_id AND r.user_id = $2 AND r.status IN ('RESERVED', 'CONFIRMED')
           WHERE i.sku_id = $1 AND i.is_on_sale`,
    values: [skuId, userId],
  });
  const row = rows[0];
  if (row === undefined) return { settled: { outcome: 'unknown_sku' } };
  const { sequence } = row;
  if (row.reservation_id === holdId) {
    const hold = {
      holdId,
      userId,
      skuId,
      quantity: row.quantity,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    };
    return { settled: { outcome: 'held_before', hold, sequence: row.hold_sequence } };
  }
  const ruledOut = ruleOut(request, row);
  if (ruledOut !== undefined) return { settled: { outcome: ruledOut, sequence } };
  if (row.status === 'CONFIRMED') return { settled: { outcome: 'already_purchased', sequence } };
  if (row.has_lapsed) return { settled: { outcome: 'lapsed', holdId: row.reservation_id } };
  if (row.status === 'RESERVED') return { settled: { outcome: 'already_reserved', sequence } };
  if (row.available_count < quantity) return { settled: { outcome: 'out_of_stock', sequence } };
  const { available_count: available, reserved_count: reserved, version } = row;
  return { stock: { available, reserved, sequence, version } };
}

/** The columns of the reservation are null when the buyer has none. */
interface StockRow {
  available_count: number;
  reserved_count: number;
  sequence: number;
  version: number;
  sold_by: WayOfSelling;
  is_early: boolean;
  is_late: boolean;
  units_per_buyer: number;
  reservation_id: string;
  status: 'RESERVED' | 'CONFIRMED' | null;
  quantity: number;
  created_at: Date;
  expires_at: Date;
  hold_sequence: number;
  has_lapsed: boolean | null;
}

/** The rule of the sale by which units may not be taken, in the order of `hold.sql`. */
function ruleOut(request: HoldRequest, row: StockRow): RuledOut | undefined {
  if (row.sold_by !== wayOf(request)) return 'sold_another_way';
  // An accepted attempt was in time.
  if (row.sold_by !== 'flash-sale' && row.is_early) return 'not_begun';
  if (row.sold_by !== 'flash-sale' && row.is_late) return 'over';
  return request.quantity > row.units_per_buyer ? 'over_limit' : undefined;
}

/** The condition in SQL, on a row of `inventory`, that its units may be taken at this moment. */
export const IS_OPEN = `is_on_sale AND (sold_by = 'flash-sale' OR (opens_at <= now() AND now() < closes_at))`;

/**
 * Takes units and writes everything about the hold in one statement, so that the hot row is locked only while that
 * commits. `update` is the UPDATE of `inventory` that takes the units; its $1 is the SKU, its $4 the quantity, and
 * `values` begin at $7. When it changes no row, nothing is written and the result is undefined.
 */
export async function takeAndWrite(
  db: Pool | PoolClient,
  request: HoldRequest,
  holdTtlMs: number,
  { name, update, values }: { name: string; update: string; values: unknown[] },
): Promise<HoldOutcome | undefined> {
  const { holdId, userId, skuId, quantity, callId } = request;
  const { rows } = await db.query<{ sequence: number; created_at: Date; expires_at: Date }>({
    name,
    text: `WITH counted AS (${update} RETURNING sequence),
           held AS (
             INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at,
                                       expires_at, call_id, sequence)
             SELECT $2, $3, $1, $4, 'RESERVED', now(), now() + $6 * interval '1 millisecond', $5, sequence
             FROM counted
             RETURNING created_at, expires_at
           ),
           moved AS (
             INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
             SELECT $1, sequence, 'RESERVED', $4, $2, $3, now() FROM counted
           )
           SELECT sequence, created_at, expires_at FROM counted CROSS JOIN held`,
    values: [skuId, holdId, userId, quantity, callId ?? null, holdTtlMs, ...values],
  });
  const row = rows[0];
  if (row === undefined) return undefined;
  const { sequence, created_at: createdAt, expires_at: expiresAt } = row;
  const hold = { holdId, userId, skuId, quantity, createdAt, expiresAt };
  return { outcome: 'held', hold, sequence };
}

/** Turns the decision of a strategy into the outcome of the ledger: reports the movement, and sweeps a lapsed hold. */
export async function toOutcome(
  { batches, observer }: StrategyDeps,
  skuId: string,
  decided: HoldOutcome | Settled,
): Promise<Decision<HoldOutcome>> {
  switch (decided.outcome) {
    case 'lapsed':
      await batches.expire([{ skuId, holdId: decided.holdId }]);
      return { outcome: 'retry' };
    case 'held_before':
      return { ...decided, outcome: 'held' };
    case 'held':
      observer.moved('RESERVED', 1, skuId);
      return decided;
    default:
      return decided;
  }
}

/** Writes the reservation and its movement, one statement each. */
export async function writeHold(
  db: Pool | PoolClient,
  request: HoldRequest,
  sequence: number,
  holdTtlMs: number,
): Promise<HoldOutcome> {
  const { holdId, userId, skuId, quantity, callId } = request;
  const { rows } = await db.query<{ created_at: Date; expires_at: Date }>({
    name: 'stock.write-reservation',
    text: `INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at,
                                     expires_at, call_id, sequence)
           VALUES ($1, $2, $3, $4, 'RESERVED', now(), now() + $5 * interval '1 millisecond', $6, $7)
           RETURNING created_at, expires_at`,
    values: [holdId, userId, skuId, quantity, holdTtlMs, callId ?? null, sequence],
  });
  const row = rows[0] as { created_at: Date; expires_at: Date };
  await db.query({
    name: 'stock.write-movement',
    text: `INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
           VALUES ($1, $2, 'RESERVED', $3, $4, $5, now())`,
    values: [skuId, sequence, quantity, holdId, userId],
  });
  const hold = {
    holdId,
    userId,
    skuId,
    quantity,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
  return { outcome: 'held', hold, sequence };
}
