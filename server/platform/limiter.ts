import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Redis } from './redis.ts';

/** `points` per key within a window of `durationSeconds`. */
export interface Quota {
  points: number;
  durationSeconds: number;
  /** Points may be given back (`reward`), so a key that was refused may be allowed again before its window is over. */
  isGivenBack?: boolean;
}

/** Creates a limiter that counts by key, in Redis for all instances together, and in each instance while Redis is away. */
export function createLimiter(
  redis: Redis | undefined,
  keyPrefix: string,
  { points, durationSeconds: duration, isGivenBack = false }: Quota,
): RateLimiterMemory | RateLimiterRedis {
  const memory = new RateLimiterMemory({ keyPrefix, points, duration });
  if (redis === undefined) return memory;
  return new RateLimiterRedis({
    storeClient: redis.client,
    keyPrefix,
    points,
    duration,
    // A refused key is refused from memory until the window is over, without a call to Redis.
    ...(!isGivenBack && { inMemoryBlockOnConsumed: points + 1 }),
    insuranceLimiter: memory,
  });
}
