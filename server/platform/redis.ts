import { readFileSync } from 'node:fs';
import type { Redis as Client } from 'ioredis';
import { assetPath } from '../../src/kernel/assets.ts';

/**
 * A connection to Redis, for features that the server can do without. No call waits for a Redis that is away: a command
 * fails at once, and its caller goes on as if there were no Redis. The connection is restored by itself.
 */
export interface Redis {
  /** Its commands reject within `COMMAND_TIMEOUT_MS`, at once while Redis is away. One that timed out may have run. */
  readonly client: Client;
  isUp(): boolean;
  /** Resolves when Redis answers. */
  ping(): Promise<unknown>;
  /** Calls `listener` each time Redis is usable again. It may have lost all its data. */
  onUp(listener: () => void): void;
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 1000;
const RECONNECT_AFTER_MS_MAX = 500;

/** Connects to Redis. Resolves as well when Redis is away, so that the server can start. */
export async function connectRedis(options: {
  url: string;
  connectionName?: string;
  onDown?(error: Error): void;
}): Promise<Redis> {
  // Loaded here, because many servers have no Redis.
  const { default: ioredis } = await import('ioredis');
  const client: Client = new ioredis.Redis(options.url, {
    connectionName: options.connectionName,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (tries) => Math.min(tries * 50, RECONNECT_AFTER_MS_MAX),
  });
  // ioredis emits an error at every attempt to reconnect; `onDown` is called once per loss.
  let isLossReported = false;
  client.on('error', (error: Error) => {
    if (isLossReported) return;
    isLossReported = true;
    options.onDown?.(error);
  });
  client.on('ready', () => {
    isLossReported = false;
  });
  client.on('close', () => {
    if (isLossReported || client.status === 'end') return;
    isLossReported = true;
    options.onDown?.(new Error('the connection was closed'));
  });
  await client.connect().catch(() => {});
  return {
    client,
    isUp: () => client.status === 'ready',
    async ping() {
      if (client.status !== 'ready') throw new Error('there is no connection');
      await client.ping();
    },
    onUp: (listener) => void client.on('ready', listener),
    async close() {
      client.disconnect();
    },
  };
}

/**
 * Returns a function that runs a Lua script of the repository. Redis gets the text once, and later calls name its hash
 * (EVALSHA); a restarted Redis gets the text again.
 *
 * @param path the parts of the file's path, from the root of the repository
 */
export function loadScript<Result>(
  redis: Redis,
  ...path: string[]
): (keys: string[], args: (string | number)[]) => Promise<Result> {
  const command = path.join('/');
  redis.client.defineCommand(command, { lua: readFileSync(assetPath(...path), 'utf8') });
  const call = (
    redis.client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  )[command]!.bind(redis.client);
  return async (keys, args) => (await call(keys.length, ...keys, ...args)) as Result;
}
