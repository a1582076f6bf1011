import type { Pool } from 'pg';
import type { Redis } from '../platform/redis.ts';
import type { LedgerBatches } from './batch.ts';
import type { LedgerObserver, StockLedger } from './ledger.ts';

/** The part of the ledger that a strategy provides. Expiry is the same for all strategies. */
export type StrategyLedger = Pick<StockLedger, 'hold' | 'confirm' | 'release' | 'cancelOrder'>;

export interface StrategyDeps {
  pool: Pool;
  redis?: Redis;
  holdTtlMs: number;
  observer: LedgerObserver;
  batches: LedgerBatches;
}
