import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Redis } from '../platform/redis.ts';

/** Remembers from which addresses the owners of accounts have logged in. */
export interface KnownAddresses {
  has(login: { username: string; address: string }): Promise<boolean>;
  add(login: { username: string; address: string }): Promise<void>;
}

const REMEMBERED_FOR_MS = 30 * 86_400_000;
const REMEMBERED_MAX = 50_000;

/** In Redis for all instances together, and in the memory of this one, which is asked first and holds while Redis is away. */
export function createKnownAddresses(redis: Redis | undefined): KnownAddresses {
  const memory = new LRUCache<string, true>({ max: REMEMBERED_MAX, ttl: REMEMBERED_FOR_MS });

  return {
    async has(login) {
      const key = keyOf(login);
      if (memory.has(key)) return true;
      if (redis === undefined) return false;
      const found = await redis.client.exists(key).catch(() => 0);
      return found === 1;
    },
    async add(login) {
      const key = keyOf(login);
      memory.set(key, true);
      await redis?.client.set(key, '1', 'PX', REMEMBERED_FOR_MS).catch(() => {});
    },
  };
}

/** A hash, so that Redis has no list of who was where. */
const keyOf = ({ username, address }: { username: string; address: string }): string =>
  `login-known:${createHash('sha256').update(`${address} ${username}`).digest('base64url')}`;
