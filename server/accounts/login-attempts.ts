import { RateLimiterRes } from 'rate-limiter-flexible';
import { createLimiter } from '../platform/limiter.ts';
import type { Redis } from '../platform/redis.ts';
import { createKnownAddresses } from './known-addresses.ts';

/** Limits on wrong passwords within `windowMs`. */
export interface LoginLimits {
  /** For one username from one address. */
  attemptsPerUsername: number;
  failuresPerIp: number;
  windowMs: number;
}

export interface LoginAttempt {
  username: string;
  address: string;
}

export interface Refused {
  retryAfterMs: number;
}

export interface LoginAttempts {
  /** The time to wait when no attempt is left; otherwise undefined. Counts nothing. */
  look(attempt: LoginAttempt): Promise<Refused | undefined>;
  /** Counts an attempt, before its password is compared. `succeeded` gives it back. */
  take(attempt: LoginAttempt): Promise<Refused | { succeeded(): Promise<void> }>;
  /** Records that the owner of this account is at this address. */
  cameFrom(attempt: LoginAttempt): Promise<void>;
}

/**
 * Limits attempts to guess passwords. Redis counts for all instances together; without Redis each instance counts alone.
 * Usernames that do not exist are counted like all others.
 *
 * Every attempt counts before its password is compared, so that a thousand concurrent guesses cannot pass a limit; the right
 * password gives it back. So only failures stay counted, and a whole company may log in from one address.
 *
 * - One address has few attempts at one username. A stranger who uses them up locks nobody but themselves out.
 * - One address has more failures with all usernames together.
 * - All addresses together have `STRANGERS` times the attempts of one at one username, against a guess from each of many
 *   addresses. Strangers can use these up, so they count for strangers alone: an address from which the owner has logged in
 *   before is held to its own few attempts and nothing else.
 */
export function createLoginAttempts(redis: Redis | undefined, limits: LoginLimits): LoginAttempts {
  const durationSeconds = Math.ceil(limits.windowMs / 1000);
  const counter = (name: string, points: number) => ({
    points,
    limiter: createLimiter(redis, `login-${name}`, { points, durationSeconds, isGivenBack: true }),
  });
  const byAddress = counter('ip', limits.failuresPerIp);
  const byBoth = counter('ip-username', limits.attemptsPerUsername);
  const byUsername = counter('username', limits.attemptsPerUsername * STRANGERS);
  const known = createKnownAddresses(redis);

  /** The counters that hold for an attempt, with its key in each. The last ones are the widest. */
  async function countersOf(attempt: LoginAttempt): Promise<Counted[]> {
    const { username, address } = attempt;
    const own = { ...byBoth, key: `${address} ${username}` };
    if (await known.has(attempt)) return [own];
    return [{ ...byAddress, key: address }, own, { ...byUsername, key: username }];
  }

  return {
    async look(attempt) {
      const counters = await countersOf(attempt);
      const waits = await Promise.all(counters.map(waitOf));
      const retryAfterMs = Math.max(...waits);
      return retryAfterMs > 0 ? { retryAfterMs } : undefined;
    },

    async take(attempt) {
      const taken: Counted[] = [];
      const giveBack = async () => {
        await Promise.all(taken.map(({ limiter, key }) => limiter.reward(key)));
      };
      // One after the other: an attempt that its own address may not make must not use up what other addresses have.
      for (const counted of await countersOf(attempt)) {
        taken.push(counted);
        const retryAfterMs = await consume(counted);
        if (retryAfterMs === undefined) continue;
        await giveBack();
        return { retryAfterMs };
      }
      return {
        async succeeded() {
          await giveBack();
          await known.add(attempt);
        },
      };
    },

    cameFrom: known.add,
  };
}

/** How many times the attempts of one address all strangers together have at one username. */
const STRANGERS = 10;

interface Counted {
  points: number;
  limiter: ReturnType<typeof createLimiter>;
  key: string;
}

/** Milliseconds until an attempt is allowed; 0 when one is. */
async function waitOf({ points, limiter, key }: Counted): Promise<number> {
  const counted = await limiter.get(key);
  return counted === null || counted.consumedPoints < points
    ? 0
    : Math.max(1, counted.msBeforeNext);
}

/** Milliseconds until the next attempt is allowed; undefined when this one was. */
async function consume({ limiter, key }: Counted): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
    throw refused;
  }
}
