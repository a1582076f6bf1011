import type { Pool } from 'pg';
import type { StrategyName } from '../../src/protocol/strategies.ts';
import type { Redis } from '../platform/redis.ts';
import { createBasketLedger } from './baskets.ts';
import { createLedgerBatches } from './batch.ts';
import { createExpiry } from './expiry.ts';
import type { BasketLedger, LedgerObserver, StockLedger } from './ledger.ts';
import { createBatched } from './strategies/batched.ts';
import { createConditional } from './strategies/conditional.ts';
import { createDistributedLock } from './strategies/distributed-lock.ts';
import { createNaive } from './strategies/naive.ts';
import { createOptimistic } from './strategies/optimistic.ts';
import { createPessimistic } from './strategies/pessimistic.ts';
import { createUnitRows } from './strategies/unit-rows.ts';
import type { StrategyDeps, StrategyLedger } from './strategy.ts';
import type { LedgerTraces } from './traced-ledger.ts';

/** The code of every strategy that `src/protocol/strategies.ts` names. */
const CREATE: Record<StrategyName, (deps: StrategyDeps) => StrategyLedger> = {
  batched: createBatched,
  conditional: createConditional,
  pessimistic: createPessimistic,
  optimistic: createOptimistic,
  'distributed-lock': createDistributedLock,
  'unit-rows': createUnitRows,
  naive: createNaive,
};

/** Creates the ledger on PostgreSQL, with one strategy for concurrent buyers. */
export function createStockLedger(options: {
  pool: Pool;
  strategy: StrategyName;
  /** The time a hold lives. */
  holdTtlMs: number;
  /** The Redis in which `distributed-lock` keeps its locks. */
  redis?: Redis;
  observer?: LedgerObserver;
  /** Makes spans of calls and batches; absent: none are made. */
  traces?: LedgerTraces | undefined;
}): StockLedger & BasketLedger {
  const { pool, redis, strategy, holdTtlMs, traces } = options;
  const { observer = { moved() {}, batched() {} } } = options;
  const plain = createLedgerBatches({ pool, holdTtlMs, observer });
  const batches = traces?.batches(plain) ?? plain;
  const ledger: StockLedger = {
    ...CREATE[strategy]({ pool, redis, holdTtlMs, observer, batches }),
    expireLapsed: createExpiry({ pool, batches }),
  };
  const baskets = createBasketLedger({ pool, holdTtlMs, observer, expire: batches.expire });
  return {
    ...(traces?.ledger(ledger) ?? ledger),
    ...(traces?.baskets(baskets) ?? baskets),
  };
}
