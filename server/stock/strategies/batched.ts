import { isContention } from '../../platform/postgres.ts';
import type { Decision, LedgerBatches } from '../batch.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { ConfirmRequest, HoldRequest, LedgerObserver, ReleaseRequest } from '../ledger.ts';
import type { StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';

const BATCH_MAX = 256;

/**
 * Group commit per SKU (the default): while one statement commits, the calls that arrive form the next batch. The hot
 * row is locked and the disk flushed once per batch instead of once per buyer.
 *
 * What a batch could not decide (`retry`: somebody else changed the same state at that moment) goes into the next one.
 */
export function createBatched(batches: LedgerBatches, observer: LedgerObserver): StrategyLedger {
  const group = <Request extends { skuId: string; holdId: string; userId: string }, Outcome>(
    operation: 'hold' | 'confirm' | 'release',
    conflictKey: (request: Request) => string,
    execute: (skuId: string, batch: Request[]) => Promise<Decision<Outcome>[]>,
  ) =>
    createGroupCommit<Request, Decision<Outcome>>({
      keyOf: (request) => request.skuId,
      conflictKey,
      batchMax: BATCH_MAX,
      retryOneByOne: isRequestsFault,
      async execute(skuId, batch) {
        const decisions = await execute(skuId, batch);
        observer.batched(operation, batch.length);
        return decisions;
      },
    });

  // One buyer's holds must see one another, and so must the changes of one hold.
  const holds = group('hold', (request: HoldRequest) => request.userId, batches.hold);
  const confirms = group('confirm', (request: ConfirmRequest) => request.holdId, batches.confirm);
  const releases = group('release', (request: ReleaseRequest) => request.holdId, batches.release);

  return {
    hold: (request) =>
      untilDecided(
        () => holds.submit(request),
        () => ({ outcome: 'contention_lost' }),
      ),
    confirm: (request) => untilDecided(() => confirms.submit(request)),
    release: (request) => untilDecided(() => releases.submit(request)),
  };
}

/** An error that PostgreSQL itself reported may be one request's fault; a lost connection is nobody's. */
function isRequestsFault(error: unknown): boolean {
  if (isContention(error)) return true;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^(22|23)/.test(code);
}
