import {
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { createGroupCommit } from '../../platform/group-commit.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import type { HoldRequest } from '../ledger.ts';
import {
  admittedKey,
  buyerKeys,
  RESERVATION_TTL_SECONDS,
  STOCK_TTL_SECONDS,
  stockKey,
  USER_LIMIT_TTL_SECONDS,
} from './keys.ts';

/** A script serves this many buyers in well under a millisecond, during which Redis serves nobody else. */
const BATCH_MAX = 256;

/** A slower answer costs more than the filter saves; after two failures in a row nobody asks for a second. */
const ANSWER_WITHIN_MS = 100;
const FAILURES_MAX = 2;
const HALF_OPEN_AFTER_MS = 1000;

/** The answer of `admit.lua` to one buyer. */
export type AdmitAnswer = 'taken' | 'known' | 'short' | 'uncounted';

/** A change of what a buyer has of a SKU, see `settle.lua`. */
export type Settlement = Pick<HoldRequest, 'userId' | 'skuId'> &
  Partial<Pick<HoldRequest, 'holdId' | 'quantity'>> & {
    outcome: 'held' | 'refused' | 'sold' | 'ended';
  };

/** The scripts that take part in each reservation. Both reject when Redis fails or hangs. */
export interface AdmissionScripts {
  admit(request: HoldRequest): Promise<AdmitAnswer>;
  settle(settlement: Settlement): Promise<void>;
}

/** Calls the scripts once per batch of buyers of a SKU, behind a circuit breaker. */
export function createAdmissionScripts(redis: Redis): AdmissionScripts {
  const admit = loadScript<AdmitAnswer[]>(redis, 'server', 'stock', 'admission', 'admit.lua');
  const settle = loadScript<null>(redis, 'server', 'stock', 'admission', 'settle.lua');

  const breaker = wrap(
    circuitBreaker(handleAll, {
      halfOpenAfter: HALF_OPEN_AFTER_MS,
      breaker: new ConsecutiveBreaker(FAILURES_MAX),
    }),
    timeout(ANSWER_WITHIN_MS, TimeoutStrategy.Aggressive),
  );

  // Each call gets its own signal. Without one, Cockatiel shares a signal, and Node warns of a leak of listeners.
  const guarded = <Result>(call: () => Promise<Result>): Promise<Result> =>
    breaker.execute(call, new AbortController().signal);

  const admissions = createGroupCommit<HoldRequest, AdmitAnswer>({
    keyOf: (request) => request.skuId,
    conflictKey: (request) => request.holdId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault: () => false,
    execute: (skuId, batch) =>
      guarded(() =>
        admit(keysOf(skuId, batch), [
          STOCK_TTL_SECONDS,
          ...batch.flatMap(({ holdId, quantity }) => [holdId, quantity]),
        ]),
      ),
  });

  const settlements = createGroupCommit<Settlement, undefined>({
    keyOf: (settlement) => settlement.skuId,
    conflictKey: (settlement) => settlement.userId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault: () => false,
    async execute(skuId, batch) {
      await guarded(() =>
        settle(keysOf(skuId, batch), [
          USER_LIMIT_TTL_SECONDS,
          RESERVATION_TTL_SECONDS,
          ...batch.flatMap(({ holdId = '', quantity = 0, outcome }) => [holdId, quantity, outcome]),
        ]),
      );
      return batch.map(() => undefined);
    },
  });

  return { admit: admissions.submit, settle: settlements.submit };
}

const keysOf = (skuId: string, batch: { userId: string }[]): string[] => [
  stockKey(skuId),
  admittedKey(skuId),
  ...batch.flatMap(({ userId }) => buyerKeys(userId, skuId)),
];
