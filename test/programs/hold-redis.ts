import { makeRunFolder } from '../../src/stack/run-folder.ts';
import { createRedisServer } from '../../src/stack/services/redis.ts';

/** Starts a Redis, reports its folder to the parent, and waits to be killed. */
const folder = await makeRunFolder();
const redis = await createRedisServer({ folder }).start();
process.send?.({ folder, pid: redis.pid() });
