import type { Pool } from 'pg';
import type { Redis } from '../platform/redis.ts';
import { createLedgerBatches } from './batch.ts';
import { createExpiry } from './expiry.ts';
import type { LedgerObserver, StockLedger } from './ledger.ts';
import { createBatched } from './strategies/batched.ts';
import { createConditional } from './strategies/conditional.ts';
import { createDistributedLock } from './strategies/distributed-lock.ts';
import { createNaive } from './strategies/naive.ts';
import { createOptimistic } from './strategies/optimistic.ts';
import { createPessimistic } from './strategies/pessimistic.ts';
import { createUnitRows } from './strategies/unit-rows.ts';
import type { StrategyDeps, StrategyLedger } from './strategy.ts';

/** Every strategy there is. A new one is a file in `strategies/` and a line here. */
const STRATEGIES = {
  batched: createBatched,
  conditional: createConditional,
  pessimistic: createPessimistic,
  optimistic: createOptimistic,
  'distributed-lock': createDistributedLock,
  'unit-rows': createUnitRows,
  naive: createNaive,
} satisfies Record<string, (deps: StrategyDeps) => StrategyLedger>;

export type StrategyName = keyof typeof STRATEGIES;
export const STRATEGY_NAMES = Object.keys(STRATEGIES) as StrategyName[];

/** The ledger on PostgreSQL, with one strategy for concurrent buyers. */
export function createStockLedger(options: {
  pool: Pool;
  strategy: StrategyName;
  /** How long a hold lives. */
  holdTtlMs: number;
  /** Where `distributed-lock` keeps its locks. */
  redis?: Redis;
  observer?: LedgerObserver;
}): StockLedger {
  const { pool, redis, strategy, holdTtlMs, observer = { moved() {}, batched() {} } } = options;
  const batches = createLedgerBatches({ pool, holdTtlMs, observer });
  return {
    ...STRATEGIES[strategy]({ pool, redis, holdTtlMs, observer, batches }),
    expireLapsed: createExpiry({ pool, batches }),
  };
}
