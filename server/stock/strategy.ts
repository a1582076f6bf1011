import type { Pool } from 'pg';
import type { Redis } from '../platform/redis.ts';
import type { LedgerBatches } from './batch.ts';
import type { LedgerObserver, StockLedger } from './ledger.ts';

/** What a strategy decides: how concurrent calls for one SKU take turns. Expiry is the same for all of them. */
export type StrategyLedger = Pick<StockLedger, 'hold' | 'confirm' | 'release' | 'cancelOrder'>;

export interface StrategyDeps {
  pool: Pool;
  redis?: Redis;
  holdTtlMs: number;
  observer: LedgerObserver;
  batches: LedgerBatches;
}
