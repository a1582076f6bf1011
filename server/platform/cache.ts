import { LRUCache } from 'lru-cache';
import type { Redis } from './redis.ts';
import { createRedisCache, type Found } from './redis-cache.ts';

/** Copies of values that are read far more often than they change. A value is JSON; `undefined` is not cached. */
export interface Cache<Value> {
  /** The value from the memory of the process, else from Redis, else from its source. */
  get(key: string): Promise<Value | undefined>;
  /** Removes a value on every server instance. Must be called after the change was committed. Never throws. */
  invalidate(key: string): Promise<void>;
}

export interface Caches {
  /** A cache whose keys in Redis are `name:key`. */
  create<Value>(options: CacheOptions<Value>): Cache<Value>;
  /** Subscribes to the invalidations of other instances. */
  start(): void;
  stop(): void;
}

interface CacheOptions<Value> {
  name: string;
  load(key: string): Promise<Value | undefined>;
  /** The time Redis keeps a value. Absent: only the process caches, for `MEMORY_TTL_MS`. */
  ttlMs?: number;
  /** The most values in the memory of the process; large ones are fewer. */
  max?: number;
}

/** Called with the level at which each value was found, for metrics. */
export type CacheObserver = (cache: string, found: 'memory' | 'redis' | 'source') => void;

/**
 * The time a process uses a value from its memory. It is short because the message about a change may be lost, and
 * without Redis there is no message.
 */
const MEMORY_TTL_MS = 1000;
const KEYS_MAX = 1000;
/** Characters of JSON that the values of one cache have at most in the memory of the process. */
const CHARACTERS_MAX = 10_000_000;

/** Cache-aside in two levels, memory and Redis (`redis-cache.ts`), with one load per key and process at a time. */
export function createCaches(deps: { redis?: Redis; observe?: CacheObserver }): Caches {
  const { redis, observe = () => {} } = deps;
  const memories = new Map<string, Memory<unknown>>();
  const shared =
    redis &&
    createRedisCache(redis, {
      names: () => memories.keys(),
      onInvalidated(redisKey) {
        const separator = redisKey.indexOf(':');
        memories.get(redisKey.slice(0, separator))?.forget(redisKey.slice(separator + 1));
      },
      onGap() {
        for (const memory of memories.values()) memory.clear();
      },
    });

  return {
    create<Value>({ name, load, ttlMs, max = KEYS_MAX }: CacheOptions<Value>): Cache<Value> {
      const memory = createMemory<Value>(max, find);
      memories.set(name, memory);

      return {
        get(key) {
          const remembered = memory.read(key);
          if (remembered === undefined) return memory.load(key);
          observe(name, 'memory');
          return Promise.resolve(remembered.value);
        },
        async invalidate(key) {
          memory.forget(key);
          if (ttlMs !== undefined) await shared?.invalidate(`${name}:${key}`);
        },
      };

      async function find(key: string): Promise<Loaded<Value>> {
        const redisKey = `${name}:${key}`;
        const found: Found = (ttlMs === undefined ? undefined : await shared?.find(redisKey)) ?? {};
        if (found.text !== undefined) {
          observe(name, 'redis');
          return { value: JSON.parse(found.text), characters: found.text.length };
        }
        observe(name, 'source');
        let text = '';
        try {
          const value = await load(key);
          if (value !== undefined) text = JSON.stringify(value);
          return { value, characters: text.length };
        } finally {
          if (found.lease !== undefined) {
            await shared?.fill(redisKey, found.lease, text, ttlMs as number);
          }
        }
      }
    },

    start: () => shared?.start(),
    stop: () => shared?.stop(),
  };
}

/** A value with the length of its JSON. */
interface Loaded<Value> {
  value: Value | undefined;
  characters: number;
}

interface Memory<Value> {
  read(key: string): { value: Value } | undefined;
  /** Loads a value, or joins the load that is under way. */
  load(key: string): Promise<Value | undefined>;
  forget(key: string): void;
  clear(): void;
}

function createMemory<Value>(
  max: number,
  find: (key: string) => Promise<Loaded<Value>>,
): Memory<Value> {
  const values = new LRUCache<string, { value: Value }>({
    ...{ max, ttl: MEMORY_TTL_MS, maxSize: CHARACTERS_MAX },
  });
  const loads = new Map<string, Promise<Value | undefined>>();

  return {
    read: (key) => values.get(key),
    load(key) {
      const underWay = loads.get(key);
      if (underWay !== undefined) return underWay;
      const loading = find(key)
        .then(({ value, characters }) => {
          // A value that was forgotten while it was loaded is not kept.
          if (value !== undefined && loads.get(key) === loading)
            values.set(key, { value }, { size: key.length + characters });
          return value;
        })
        .finally(() => {
          if (loads.get(key) === loading) loads.delete(key);
        });
      loads.set(key, loading);
      return loading;
    },
    forget(key) {
      values.delete(key);
      loads.delete(key);
    },
    clear() {
      values.clear();
      loads.clear();
    },
  };
}
