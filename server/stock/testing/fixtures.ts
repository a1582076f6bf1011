import type { Pool, PoolClient } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { WayOfSelling } from '../../../src/protocol/ways-of-selling.ts';
import type { ConfirmRequest, HoldOutcome, HoldRequest } from '../ledger.ts';
import type { MovementRow } from './audit.ts';

/** Creates a SKU with `units` on sale. Returns its id. */
export async function stockSku(pool: Pool, units: number, price = '5.00'): Promise<string> {
  const skuId = `sku-${newId()}`;
  await pool.query(
    `WITH product AS (
       INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
       VALUES ($1, 'Lamp', 99.00, $3, $2, 'test') RETURNING sku_id)
     INSERT INTO inventory (inventory_id, sku_id, total_count, available_count)
     SELECT gen_random_uuid(), sku_id, $2, $2 FROM product`,
    [skuId, units, price],
  );
  return skuId;
}

/** Changes the rules by which a SKU is sold, as an administrator does. `opens` and `closes` are counted from now. */
export async function ruleSku(
  db: Pool | PoolClient,
  skuId: string,
  rules: { soldBy?: WayOfSelling; opens?: string; closes?: string; unitsPerBuyer?: number },
): Promise<void> {
  const { soldBy, opens, closes, unitsPerBuyer } = rules;
  await db.query(
    `UPDATE inventory
     SET sold_by = coalesce($2, sold_by), opens_at = coalesce(clock_timestamp() + $3::interval, opens_at),
       closes_at = coalesce(clock_timestamp() + $4::interval, closes_at),
       units_per_buyer = coalesce($5, units_per_buyer), version = version + 1
     WHERE sku_id = $1`,
    [skuId, soldBy, opens, closes, unitsPerBuyer],
  );
}

/** A hold request, of a new user unless `details` names one. */
export const buyer = (skuId: string, details: Partial<HoldRequest> = {}): HoldRequest => ({
  holdId: newId(),
  userId: newId(),
  skuId,
  quantity: 1,
  ...details,
});

/** A request of the same buyer for another hold. */
export const again = (request: HoldRequest): HoldRequest => ({ ...request, holdId: newId() });

export const checkout = (request: HoldRequest): ConfirmRequest => ({
  holdId: request.holdId,
  userId: request.userId,
  skuId: request.skuId,
  orderId: newId(),
  paymentMethod: 'card',
  transactionId: `payment-${newId()}`,
  callId: 'call-of-checkout',
});

/** Lets holds have lapsed `seconds` ago (or lapse in the future, when negative), so that no test waits. */
export async function lapse(pool: Pool, holds: HoldRequest[], seconds = 1): Promise<void> {
  await pool.query(
    `UPDATE reservations SET expires_at = clock_timestamp() - $2 * interval '1 second'
     WHERE reservation_id = ANY ($1)`,
    [holds.map(({ holdId }) => holdId), seconds],
  );
}

export async function readStock(pool: Pool, skuId: string) {
  const { rows } = await pool.query(
    `SELECT available_count AS available, reserved_count AS reserved, sold_count AS sold
     FROM inventory WHERE sku_id = $1`,
    [skuId],
  );
  return rows[0];
}

export async function readStatus(pool: Pool, holdId: string): Promise<string> {
  const { rows } = await pool.query<{ status: string }>(
    'SELECT status::text FROM reservations WHERE reservation_id = $1',
    [holdId],
  );
  return rows[0]?.status as string;
}

export async function readMovements(pool: Pool, skuId: string): Promise<MovementRow[]> {
  const { rows } = await pool.query<MovementRow>(
    'SELECT * FROM stock_movements WHERE sku_id = $1 ORDER BY sequence',
    [skuId],
  );
  return rows;
}

export async function readOwners(pool: Pool, skuId: string): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ reservation_id: string; user_id: string }>(
    'SELECT reservation_id, user_id FROM reservations WHERE sku_id = $1',
    [skuId],
  );
  return new Map(rows.map((row) => [row.reservation_id, row.user_id]));
}

export const times = <Value>(count: number, make: (place: number) => Value): Value[] =>
  Array.from({ length: count }, (_, place) => make(place));

/** Counts the outcomes. */
export function tally(decided: { outcome: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of decided) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

export const omitZeros = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

export const sequencesOf = (decided: HoldOutcome[], outcome: HoldOutcome['outcome']): number[] =>
  decided
    .flatMap((answer) =>
      answer.outcome === outcome && 'sequence' in answer ? [answer.sequence] : [],
    )
    .sort((a, b) => a - b);
