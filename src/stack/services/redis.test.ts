import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { parentOf } from '../../../test/parent-of.ts';
import { describeWithRedis } from '../../../test/redis.ts';
import { until } from '../../../test/until.ts';
import { assetPath } from '../../kernel/assets.ts';
import { isRunning } from '../processes/is-running.ts';
import { makeRunFolder, removeRunFolder } from '../run-folder.ts';
import { createRedisServer, emptyRedis } from './redis.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function newRedis(options: { durable?: boolean; port?: number } = {}) {
  const folder = await makeRunFolder();
  const deaths: string[] = [];
  const server = createRedisServer({ folder, onDeath: (why) => deaths.push(why), ...options });
  cleanups.push(() => removeRunFolder(folder));
  cleanups.push(() => server.stop());
  return { server, folder, deaths };
}

async function ask(url: string, ...command: [string, ...string[]]): Promise<unknown> {
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    return await client.call(...command);
  } finally {
    client.disconnect();
  }
}

describeWithRedis('a Redis of our own', () => {
  it('C.1 answers on loopback, and leaves neither process nor data behind', async () => {
    const { server, folder } = await newRedis();
    const redis = await server.start();
    expect(await ask(redis.url, 'PING')).toBe('PONG');
    const pid = redis.pid() as number;

    await server.stop();
    await server.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(join(folder, 'redis'))).toBe(false);
  });

  it('S1.7 loses all its data on demand, in every logical database', async () => {
    const { server } = await newRedis();
    const { url } = await server.start();
    await ask(url, 'SET', 'stock', '1');
    await ask(`${url}/3`, 'SET', 'stock', '1');
    await emptyRedis(url);
    expect(await ask(url, 'INFO', 'keyspace')).not.toContain('keys=');
    await server.stop();
    await expect(emptyRedis(url)).rejects.toThrow();
  });

  it('is empty and on the same port after a kill and a restart', async () => {
    const { server, deaths } = await newRedis();
    const redis = await server.start();
    await ask(redis.url, 'SET', 'stock', '1');
    await redis.kill();
    await redis.kill();
    expect(redis.pid()).toBeUndefined();
    await expect(ask(redis.url, 'PING')).rejects.toThrow();

    await redis.restart();
    expect(await ask(redis.url, 'GET', 'stock')).toBeNull();
    expect(deaths).toEqual([]);
  });

  it('keeps acknowledged writes through a kill if it is durable', async () => {
    const { server } = await newRedis({ durable: true });
    const redis = await server.start();
    await ask(redis.url, 'SET', 'stock', '1');
    await redis.restart();
    expect(await ask(redis.url, 'GET', 'stock')).toBe('1');
  });

  it('reports that it died by itself', async () => {
    const { server, deaths } = await newRedis();
    const redis = await server.start();
    process.kill(redis.pid() as number, 'SIGKILL');
    await until(() => deaths.length > 0);
    expect(deaths).toEqual(['it ended with SIGKILL']);
  });

  it('can be called off while it starts', async () => {
    const { server, folder } = await newRedis();
    const start = server.start();
    const failure = expect(start).rejects.toMatchObject({ why: 'it was stopped' });
    await server.stop();
    await failure;
    await server.stop();
    expect(existsSync(join(folder, 'redis'))).toBe(false);
  });

  it('says so when its port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    cleanups.push(async () => void squatter.close());
    const { port } = squatter.address() as { port: number };
    const { server } = await newRedis({ port });
    await expect(server.start()).rejects.toMatchObject({
      message: 'Redis did not start',
      why: `another process listens on port ${port}`,
      exitCode: 3,
    });
  });

  it('C.1 ends, and the run’s folder with it, when the process that started it is killed with -9', async () => {
    const user = fork(assetPath('test/programs/hold-redis.ts'), {
      execArgv: ['--import', 'tsx'],
    });
    const [{ folder, pid }] = (await once(user, 'message')) as [{ folder: string; pid: number }];
    cleanups.push(() => removeRunFolder(folder));
    expect(isRunning(pid)).toBe(true);

    user.kill('SIGKILL');
    await until(() => !isRunning(pid) && !existsSync(folder));
  });

  it('ends when its keeper is killed with -9', async () => {
    const { server, deaths } = await newRedis();
    const pid = (await server.start()).pid() as number;
    process.kill(parentOf(pid), 'SIGKILL');
    await until(() => !isRunning(pid));
    expect(deaths).toEqual(['its keeper ended with SIGKILL']);
  });
});
