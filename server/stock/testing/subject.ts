import type { Pool } from 'pg';
import type { LedgerObserver, StockLedger } from '../ledger.ts';

export type MakeLedger = (options: {
  pool: Pool;
  holdTtlMs: number;
  observer?: LedgerObserver;
}) => StockLedger | Promise<StockLedger>;

export const HOLD_TTL_MS = 120_000;

/** The ledger under test, on two server instances: each has a pool and a memory of its own. Set before the tests run. */
export interface LedgerSubject {
  pool: Pool;
  ledger: StockLedger;
  otherPool: Pool;
  otherLedger: StockLedger;
  /** One of the two instances in turn, by the place of a call. */
  server(place: number): StockLedger;
}
