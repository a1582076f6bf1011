import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '../../../src/protocol/events.ts';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { type StockRow, settleByKnown } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { createConditional } from './conditional.ts';

/** Between check and write, a service asks others for a price or a limit. A control must fail every time, so it waits. */
const OTHER_WORK_MS = 5;

/**
 * The negative control: reads the counts, decides in code, and writes back what it computed, with no lock. Two buyers
 * who read at the same time write the same counts, and one of the two units is sold without being counted. The CHECK
 * constraints see nothing wrong, because the counts themselves always add up.
 *
 * Later checkouts and cancels may then throw on `reserved_count >= 0`: there are more holds than the counts know of.
 */
export function createNaive(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs, observer, batches } = deps;

  return { ...createConditional(deps), hold };

  async function hold(request: HoldRequest): Promise<HoldOutcome> {
    const { skuId, quantity } = request;
    const { rows } = await pool.query<StockRow>({
      name: 'naive.look',
      text: `SELECT i.available_count, i.reserved_count, i.sequence
             FROM inventory i JOIN products p USING (sku_id) WHERE i.sku_id = $1 AND p.is_active`,
      values: [skuId],
    });
    const stock = rows[0];
    if (stock === undefined) return { outcome: 'unknown_sku' };

    const settled = await settleByKnown(pool, request, stock.sequence);
    if (settled?.outcome === 'lapsed') {
      await batches.expire(skuId, [settled.holdId]);
      return hold(request);
    }
    if (settled?.outcome === 'held_before') return { ...settled, outcome: 'held' };
    if (settled !== undefined) return settled;
    if (stock.available_count < quantity) {
      return { outcome: 'out_of_stock', sequence: stock.sequence };
    }

    await delay(OTHER_WORK_MS);
    const held = await writeUnchecked(request, stock);
    observer.moved('RESERVED', 1);
    return held;
  }

  /**
   * Writes counts computed from what was read a while ago, whatever has happened since. Only the movement's number is
   * taken safely: without it the books would not even show what happened.
   */
  async function writeUnchecked(request: HoldRequest, stock: StockRow): Promise<HoldOutcome> {
    const { holdId, userId, skuId, quantity, attemptId } = request;
    const { rows } = await pool.query<{ sequence: number; created_at: Date; expires_at: Date }>({
      name: 'naive.write',
      text: `WITH counted AS (
               UPDATE inventory
               SET available_count = $7, reserved_count = $8, sold_count = total_count - $7 - $8,
                   sequence = sequence + 1, version = version + 1, updated_at = now()
               WHERE sku_id = $1
               RETURNING sequence
             ),
             held AS (
               INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at,
                                         expires_at, attempt_id, sequence)
               SELECT $2, $3, $1, $4, 'RESERVED', now(), now() + $6 * interval '1 millisecond', $5, sequence
               FROM counted
               RETURNING created_at, expires_at
             ),
             moved AS (
               INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
               SELECT $1, sequence, 'RESERVED', $4, $2, now() FROM counted
             ),
             told AS (
               INSERT INTO outbox (topic, key, type, payload, created_at)
               SELECT topic, $1, type,
                      jsonb_build_object('skuId', $1::text, 'reservationId', $2::uuid, 'userId', $3::uuid,
                                         'quantity', $4::int, 'sequence', sequence),
                      now()
               FROM counted CROSS JOIN (VALUES ($9, 'CREATED'), ($10, 'RESERVED')) AS event (topic, type)
             )
             SELECT sequence, created_at, expires_at FROM counted CROSS JOIN held`,
      values: [
        skuId,
        holdId,
        userId,
        quantity,
        attemptId ?? null,
        holdTtlMs,
        stock.available_count - quantity,
        stock.reserved_count + quantity,
        TOPICS.reservations,
        TOPICS.inventory,
      ],
    });
    const { sequence, created_at: createdAt, expires_at: expiresAt } = rows[0] as (typeof rows)[0];
    const hold = { holdId, userId, skuId, quantity, createdAt, expiresAt };
    return { outcome: 'held', hold, sequence };
  }
}
