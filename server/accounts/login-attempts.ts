import { RateLimiterRes } from 'rate-limiter-flexible';
import { createLimiter } from '../platform/limiter.ts';
import type { Redis } from '../platform/redis.ts';

/** How many wrong passwords may be tried within `windowMs`. */
export interface LoginLimits {
  attemptsPerUsername: number;
  failuresPerIp: number;
  windowMs: number;
}

export interface LoginAttempts {
  /** Takes one attempt; answers with how long to wait when there is none left. */
  take(username: string, ip: string): Promise<{ retryAfterMs: number } | undefined>;
  failed(ip: string): Promise<void>;
  succeeded(username: string): Promise<void>;
}

/**
 * Slows down who guesses passwords, counted in Redis for all instances together, and by each for itself while there is
 * none.
 *
 * For a username every attempt counts from the moment it is made, so that a thousand at once are no way around the
 * limit; the right password wipes the count out. For an address only failures count, because a whole company or mobile
 * network may log in from one when a sale opens. Names that nobody has are counted like all others.
 */
export function createLoginAttempts(redis: Redis | undefined, limits: LoginLimits): LoginAttempts {
  const durationSeconds = Math.ceil(limits.windowMs / 1000);
  const counter = (keyPrefix: string, points: number) =>
    createLimiter(redis, keyPrefix, { points, durationSeconds });
  const byUsername = counter('login-username', limits.attemptsPerUsername);
  // Attempts consume nothing here, and what has failed as often as is allowed is over the limit already.
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

/** Milliseconds until there is an attempt again; 0 when there was one. */
async function waitOf(consumed: Promise<RateLimiterRes>): Promise<number> {
  try {
    await consumed;
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
    throw refused;
  }
}
