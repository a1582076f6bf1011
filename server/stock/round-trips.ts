import type { Pool, PoolClient } from 'pg';
import { TOPICS } from '../../src/protocol/events.ts';
import type { HoldOutcome, HoldRequest } from './ledger.ts';

/** The single steps of a hold, a round trip each, for the strategies that decide in code what SQL could decide. */

export interface StockRow {
  available_count: number;
  reserved_count: number;
  sequence: number;
}

interface KnownRow {
  reservation_id: string;
  status: 'RESERVED' | 'CONFIRMED';
  quantity: number;
  created_at: Date;
  expires_at: Date;
  has_lapsed: boolean;
  held_at: number | null;
}

/** Whether the buyer's own earlier hold or purchase decides the request; `lapsedHoldId` must be swept first. */
export async function decideByKnown(
  db: Pool | PoolClient,
  request: HoldRequest,
  sequence: number,
): Promise<HoldOutcome | { outcome: 'lapsed'; holdId: string } | undefined> {
  const { rows } = await db.query<KnownRow>({
    name: 'stock.known',
    text: `SELECT r.reservation_id, r.status, r.quantity, r.created_at, r.expires_at,
             r.status = 'RESERVED' AND r.expires_at <= now() AS has_lapsed,
             CASE WHEN r.reservation_id = $3 THEN
               (SELECT m.sequence FROM stock_movements m
                WHERE m.sku_id = $2 AND m.reservation_id = $3 ORDER BY m.sequence LIMIT 1)
             END AS held_at
           FROM reservations r
           WHERE r.user_id = $1 AND r.sku_id = $2 AND r.status IN ('RESERVED', 'CONFIRMED')`,
    values: [request.userId, request.skuId, request.holdId],
  });
  const known = rows[0];
  if (known === undefined) return undefined;
  if (known.held_at !== null && !known.has_lapsed) {
    const hold = {
      holdId: known.reservation_id,
      userId: request.userId,
      skuId: request.skuId,
      quantity: known.quantity,
      createdAt: known.created_at,
      expiresAt: known.expires_at,
    };
    return { outcome: 'held', hold, sequence: known.held_at };
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
    text: `INSERT INTO reservations
             (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at, attempt_id)
           VALUES ($1, $2, $3, $4, 'RESERVED', now(), now() + $5 * interval '1 millisecond', $6)
           RETURNING created_at, expires_at`,
    values: [holdId, userId, skuId, quantity, holdTtlMs, attemptId ?? null],
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
