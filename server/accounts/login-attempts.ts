import { RateLimiterRes } from 'rate-limiter-flexible';
import { createLimiter } from '../platform/limiter.ts';
import type { Redis } from '../platform/redis.ts';

/** Limits on wrong passwords within `windowMs`. */
export interface LoginLimits {
  attemptsPerUsername: number;
  failuresPerIp: number;
  windowMs: number;
}

export interface LoginAttempts {
  /** Counts one attempt. Resolves to the time to wait when none is left, otherwise to undefined. */
  take(username: string, ip: string): Promise<{ retryAfterMs: number } | undefined>;
  failed(ip: string): Promise<void>;
  succeeded(username: string): Promise<void>;
}

/**
 * Limits attempts to guess passwords. Redis counts for all instances together; without Redis each instance counts alone.
 *
 * For a username every attempt counts when it begins, so that a thousand concurrent attempts cannot pass the limit. The
 * right password resets the count. For an address only failures count, because a whole company or mobile network may log
 * in from one address when a sale opens. Usernames that do not exist are counted like all others.
 */
export function createLoginAttempts(redis: Redis | undefined, limits: LoginLimits): LoginAttempts {
  const durationSeconds = Math.ceil(limits.windowMs / 1000);
  const counter = (keyPrefix: string, points: number) =>
    createLimiter(redis, keyPrefix, { points, durationSeconds });
  const byUsername = counter('login-username', limits.attemptsPerUsername);
  // An attempt consumes 0 points, which is refused only above the limit. With one point less, the limit is exceeded as
  // soon as the allowed number of failures is reached.
  const byIp = counter('login-ip', limits.failuresPerIp - 1);

  return {
    async take(username, ip) {
      const waits = await Promise.all([
        waitOf(byIp.consume(ip, 0)),
        waitOf(byUsername.consume(username)),
      ]);
      const retryAfterMs = Math.max(...waits);
      return retryAfterMs > 0 ? { retryAfterMs } : undefined;
    },
    async failed(ip) {
      await byIp.penalty(ip);
    },
    async succeeded(username) {
      await byUsername.delete(username);
    },
  };
}

/** Milliseconds until the next attempt is allowed; 0 when this one was. */
async function waitOf(consumed: Promise<RateLimiterRes>): Promise<number> {
  try {
    await consumed;
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
    throw refused;
  }
}
