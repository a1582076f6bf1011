import { setTimeout as delay } from 'node:timers/promises';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { readForBuyer, type Stock, takeAndWrite, toOutcome } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { createConditional } from './conditional.ts';

/** The wait between check and write, as of a service that asks another for a price. It makes the control fail every time. */
const OTHER_WORK_MS = 5;

/**
 * The negative control: reads the counts, decides in code, and writes the computed counts back, without a lock. Two buyers
 * who read at the same time write the same counts, and one of the two units is sold without being counted. The CHECK
 * constraints are satisfied, because the counts always add up.
 *
 * Later checkouts and cancels may then violate `reserved_count >= 0`, because there are more holds than are counted.
 */
export function createNaive(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs } = deps;

  return { ...createConditional(deps), hold };

  async function hold(request: HoldRequest): Promise<HoldOutcome> {
    const found = await readForBuyer(pool, request);
    if ('stock' in found) await delay(OTHER_WORK_MS);
    const decided = 'settled' in found ? found.settled : await writeUnchecked(request, found.stock);
    const answer = await toOutcome(deps, request.skuId, decided);
    return answer.outcome === 'retry' ? hold(request) : answer;
  }

  /**
   * Writes counts computed from an old read, without checking that they are still right. Only the number of the movement is
   * taken safely: otherwise the movements would not show what happened.
   */
  async function writeUnchecked(request: HoldRequest, stock: Stock): Promise<HoldOutcome> {
    const held = await takeAndWrite(pool, request, holdTtlMs, {
      name: 'naive.write',
      update: `UPDATE inventory
               SET available_count = $7, reserved_count = $8, sold_count = total_count - $7 - $8,
                   sequence = sequence + 1, version = version + 1, updated_at = now()
               WHERE sku_id = $1`,
      values: [stock.available - request.quantity, stock.reserved + request.quantity],
    });
    return held ?? { outcome: 'unknown_sku' };
  }
}
