import type { TestProject } from 'vitest/node';
import { makeRunFolder, removeRunFolder } from '../src/stack/run-folder.ts';
import { createRedisServer, findRedisServer } from '../src/stack/services/redis.ts';
import { unlessAbsent } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Redis all test files share, each in logical databases of its own; undefined when there is none. */
    redisUrl: string | undefined;
  }
}

/** Each use takes a new one; nobody runs more than this in one go. */
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
