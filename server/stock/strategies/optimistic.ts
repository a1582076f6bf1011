import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { transaction } from '../../platform/postgres.ts';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { readForBuyer, type Settled, toOutcome, writeHold } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';
import { createConditional } from './conditional.ts';

/** One of the calls that try at the same time always wins, so losing this often takes a crowd on every connection. */
const TRIES_MAX = 100;
/** A loser waits a random time up to this long per lost try, so that losers do not collide again. */
const JITTER_MS = 2;
const WAIT_MS_MAX = 50;

/**
 * Optimistic locking by the version column: reads, decides in code, and writes only if the row has not changed since;
 * otherwise reads again. Good while one SKU has few buyers. In a rush nearly every write comes too late, and the work of
 * all losers is lost.
 */
export function createOptimistic(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs } = deps;

  return {
    ...createConditional(deps),
    hold(request) {
      let lost = 0;
      return untilDecided(
        async () => {
          if (lost > 0) await delay(Math.min(Math.random() * JITTER_MS * lost, WAIT_MS_MAX));
          const decided = await transaction(pool, (client) => holdUnlessChanged(client, request));
          if (decided.outcome === 'retry') lost += 1;
          return toOutcome(deps, request.skuId, decided);
        },
        () => ({ outcome: 'contention_lost' }),
        TRIES_MAX,
      );
    },
  };

  async function holdUnlessChanged(
    client: PoolClient,
    request: HoldRequest,
  ): Promise<HoldOutcome | Settled> {
    const found = await readForBuyer(client, request);
    if ('settled' in found) return found.settled;
    const { available, reserved, sequence, version } = found.stock;
    const { rowCount } = await client.query({
      name: 'optimistic.take',
      text: `UPDATE inventory
             SET available_count = $3, reserved_count = $4, sequence = $5, version = version + 1, updated_at = now()
             WHERE sku_id = $1 AND version = $2`,
      values: [
        request.skuId,
        version,
        available - request.quantity,
        reserved + request.quantity,
        sequence + 1,
      ],
    });
    if (rowCount === 0) return { outcome: 'retry' };
    return writeHold(client, request, sequence + 1, holdTtlMs);
  }
}
