import type { Pool, PoolClient } from 'pg';
import { TOPICS } from '../../src/protocol/events.ts';
import type { Hold, HoldOutcome, HoldRequest } from './ledger.ts';

/** The single steps of a hold, a round trip each, for the strategies that decide in code what `hold.sql` decides. */

export interface StockRow {
  available_count: number;
  reserved_count: number;
  sequence: number;
}

/** What the buyer's own earlier hold or purchase says about a request. */
export type Settled =
  | { outcome: 'already_purchased' | 'already_reserved'; sequence: number }
  /** This very hold was made before: the call is a repeated one. */
  | { outcome: 'held_before'; hold: Hold; sequence: number }
  /** The earlier hold has lapsed and must be swept before there can be another. */
  | { outcome: 'lapsed'; holdId: string };

/** Undefined when the buyer has nothing of this SKU. `sequence` is the SKU's last movement. */
export async function settleByKnown(
  db: Pool | PoolClient,
  request: HoldRequest,
  sequence: number,
): Promise<Settled | undefined> {
  const { rows } = await db.query<{
    reservation_id: string;
    status: 'RESERVED' | 'CONFIRMED';
    quantity: number;
    created_at: Date;
    expires_at: Date;
    sequence: number;
    has_lapsed: boolean;
  }>({
    name: 'stock.known',
    text: `SELECT reservation_id, status, quantity, created_at, expires_at, sequence,
             expires_at <= now() AS has_lapsed
           FROM reservations
           WHERE user_id = $1 AND sku_id = $2 AND status IN ('RESERVED', 'CONFIRMED')`,
    values: [request.userId, request.skuId],
  });
  const known = rows[0];
  if (known === undefined) return undefined;
  if (known.reservation_id === request.holdId) {
    const hold = {
      holdId: known.reservation_id,
      userId: request.userId,
      skuId: request.skuId,
      quantity: known.quantity,
      createdAt: known.created_at,
      expiresAt: known.expires_at,
    };
    return { outcome: 'held_before', hold, sequence: known.sequence };
  }
  if (known.status === 'CONFIRMED') return { outcome: 'already_purchased', sequence };
  if (known.has_lapsed) return { outcome: 'lapsed', holdId: known.reservation_id };
  return { outcome: 'already_reserved', sequence };
}

/** Writes the reservation, its movement and its events. */
export async function writeHold(
  db: Pool | PoolClient,
  request: HoldRequest,
  sequence: number,
  holdTtlMs: number,
): Promise<HoldOutcome> {
  const { holdId, userId, skuId, quantity, attemptId } = request;
  const { rows } = await db.query<{ created_at: Date; expires_at: Date }>({
    name: 'stock.write-reservation',
    text: `INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at,
                                     expires_at, attempt_id, sequence)
           VALUES ($1, $2, $3, $4, 'RESERVED', now(), now() + $5 * interval '1 millisecond', $6, $7)
           RETURNING created_at, expires_at`,
    values: [holdId, userId, skuId, quantity, holdTtlMs, attemptId ?? null, sequence],
  });
  const row = rows[0] as { created_at: Date; expires_at: Date };
  await db.query({
    name: 'stock.write-movement',
    text: `INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
           VALUES ($1, $2, 'RESERVED', $3, $4, now())`,
    values: [skuId, sequence, quantity, holdId],
  });
  const payload = JSON.stringify({ skuId, reservationId: holdId, userId, quantity, sequence });
  await db.query({
    name: 'stock.write-events',
    text: `INSERT INTO outbox (topic, key, type, payload, created_at)
           VALUES ($1, $3, 'CREATED', $4, now()), ($2, $3, 'RESERVED', $4, now())`,
    values: [TOPICS.reservations, TOPICS.inventory, skuId, payload],
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
