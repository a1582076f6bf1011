import type { AttemptStatus } from '../../../src/protocol/flash-sales.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import { createGroupCommit } from '../../stock/group-commit.ts';
import type { HotSale } from './store.ts';

/**
 * What a sale's hot path asks instead of the database. It may be away, or have forgotten everything: then it says
 * `unknown`, and the database decides.
 */
export interface HotStore {
  /** Takes a unit for a user, unless there is none or the user has one. */
  take(
    skuId: string,
    userId: string,
  ): Promise<'accepted' | 'already_attempted' | 'sold_out' | 'unknown'>;
  /** Gives back what was taken for an attempt that was certainly not accepted. */
  giveBack(skuId: string, userId: string, mayAttemptAgain: boolean): Promise<void>;
  /** The user's result; `unknown` when only the database can tell. */
  resultOf(skuId: string, userId: string): Promise<AttemptStatus | 'unknown'>;
  putResult(skuId: string, userId: string, isSuccess: boolean): Promise<void>;
  /** Makes the next question about a sale fill the store from the database. */
  forget(skuId: string): Promise<void>;
}

export const flashSaleKeys = {
  stock: (skuId: string) => `flashsale:stock:{${skuId}}`,
  users: (skuId: string) => `flashsale:users:{${skuId}}`,
  result: (userId: string, skuId: string) => `flashsale:result:${userId}:{${skuId}}`,
};

/** More in one script call would keep Redis from others for too long. */
const BATCH_MAX = 256;
const ANSWERS = new Map([
  [1, 'accepted'],
  [0, 'sold_out'],
  [-1, 'already_attempted'],
] as const);

/** Without Redis everything is unknown. */
export function createHotStore(deps: {
  redis: Redis | undefined;
  read(skuId: string): Promise<HotSale | undefined>;
}): HotStore {
  const { redis, read } = deps;
  if (redis === undefined) {
    return {
      take: async () => 'unknown',
      giveBack: async () => {},
      resultOf: async () => 'unknown',
      putResult: async () => {},
      forget: async () => {},
    };
  }
  const { client } = redis;
  const script = <Result>(name: string) =>
    loadScript<Result>(redis, 'server', 'selling', 'flash-sales', name);
  const decide = script<(1 | 0 | -1)[]>('decide.lua');
  const giveBack = script<number>('give-back.lua');
  const rebuild = script<number>('rebuild.lua');
  const keysOf = (skuId: string) => [flashSaleKeys.stock(skuId), flashSaleKeys.users(skuId)];

  const filling = new Map<string, Promise<void>>();
  /** Sales whose results could not be written; Redis is filled anew before it is believed again. */
  const stale = new Set<string>();

  // One script call decides all who ask while the one before is under way.
  const takes = createGroupCommit<{ skuId: string; userId: string }, 1 | 0 | -1 | undefined>({
    keyOf: ({ skuId }) => skuId,
    conflictKey: ({ userId }) => userId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault: () => false,
    async execute(skuId, batch) {
      const answers = await decide(
        keysOf(skuId),
        batch.map(({ userId }) => userId),
      );
      return batch.map((_, place) => answers[place]);
    },
  });

  return {
    async take(skuId, userId) {
      try {
        if (stale.has(skuId)) await fill(skuId);
        let answer = await takes.submit({ skuId, userId });
        if (answer === undefined) {
          await fill(skuId);
          answer = await takes.submit({ skuId, userId });
        }
        return (answer !== undefined && ANSWERS.get(answer)) || 'unknown';
      } catch {
        return 'unknown';
      }
    },
    async giveBack(skuId, userId, mayAttemptAgain) {
      await giveBack(keysOf(skuId), [userId, mayAttemptAgain ? 1 : 0]).catch(() =>
        stale.add(skuId),
      );
    },
    async resultOf(skuId, userId) {
      if (!redis.isUp() || stale.has(skuId)) return 'unknown';
      try {
        // A Redis that has forgotten has no stock key either.
        const [result, stock] = await client.mget(
          flashSaleKeys.result(userId, skuId),
          flashSaleKeys.stock(skuId),
        );
        if (typeof result === 'string') return result === 'true' ? 'SUCCESS' : 'FAILED';
        return stock === null ? 'unknown' : 'PENDING';
      } catch {
        return 'unknown';
      }
    },
    async putResult(skuId, userId, isSuccess) {
      const key = flashSaleKeys.result(userId, skuId);
      await client.set(key, String(isSuccess)).catch(() => stale.add(skuId));
    },
    async forget(skuId) {
      await client.del(flashSaleKeys.stock(skuId)).catch(() => stale.add(skuId));
    },
  };

  /** From the database into Redis, results included; whoever needs it meanwhile waits for the same filling. */
  function fill(skuId: string): Promise<void> {
    let running = filling.get(skuId);
    if (running === undefined) {
      running = fillNow(skuId).finally(() => filling.delete(skuId));
      filling.set(skuId, running);
    }
    return running;
  }

  async function fillNow(skuId: string): Promise<void> {
    const sale = await read(skuId);
    if (sale === undefined) return;
    const decided = sale.users.filter(({ status }) => status !== 'PENDING');
    if (decided.length > 0) {
      const results = decided.flatMap(({ userId, status }) => [
        flashSaleKeys.result(userId, skuId),
        String(status === 'SUCCESS'),
      ]);
      await client.mset(...results);
    }
    await rebuild(keysOf(skuId), [sale.stock, ...sale.users.map(({ userId }) => userId)]);
    stale.delete(skuId);
  }
}
