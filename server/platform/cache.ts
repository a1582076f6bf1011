import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { newId } from '../../src/kernel/ids.ts';
import { loadScript, type Redis } from './redis.ts';

/** Copies of things that are read far more often than they change. A value is JSON; `undefined` is not remembered. */
export interface Cache<Value> {
  /** From the memory of the process, from Redis, or from where it comes from; whatever of these is away is left out. */
  get(key: string): Promise<Value | undefined>;
  /** Forgets a value on every server instance; call it after the change was committed. Never throws. */
  invalidate(key: string): Promise<void>;
}

export interface Caches {
  /** A cache whose keys in Redis are `name:key`. */
  create<Value>(options: {
    name: string;
    load(key: string): Promise<Value | undefined>;
    /** How long Redis keeps a value. Absent: only the process does, for `MEMORY_TTL_MS`. */
    ttlMs?: number;
    /** Values that the process remembers. */
    max?: number;
  }): Cache<Value>;
  /** Listens for what other instances change. */
  start(): void;
  stop(): void;
}

/** Told where each value was found; the caller turns it into metrics. */
export type CacheObserver = (cache: string, found: 'memory' | 'redis' | 'source') => void;

/**
 * A process believes its memory for so long, because the message that something changed may be lost, and without Redis
 * there is none.
 */
const MEMORY_TTL_MS = 1000;
const KEYS_MAX = 1000;

/** Of several processes that miss a value, one loads it and the others look again; for so long, then they load it too. */
const LEASE_MS = 2000;
const LOOK_AGAIN_AFTER_MS = 20;
const LOOKS_MAX = 15;
const LEASE = 'loading:';

const CHANNEL = 'cache:invalidated';

/**
 * Cache-aside in two levels, with one load per key and process, and one lease per key among processes (as in memcached):
 * who misses a value in Redis puts a lease in its place and may replace only that very lease by what it loaded. An
 * invalidation takes the lease away, so a value loaded before a change is never cached after it.
 */
export function createCaches(deps: { redis?: Redis; observe?: CacheObserver }): Caches {
  const { redis, observe = () => {} } = deps;
  const fill = redis && loadScript<number>(redis, 'server', 'platform', 'fill.lua');
  const memories = new Map<string, { forget(key: string): void; clear(): void }>();
  /** Keys in Redis that could not be deleted when they had to be. */
  const outdated = new Set<string>();

  // Told to subscribe again, ioredis does it by itself as well, and lets nobody catch its failure.
  const subscriber = redis?.client.duplicate({ lazyConnect: true, autoResubscribe: false });
  subscriber?.on('error', () => {});
  subscriber?.on('ready', () => {
    // What was said while nobody listened has to be taken as said of everything.
    subscriber
      .subscribe(CHANNEL)
      .then(() => {
        for (const memory of memories.values()) memory.clear();
      })
      .catch(() => {});
  });
  subscriber?.on('message', (_channel, redisKey: string) => {
    const separator = redisKey.indexOf(':');
    memories.get(redisKey.slice(0, separator))?.forget(redisKey.slice(separator + 1));
  });
  redis?.onUp(() => {
    for (const redisKey of outdated) void invalidateInRedis(redisKey);
  });

  return {
    create({ name, load, ttlMs, max = KEYS_MAX }) {
      type Value = NonNullable<Awaited<ReturnType<typeof load>>>;
      const memory = new LRUCache<string, { value: Value }>({ max, ttl: MEMORY_TTL_MS });
      const loads = new Map<string, Promise<Value | undefined>>();
      const forget = (key: string) => {
        memory.delete(key);
        loads.delete(key);
      };
      memories.set(name, {
        forget,
        clear() {
          memory.clear();
          loads.clear();
        },
      });

      return {
        get(key) {
          const remembered = memory.get(key);
          if (remembered !== undefined) {
            observe(name, 'memory');
            return Promise.resolve(remembered.value);
          }
          const underWay = loads.get(key);
          if (underWay !== undefined) return underWay;
          const loading = find(key)
            .then((value) => {
              // Not if it was forgotten meanwhile.
              if (value !== undefined && loads.get(key) === loading) memory.set(key, { value });
              return value;
            })
            .finally(() => {
              if (loads.get(key) === loading) loads.delete(key);
            });
          loads.set(key, loading);
          return loading;
        },
        async invalidate(key) {
          forget(key);
          if (ttlMs !== undefined) await invalidateInRedis(`${name}:${key}`);
        },
      };

      async function find(key: string): Promise<Value | undefined> {
        const redisKey = `${name}:${key}`;
        const found = ttlMs === undefined ? {} : await lookInRedis(redisKey);
        if ('text' in found) {
          observe(name, 'redis');
          return JSON.parse(found.text as string);
        }
        observe(name, 'source');
        let text = '';
        try {
          const value = (await load(key)) as Value | undefined;
          if (value !== undefined) text = JSON.stringify(value);
          return value;
        } finally {
          if (found.lease !== undefined) {
            await fill?.([redisKey], [found.lease, text, ttlMs as number]).catch(() => {});
          }
        }
      }
    },

    start() {
      subscriber?.connect().catch(() => {});
    },
    stop() {
      subscriber?.disconnect();
    },
  };

  /** The value as text, or else the lease under which to put it there, or neither: then Redis is better left alone. */
  async function lookInRedis(redisKey: string): Promise<{ text?: string; lease?: string }> {
    if (redis === undefined) return {};
    try {
      for (let looks = 0; looks < LOOKS_MAX && redis.isUp(); looks += 1) {
        if (looks > 0) await delay(LOOK_AGAIN_AFTER_MS);
        const text = await redis.client.get(redisKey);
        if (text !== null) {
          if (!text.startsWith(LEASE)) return { text };
          continue;
        }
        const lease = LEASE + newId();
        if ((await redis.client.set(redisKey, lease, 'PX', LEASE_MS, 'NX')) === 'OK')
          return { lease };
      }
    } catch {
      // Away: as if there were none.
    }
    return {};
  }

  async function invalidateInRedis(redisKey: string): Promise<void> {
    if (redis === undefined) return;
    try {
      await redis.client.del(redisKey);
      await redis.client.publish(CHANNEL, redisKey);
      outdated.delete(redisKey);
    } catch {
      outdated.add(redisKey);
    }
  }
}
