import { WAYS_OF_SELLING, type WayOfSelling } from '../../../src/protocol/ways-of-selling.ts';
import { createGroupCommit } from '../../platform/group-commit.ts';
import { mayBeOneRequestsFault } from '../../platform/postgres.ts';
import type { Decision } from '../batch.ts';
import {
  type BatchedOperation,
  type CancelRequest,
  type ConfirmRequest,
  type HoldRequest,
  type ReleaseRequest,
  wayOf,
} from '../ledger.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';

/** A larger batch gains nothing, and all calls in it wait longer. */
const BATCH_MAX = 256;

/**
 * Batches under way at the same time. With two, the buyers of other SKUs do not wait for one whose row somebody else has
 * locked; with more, the batches are shorter and cost more.
 */
const AT_ONCE_MAX = 2;

/** A call of the ledger, and the way in which a batch of such calls is committed. */
interface Call<Request, Outcome> {
  operation: BatchedOperation;
  /** Names the operation and the way: a batch has calls of one kind, made in one way. */
  key: string;
  request: Request;
  /** Calls with the same one must see each other: they never share a batch. */
  conflictKey: string;
  commit: Commit<Request, Outcome>;
}

type Commit<Request, Outcome> = (batch: Request[]) => Promise<Decision<Outcome>[]>;

interface AnyRequest {
  skuId: string;
  way?: WayOfSelling;
}

/**
 * Group commit (the default): while one statement commits, the calls that arrive form the next batch, whatever their SKUs. A
 * row is locked and the disk flushed once per batch instead of once per buyer.
 *
 * Holds, sales and what ends them change the rows of their SKUs, so two batches with a SKU in common never go at the same
 * time: else one would wait for the other's lock in the database, with the calls that it was made of, and those that arrive
 * meanwhile would make a third.
 *
 * A call that a batch left undecided goes into a later one.
 */
export function createBatched({ batches, observer }: StrategyDeps): StrategyLedger {
  const calls = createGroupCommit<Call<AnyRequest, unknown>, Decision<unknown>>({
    keyOf: ({ key }) => key,
    namesOf: ({ request }) => [request.skuId],
    conflictKey: (call) => call.conflictKey,
    batchMax: BATCH_MAX,
    atOnceMax: AT_ONCE_MAX,
    mayBeOneRequestsFault,
    async execute(_, batch) {
      const { operation, commit } = batch[0] as Call<AnyRequest, unknown>;
      const decisions = await commit(batch.map(({ request }) => request));
      observer.batched(operation, batch.length);
      return decisions;
    },
  });
  function batched<Request extends AnyRequest, Outcome>(
    operation: BatchedOperation,
    conflictKey: (request: Request) => string,
    commit: Commit<Request, Outcome>,
  ) {
    // Each is made once: texts that were put together anew would be compared letter by letter.
    const keys = Object.fromEntries(
      WAYS_OF_SELLING.map((way) => [way, `${operation} ${way}`]),
    ) as Record<WayOfSelling, string>;
    return (request: Request) =>
      calls.submit({
        operation,
        key: keys[wayOf(request)],
        request,
        conflictKey: conflictKey(request),
        commit: commit as Commit<AnyRequest, unknown>,
      }) as Promise<Decision<Outcome>>;
  }

  // The buyer alone, though only their calls for one SKU must see each other: a text of both would be made and hashed for each hold.
  const hold = batched('hold', ({ userId }: HoldRequest) => userId, batches.hold);
  const confirm = batched('confirm', ({ holdId }: ConfirmRequest) => holdId, batches.confirm);
  const release = batched('release', ({ holdId }: ReleaseRequest) => holdId, batches.release);
  const cancel = batched('cancel', ({ orderId }: CancelRequest) => orderId, batches.cancelOrder);

  return {
    hold: (request) =>
      untilDecided(
        () => hold(request),
        () => ({ outcome: 'contention_lost' }),
      ),
    confirm: (request) => untilDecided(() => confirm(request)),
    release: (request) => untilDecided(() => release(request)),
    cancelOrder: (request) => untilDecided(() => cancel(request)),
  };
}
