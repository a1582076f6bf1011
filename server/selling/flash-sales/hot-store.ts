import type { AttemptStatus } from '../../../src/protocol/flash-sales.ts';
import { createGroupCommit } from '../../platform/group-commit.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import type { AttemptResult, HotSale } from './store.ts';

/**
 * A store that answers the hot path of a sale instead of the database. When it is away or has lost its data, it answers
 * `unknown`, and the database decides. Nothing here throws.
 */
export interface HotStore {
  /** Takes a unit for a user, unless there is none or the user has one already. */
  take(
    skuId: string,
    userId: string,
  ): Promise<'accepted' | 'already_attempted' | 'sold_out' | 'unknown'>;
  /** Gives back the unit of an attempt that was certainly not accepted. */
  giveBack(skuId: string, userId: string, mayAttemptAgain: boolean): Promise<void>;
  /** The user's result; `unknown` when only the database has it. */
  resultOf(skuId: string, userId: string): Promise<AttemptStatus | 'unknown'>;
  putResults(results: AttemptResult[]): Promise<void>;
  /** Deletes the stock of a sale, so that the next attempt fills the store from the database. */
  forget(skuId: string): Promise<void>;
}

export const flashSaleKeys = {
  stock: (skuId: string) => `flashsale:stock:{${skuId}}`,
  users: (skuId: string) => `flashsale:users:{${skuId}}`,
  result: (userId: string, skuId: string) => `flashsale:result:${userId}:{${skuId}}`,
};

/**
 * The stock key vouches for the other keys, so it expires first: while it exists, an absent result means that there is
 * none. A write that was lost while Redis was away is missing for no longer than this.
 */
const STOCK_TTL_SECONDS = 300;
const KEPT_SECONDS = 86_400;

/** A larger script call or write would block Redis for too long. */
const BATCH_MAX = 256;
const ANSWERS = new Map([
  [1, 'accepted'],
  [0, 'sold_out'],
  [-1, 'already_attempted'],
] as const);

/** Creates the hot store. Without Redis every answer is `unknown`. */
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
      putResults: async () => {},
      forget: async () => {},
    };
  }
  const { client } = redis;
  const script = <Result>(name: string) =>
    loadScript<Result>(redis, 'server', 'selling', 'flash-sales', name);
  const decide = script<(1 | 0 | -1)[]>('decide.lua');
  const giveBack = script<number>('give-back.lua');
  const keysOf = (skuId: string) => [flashSaleKeys.stock(skuId), flashSaleKeys.users(skuId)];

  const filling = new Map<string, Promise<void>>();
  /** Sales whose data in Redis may be outdated. Their stock keys are deleted before Redis is used for them again. */
  const stale = new Set<string>();
  redis.onUp(() => {
    for (const skuId of stale) void forget(skuId);
  });

  // One script call decides all attempts that came while the call before was under way.
  const takes = createGroupCommit<{ skuId: string; userId: string }, 1 | 0 | -1 | undefined>({
    keyOf: ({ skuId }) => skuId,
    conflictKey: ({ userId }) => userId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault: () => false,
    async execute(skuId, batch) {
      const answers = await decide(keysOf(skuId), [
        KEPT_SECONDS,
        ...batch.map(({ userId }) => userId),
      ]);
      return batch.map((_, place) => answers[place]);
    },
  });

  return {
    async take(skuId, userId) {
      if (!redis.isUp()) return 'unknown';
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

    async putResults(results) {
      const skuIds = [...new Set(results.map(({ skuId }) => skuId))];
      try {
        for (const skuId of skuIds) if (stale.has(skuId)) await forget(skuId);
        await write(results);
      } catch {
        for (const skuId of skuIds) await forget(skuId);
      }
    },

    forget,
  };

  async function forget(skuId: string): Promise<void> {
    stale.add(skuId);
    await client.del(flashSaleKeys.stock(skuId)).then(
      () => stale.delete(skuId),
      () => {},
    );
  }

  async function write(results: AttemptResult[]): Promise<void> {
    for (const part of chunksOf(results)) {
      await Promise.all(
        part.map(({ userId, skuId, isSuccess }) =>
          client.set(flashSaleKeys.result(userId, skuId), String(isSuccess), 'EX', KEPT_SECONDS),
        ),
      );
    }
  }

  /** Copies a sale from the database to Redis. Calls that come meanwhile wait for the same copy. */
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
    const users = flashSaleKeys.users(skuId);
    await write(
      sale.users
        .filter(({ status }) => status !== 'PENDING')
        .map(({ userId, status }) => ({ userId, skuId, isSuccess: status === 'SUCCESS' })),
    );
    for (const part of chunksOf(sale.users)) {
      await client.sadd(users, ...part.map(({ userId }) => userId));
    }
    await client.expire(users, KEPT_SECONDS);
    await client.set(flashSaleKeys.stock(skuId), sale.stock, 'EX', STOCK_TTL_SECONDS);
    stale.delete(skuId);
  }
}

function* chunksOf<Item>(items: Item[]): Generator<Item[]> {
  for (let first = 0; first < items.length; first += BATCH_MAX) {
    yield items.slice(first, first + BATCH_MAX);
  }
}
