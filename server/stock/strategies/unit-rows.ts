import { setTimeout as delay } from 'node:timers/promises';
import pg, { type PoolClient } from 'pg';
import { transaction } from '../../platform/postgres.ts';
import { type HoldOutcome, type HoldRequest, wayOf } from '../ledger.ts';
import { IS_OPEN, readForBuyer, type Settled, takeAndWrite, toOutcome } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';
import { createConditional } from './conditional.ts';

/** Enough units for buyers on all connections, and few enough to be inserted in one statement. */
const POOL_UNITS = 1_000;
const TRIES_MAX = 100;
const WAIT_MS = 5;

/**
 * One row per unit: a buyer takes rows that no other call has locked (SKIP LOCKED), writes the reservation, and changes
 * the counts of the SKU last, so that the hot row is locked only for the commit. The rows are a pool that is filled from
 * the counts when it is empty; a unit that is given back goes to the counts, and from there into the pool.
 */
export function createUnitRows(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs } = deps;
  /**
   * The unit at which the search for units of a SKU begins. Units before it are most likely taken, and reading past the
   * remains of deleted rows would soon take longer than everything else.
   */
  const firstUnits = new Map<string, number>();

  return {
    ...createConditional(deps),
    hold(request) {
      let repeats = 0;
      return untilDecided(
        async () => {
          const decided = await transaction(pool, (client) => holdUnits(client, request)).catch(
            (error: unknown): Settled => {
              if (violates(error, 'reservations_pkey')) {
                // The same call was made at the same time and came first; the next try finds its hold. If it does not,
                // the id was used for another hold.
                repeats += 1;
                if (repeats > 1) throw error;
              } else if (
                !(error instanceof Overtaken || violates(error, 'reservations_one_per_buyer'))
              ) {
                throw error;
              }
              return { outcome: 'retry' };
            },
          );
          if (decided.outcome === 'retry' && (await fillPool(request.skuId)) === 0) {
            // Other calls have taken all units that are left, and may still roll back.
            firstUnits.delete(request.skuId);
            await delay(WAIT_MS * Math.random());
          }
          return toOutcome(deps, request.skuId, decided);
        },
        () => ({ outcome: 'contention_lost' }),
        TRIES_MAX,
      );
    },
  };

  async function holdUnits(
    client: PoolClient,
    request: HoldRequest,
  ): Promise<HoldOutcome | Settled> {
    const { skuId, quantity } = request;
    const found = await readForBuyer(client, request);
    if ('settled' in found) return found.settled;
    const { rows } = await client.query<{ unit_id: number }>({
      name: 'units.take',
      text: `DELETE FROM stock_units WHERE unit_id IN (
               SELECT unit_id FROM stock_units WHERE sku_id = $1 AND unit_id >= $3
               ORDER BY unit_id LIMIT $2 FOR UPDATE SKIP LOCKED)
             RETURNING unit_id`,
      values: [skuId, quantity, firstUnits.get(skuId) ?? 0],
    });
    if (rows.length < quantity) throw new Overtaken();
    firstUnits.set(skuId, Math.min(...rows.map((row) => row.unit_id)));
    const held = await takeAndWrite(client, request, holdTtlMs, {
      name: 'units.write',
      update: `UPDATE inventory
               SET available_count = available_count - $4, reserved_count = reserved_count + $4,
                   sequence = sequence + 1, version = version + 1, updated_at = now()
               WHERE sku_id = $1 AND available_count >= $4
                 AND sold_by = $7 AND units_per_buyer >= $4 AND ${IS_OPEN}`,
      values: [wayOf(request)],
    });
    if (held === undefined) throw new Overtaken();
    return held;
  }

  /**
   * Fills the pool with the available units, up to `POOL_UNITS`. Returns how many units it added. It locks the counts,
   * because calls that take units change pool and counts in one transaction.
   */
  async function fillPool(skuId: string): Promise<number> {
    return transaction(pool, async (client) => {
      await client.query('SELECT 1 FROM inventory WHERE sku_id = $1 FOR UPDATE', [skuId]);
      const { rowCount } = await client.query({
        name: 'units.fill',
        text: `INSERT INTO stock_units (sku_id)
               SELECT sku_id FROM inventory, generate_series(
                 1, least(available_count, $2) - (SELECT count(*) FROM stock_units u WHERE u.sku_id = $1))
               WHERE sku_id = $1`,
        values: [skuId, POOL_UNITS],
      });
      return rowCount ?? 0;
    });
  }
}

/** Rolls a transaction back, because other calls took units that it needs. */
class Overtaken extends Error {}

const violates = (error: unknown, constraint: string): boolean =>
  error instanceof pg.DatabaseError && error.constraint === constraint;
