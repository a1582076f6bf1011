import { readFileSync } from 'node:fs';
import { Redis as Client } from 'ioredis';
import { assetPath } from '../../src/kernel/assets.ts';

/**
 * A connection to Redis for things the server can do without. Nothing waits for a Redis that is away: a command then
 * fails at once, and its caller goes on as if there were no Redis. The connection comes back by itself.
 */
export interface Redis {
  /** Commands reject within `COMMAND_TIMEOUT_MS`, at once while Redis is away. One that timed out may have run. */
  readonly client: Client;
  isUp(): boolean;
  /** Resolves when Redis answers. */
  ping(): Promise<unknown>;
  /** Calls back each time Redis can be used (again), which may be a Redis that has forgotten everything. */
  onUp(listener: () => void): void;
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 1000;
const RECONNECT_AFTER_MS_MAX = 500;

/** Resolves when Redis answers or has been found away; either way the server can start. */
export async function connectRedis(options: {
  url: string;
  connectionName?: string;
  onDown?(error: Error): void;
}): Promise<Redis> {
  const client = new Client(options.url, {
    connectionName: options.connectionName,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (tries) => Math.min(tries * 50, RECONNECT_AFTER_MS_MAX),
  });
  // ioredis repeats itself at every attempt to reconnect; one line per loss is enough.
  let toldOfLoss = false;
  client.on('error', (error: Error) => {
    if (toldOfLoss) return;
    toldOfLoss = true;
    options.onDown?.(error);
  });
  client.on('ready', () => {
    toldOfLoss = false;
  });
  client.on('close', () => {
    if (toldOfLoss || client.status === 'end') return;
    toldOfLoss = true;
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
 * A Lua script of the repository as a function. Redis gets the text once and is called by its hash after that (EVALSHA),
 * also when a restarted Redis has forgotten it.
 *
 * @param path the file, from the repository's root, part by part
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
