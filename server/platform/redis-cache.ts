import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../src/kernel/ids.ts';
import { loadScript, type Redis } from './redis.ts';

/**
 * Of several processes that miss a value, one loads it under a lease and the others read again, for at most this long.
 * Then they load it as well.
 */
const LEASE_MS = 2000;
const READ_AGAIN_AFTER_MS = 20;
const READS_MAX = 15;
const LEASE = 'loading:';

const CHANNEL = 'cache:invalidated';

/** Invalidations that are kept while Redis is away. Above that all cached values are removed when it is back. */
const OUTDATED_MAX = 10_000;
const SCANNED_AT_ONCE = 1_000;

/** A value as text, or the lease under which to put it. Neither when Redis is away or the value is being loaded. */
export interface Found {
  text?: string;
  lease?: string;
}

/** The level of the caches that server instances share. Nothing here rejects. */
export interface RedisCache {
  find(redisKey: string): Promise<Found>;
  /** Puts a loaded value in the place of its lease, unless the value was invalidated meanwhile. Empty text: no value. */
  fill(redisKey: string, lease: string, text: string, ttlMs: number): Promise<void>;
  /** Removes a value or lease, and tells all instances. What could not be removed is removed when Redis is back. */
  invalidate(redisKey: string): Promise<void>;
  /** Subscribes to the invalidations of all instances. */
  start(): void;
  stop(): void;
}

/**
 * The values in Redis, with one lease per key among processes (as in memcached): a process that misses a value puts a
 * lease in its place, and may replace only that very lease by the loaded value. An invalidation removes the lease, so a
 * value that was loaded before a change is never cached after it.
 */
export function createRedisCache(
  redis: Redis,
  observer: {
    /** The beginnings of all keys, up to the colon. */
    names(): Iterable<string>;
    onInvalidated(redisKey: string): void;
    /** Invalidations may have been missed. */
    onGap(): void;
  },
): RedisCache {
  const { client } = redis;
  const fillScript = loadScript<number>(redis, 'server', 'platform', 'fill.lua');
  /** Keys that are invalid but could not be deleted. */
  const outdated = new Set<string>();

  // ioredis would subscribe again by itself as well, and nobody could catch its failure.
  const subscriber = client.duplicate({ lazyConnect: true, autoResubscribe: false });
  subscriber.on('error', () => {});
  subscriber.on('ready', () => {
    subscriber
      .subscribe(CHANNEL)
      .then(observer.onGap)
      .catch(() => {});
  });
  subscriber.on('message', (_channel, redisKey: string) => observer.onInvalidated(redisKey));
  /** More were invalidated than are kept. */
  let isAllOutdated = false;
  redis.onUp(() => {
    if (isAllOutdated) void removeAll();
    else for (const redisKey of outdated) void invalidate(redisKey);
  });

  return {
    async find(redisKey) {
      try {
        for (let reads = 0; reads < READS_MAX && redis.isUp(); reads += 1) {
          if (reads > 0) await delay(READ_AGAIN_AFTER_MS);
          const text = await client.get(redisKey);
          if (text !== null) {
            if (!text.startsWith(LEASE)) return { text };
            continue;
          }
          const lease = LEASE + newId();
          if ((await client.set(redisKey, lease, 'PX', LEASE_MS, 'NX')) === 'OK') return { lease };
        }
      } catch {
        // Redis is away: the value is loaded as if there were no Redis.
      }
      return {};
    },

    async fill(redisKey, lease, text, ttlMs) {
      await fillScript([redisKey], [lease, text, ttlMs]).catch(() => {});
    },

    invalidate,
    start() {
      subscriber.connect().catch(() => {});
    },
    stop() {
      subscriber.disconnect();
    },
  };

  async function invalidate(redisKey: string): Promise<void> {
    try {
      await client.del(redisKey);
      await client.publish(CHANNEL, redisKey);
      outdated.delete(redisKey);
    } catch {
      if (outdated.size < OUTDATED_MAX) outdated.add(redisKey);
      else isAllOutdated = true;
    }
  }

  /** Removes the values and leases of all caches. If it fails, it is repeated when Redis is back. */
  async function removeAll(): Promise<void> {
    isAllOutdated = false;
    outdated.clear();
    try {
      for (const name of observer.names()) await removeOf(name);
    } catch {
      isAllOutdated = true;
    }
  }

  async function removeOf(name: string): Promise<void> {
    let cursor = '0';
    do {
      const found = await client.scan(cursor, 'MATCH', `${name}:*`, 'COUNT', SCANNED_AT_ONCE);
      for (const redisKey of found[1]) await invalidate(redisKey);
      cursor = found[0];
    } while (cursor !== '0');
  }
}
