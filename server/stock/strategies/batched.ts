import type { WayOfSelling } from '../../../src/protocol/ways-of-selling.ts';
import { mayBeOneRequestsFault } from '../../platform/postgres.ts';
import type { Decision } from '../batch.ts';
import { createGroupCommit } from '../group-commit.ts';
import {
  type BatchedOperation,
  type CancelRequest,
  type ConfirmRequest,
  type HoldRequest,
  type ReleaseRequest,
  wayOf,
} from '../ledger.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { createTurns } from '../turns.ts';
import { untilDecided } from '../until-decided.ts';

/** A larger batch gains nothing, and all calls in it wait longer. */
const BATCH_MAX = 256;

/**
 * Group commit per SKU (the default): while one statement commits, the calls that arrive form the next batch. The hot
 * row is locked and the disk flushed once per batch instead of once per buyer.
 *
 * Holds, sales and what ends them change the same row, so their batches take turns here already: else one would wait for the
 * other's lock in the database, with the calls that it was made of, and those that arrive meanwhile would make a third.
 *
 * A call that a batch left undecided goes into the next one.
 */
export function createBatched({ batches, observer }: StrategyDeps): StrategyLedger {
  const turns = { of: createTurns(), nameOf: ({ skuId }: { skuId: string }) => skuId };
  const group = <Request extends { skuId: string; way?: WayOfSelling }, Outcome>(
    operation: BatchedOperation,
    conflictKey: (request: Request) => string,
    commit: (skuId: string, batch: Request[]) => Promise<Decision<Outcome>[]>,
  ) =>
    createGroupCommit<Request, Decision<Outcome>>({
      // A batch has one SKU, wanted in one way.
      keyOf: (request) => `${wayOf(request)} ${request.skuId}`,
      conflictKey,
      batchMax: BATCH_MAX,
      mayBeOneRequestsFault,
      turns,
      async execute(_, batch) {
        const decisions = await commit((batch[0] as Request).skuId, batch);
        observer.batched(operation, batch.length);
        return decisions;
      },
    });

  // Calls of one buyer, or changes of one hold, must see each other: they never share a batch.
  const holds = group('hold', (request: HoldRequest) => request.userId, batches.hold);
  const confirms = group('confirm', (request: ConfirmRequest) => request.holdId, batches.confirm);
  const releases = group('release', (request: ReleaseRequest) => request.holdId, batches.release);
  const cancels = group('cancel', (request: CancelRequest) => request.orderId, batches.cancelOrder);

  return {
    hold: (request) =>
      untilDecided(
        () => holds.submit(request),
        () => ({ outcome: 'contention_lost' }),
      ),
    confirm: (request) => untilDecided(() => confirms.submit(request)),
    release: (request) => untilDecided(() => releases.submit(request)),
    cancelOrder: (request) => untilDecided(() => cancels.submit(request)),
  };
}
