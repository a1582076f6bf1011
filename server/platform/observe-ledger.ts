import type { Clock } from '../../src/kernel/clock.ts';
import type { AdmissionObserver } from '../stock/admission/admission.ts';
import {
  BATCHED_OPERATIONS,
  type BatchedOperation,
  type LedgerObserver,
  type StockLedger,
} from '../stock/ledger.ts';
import type { CacheObserver } from './cache.ts';
import { countByTwo, type ServerMetrics } from './metrics.ts';

/** Counts the movements and batches of the ledger. */
export function countLedger(metrics: ServerMetrics): LedgerObserver {
  const sizes = Object.fromEntries(
    BATCHED_OPERATIONS.map((operation) => [operation, metrics.ledgerBatchSize.labels(operation)]),
  ) as Record<BatchedOperation, { observe(size: number): void }>;
  return {
    moved: (kind, count) => metrics.stockMovements.inc({ kind }, count),
    batched: (operation, size) => sizes[operation].observe(size),
  };
}

/** Counts the decisions of the admission filter. */
export const countAdmission = (metrics: ServerMetrics): AdmissionObserver =>
  countByTwo(metrics.admission);

/** Counts the levels at which cached values were found. */
export const countCache = (metrics: ServerMetrics): CacheObserver => countByTwo(metrics.cache);

/** Wraps a ledger so that the time of each call is measured, with the waits for its batch and its connection. */
export function timeLedger(ledger: StockLedger, metrics: ServerMetrics, clock: Clock): StockLedger {
  const timed = <Args extends unknown[], Result>(
    query: string,
    call: (...args: Args) => Promise<Result>,
  ) => {
    const duration = metrics.dbQueryDuration.labels(query);
    return async (...args: Args): Promise<Result> => {
      const startedNs = clock.monotonicNs();
      try {
        return await call(...args);
      } finally {
        duration.observe((clock.monotonicNs() - startedNs) / 1e9);
      }
    };
  };

  return {
    hold: timed('hold', (request) => ledger.hold(request)),
    confirm: timed('confirm', (request) => ledger.confirm(request)),
    release: timed('release', (request) => ledger.release(request)),
    cancelOrder: timed('cancel', (request) => ledger.cancelOrder(request)),
    expireLapsed: timed('expire', (limit) => ledger.expireLapsed(limit)),
  };
}
