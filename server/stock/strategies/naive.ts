import { setTimeout as delay } from 'node:timers/promises';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { conclude, look, type Stock, takeAndWrite } from '../round-trips.ts';
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
  const { pool, holdTtlMs } = deps;

  return { ...createConditional(deps), hold };

  async function hold(request: HoldRequest): Promise<HoldOutcome> {
    const seen = await look(pool, request);
    if ('stock' in seen) await delay(OTHER_WORK_MS);
    const decided = 'settled' in seen ? seen.settled : await writeUnchecked(request, seen.stock);
    const answer = await conclude(deps, request.skuId, decided);
    return answer.outcome === 'retry' ? hold(request) : answer;
  }

  /**
   * Writes counts computed from what was read a while ago, whatever has happened since. Only the movement's number is
   * taken safely: without it the books would not even show what happened.
   */
  async function writeUnchecked(request: HoldRequest, stock: Stock): Promise<HoldOutcome> {
    const held = await takeAndWrite(pool, request, holdTtlMs, {
      name: 'naive.write',
      update: `UPDATE inventory
               SET available_count = $9, reserved_count = $10, sold_count = total_count - $9 - $10,
                   sequence = sequence + 1, version = version + 1, updated_at = now()
               WHERE sku_id = $1`,
      values: [stock.available - request.quantity, stock.reserved + request.quantity],
    });
    return held ?? { outcome: 'unknown_sku' };
  }
}
