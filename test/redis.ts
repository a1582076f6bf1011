import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { makeRunFolder, removeRunFolder } from '../src/stack/run-folder.ts';
import { createRedisServer, type RedisServer } from '../src/stack/services/redis.ts';

/**
 * An empty logical database on the test run's Redis, which no other test uses; only publish/subscribe is shared.
 * Without Redis it rejects: tests that need it stand in `describeWithRedis`.
 */
export async function createTestRedis(): Promise<{ url: string; drop(): Promise<void> }> {
  const shared = inject('redisUrl');
  if (shared === undefined) throw new Error('there is no Redis; use describeWithRedis');
  const counter = new Redis(shared);
  const url = `${shared}/${await counter.incr('databases')}`;
  await counter.quit();
  return {
    url,
    async drop() {
      const client = new Redis(url);
      await client.flushdb();
      await client.quit();
    },
  };
}

/**
 * A block of tests with a logical database of its own; skipped when the machine has no Redis.
 *
 * @param tests gets a function that returns the URL of the database while tests run
 */
export function describeWithRedis(name: string, tests: (url: () => string) => void): void {
  let database: Awaited<ReturnType<typeof createTestRedis>> | undefined;
  const url = () => {
    if (database === undefined) throw new Error('the database exists only while tests run');
    return database.url;
  };
  if (inject('redisUrl') === undefined) {
    describe.skip(`${name} (skipped: needs redis-server, see CONTRIBUTING.md)`, () => tests(url));
    return;
  }
  describe(name, () => {
    beforeAll(async () => {
      database = await createTestRedis();
    });
    afterAll(() => database?.drop());
    tests(url);
  });
}

/** Starts a Redis for one test, which may kill and restart it; for tests in `describeWithRedis`. */
export async function startOwnRedis(
  options: { durable?: boolean } = {},
): Promise<RedisServer & { stop(): Promise<void> }> {
  const folder = await makeRunFolder();
  const server = createRedisServer({ folder, ...options });
  const running = await server.start();
  return {
    ...running,
    async stop() {
      await server.stop();
      await removeRunFolder(folder);
    },
  };
}
