import { existsSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { refusedOrigin, serve, type TestServer } from '../../load/testing/servers.ts';
import { createScope } from '../../stack/resource.ts';
import type { RunOptions } from '../context.ts';
import { describeServers, openServers } from './servers.ts';

const opened: TestServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function serveHealth(status: number): Promise<string> {
  const server = await serve((_, response) => response.writeHead(status).end());
  opened.push(server);
  return server.origin;
}

function open(options: Partial<RunOptions>) {
  const scope = createScope();
  const deps = { scope, onEvent() {}, abandon() {} };
  const servers = openServers(
    { keep: false, ...options, payments: undefined } as Parameters<typeof openServers>[0],
    deps,
  );
  return { servers, scope };
}

it('uses targets that are ready, with a folder for the time of the run', async () => {
  const target = await serveHealth(200);
  const { servers, scope } = open({ targets: [target], adminToken: 'token' });
  const { folder, ...rest } = await servers;
  expect(rest).toEqual({ targets: [target], adminToken: 'token', kept: [] });
  expect(existsSync(folder)).toBe(true);
  await scope.stop();
  expect(existsSync(folder)).toBe(false);
});

it('refuses a target that is not ready', async () => {
  const target = await serveHealth(503);
  await expect(open({ targets: [target], adminToken: 'token' }).servers).rejects.toMatchObject({
    message: `${target} is not ready`,
    why: '/health/ready answered 503',
    exitCode: 3,
  });
});

it('refuses a target that does not answer', async () => {
  const targets = [await refusedOrigin()];
  await expect(open({ targets, adminToken: 'token' }).servers).rejects.toMatchObject({
    why: expect.stringContaining('ECONNREFUSED'),
    exitCode: 3,
  });
});

it('refuses a target without an administrator’s token', async () => {
  const targets = [await serveHealth(200)];
  await expect(open({ targets }).servers).rejects.toMatchObject({
    next: expect.stringContaining('--admin-token'),
    exitCode: 2,
  });
});

it.each<[Partial<RunOptions>, string]>([
  [{ targets: ['http://shop'] }, 'the target'],
  [{ redis: false, kafka: false }, 'PostgreSQL and the server'],
  [{ redis: true, kafka: true }, 'PostgreSQL, Redis, Kafka and the server'],
  [{ redis: false, redisUrl: 'redis://a', kafka: false }, 'PostgreSQL, Redis and the server'],
])('describes %j as %s', (options, description) => {
  expect(describeServers(options as RunOptions)).toBe(description);
});
