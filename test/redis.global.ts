import type { TestProject } from 'vitest/node';
import { makeRunFolder, removeRunFolder } from '../src/stack/run-folder.ts';
import { createRedisServer, findRedisServer } from '../src/stack/services/redis.ts';
import { unlessAbsent } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the Redis that all test files share, each in logical databases of its own; undefined without Redis. */
    redisUrl: string | undefined;
  }
}

/** Number of logical databases. Each block of tests takes a new one, and a run has fewer blocks than this. */
const DATABASES = 2_000;

/** One Redis for the whole test run. */
export default async function startRedis(project: TestProject): Promise<() => Promise<void>> {
  if ((await unlessAbsent(findRedisServer)) === undefined) {
    project.provide('redisUrl', undefined);
    return async () => {};
  }
  const folder = await makeRunFolder();
  const redis = createRedisServer({ folder, databases: DATABASES });
  project.provide('redisUrl', (await redis.start()).url);
  return async () => {
    await redis.stop();
    await removeRunFolder(folder);
  };
}
