import type { Pool } from 'pg';
import type { BasketLedger, LedgerObserver, StockLedger } from '../ledger.ts';

export type MakeLedger = (options: {
  pool: Pool;
  holdTtlMs: number;
  observer?: LedgerObserver;
}) => (StockLedger & BasketLedger) | Promise<StockLedger & BasketLedger>;

export const HOLD_TTL_MS = 120_000;

/** The ledger under test, on two server instances: each has a pool and a memory of its own. Set before the tests run. */
export interface LedgerSubject {
  pool: Pool;
  ledger: StockLedger & BasketLedger;
  otherPool: Pool;
  otherLedger: StockLedger & BasketLedger;
  /** One of the two instances in turn, by the place of a call. */
  server(place: number): StockLedger & BasketLedger;
}
