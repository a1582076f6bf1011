import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import type { Redis } from '../../platform/redis.ts';
import type { HoldRequest } from '../ledger.ts';
import type { Admission, AdmissionObserver } from './admission.ts';
import { createStockCounters } from './counters.ts';
import { createMemoryAdmission } from './memory.ts';
import { type AdmitAnswer, createAdmissionScripts, type Settlement } from './scripts.ts';
import type { SoldOutMemory } from './sold-out.ts';

/**
 * The filter that server instances share: a counter per SKU in Redis and the buyers who were admitted, decided by one
 * script per batch of buyers. The memory of the process comes before it, and needs no round trip to refuse.
 *
 * The counter refuses nobody by itself. When it is too low for a buyer, the process reads the ledger (one plain read for
 * all buyers in doubt) and refuses by that; if the ledger has enough units after all, the buyer is admitted and the
 * counter is rebuilt. So a wrong counter, for whatever reason, costs a read and never a sale. What is lost with a Redis
 * or a server that dies is not tracked: the counter is rebuilt from the ledger.
 *
 * While Redis is away its connection fails at once, and while it hangs the circuit breaker does. Then the memory of the
 * process is the whole filter.
 */
export function createRedisAdmission(deps: {
  redis: Redis;
  pool: Pool;
  clock: Clock;
  soldOut: SoldOutMemory;
  observe: AdmissionObserver;
}): Admission {
  const { redis, soldOut, observe } = deps;
  const memory = createMemoryAdmission(deps);
  const scripts = createAdmissionScripts(redis);
  const counters = createStockCounters(deps);

  return {
    async admit(request) {
      if (!memory.admit(request)) return false;
      const { skuId } = request;
      const answer = await askRedis(request);
      observe('redis', answer);
      if (answer === 'uncounted') void counters.rebuild(skuId);
      if (answer !== 'short') return true;
      const stock = await soldOut.refresh(skuId);
      if (soldOut.refuses(request)) return false;
      if (stock !== undefined && stock.available >= request.quantity) void counters.rebuild(skuId);
      return true;
    },

    refuses: memory.refuses,

    settle(request, outcome) {
      memory.settle(request, outcome);
      // A call that failed may have made the hold or not. If it did not, its admission becomes an orphan and is dropped.
      if (outcome === undefined) return;
      sendSettlement({ ...request, outcome: outcome === 'held' ? 'held' : 'refused' });
    },

    holdChanged({ userId, skuId }, change) {
      sendSettlement({ userId, skuId, outcome: change });
    },

    unitsCameBack(skuId) {
      memory.unitsCameBack(skuId);
      void counters.rebuild(skuId);
    },

    reconcile: counters.rebuildInUse,
    readCounters: counters.read,
  };

  async function askRedis(request: HoldRequest): Promise<AdmitAnswer | 'away'> {
    if (!redis.isUp()) return 'away';
    counters.markInUse(request.skuId);
    try {
      return await scripts.admit(request);
    } catch {
      return 'away';
    }
  }

  /** Does not wait for Redis: a settlement that is lost is made good when the counter is rebuilt. */
  function sendSettlement(settlement: Settlement): void {
    if (!redis.isUp()) return;
    counters.markInUse(settlement.skuId);
    scripts.settle(settlement).catch(() => {});
  }
}
