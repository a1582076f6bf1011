import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { createHealthRoutes, type Probe } from './health.ts';
import { createApp, createHttpServer } from './server.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function ask(
  path: string,
  probes: Record<string, Probe>,
  { draining = false, probeTimeoutMs = 2000 } = {},
) {
  const app = createApp();
  const server = createHttpServer({
    app,
    clock: systemClock,
    nameRequest: () => 'id',
    onEnd() {},
  });
  app.use(
    createHealthRoutes({
      instance: 'api-1',
      probes,
      isDraining: () => draining,
      clock: systemClock,
      probeTimeoutMs,
    }),
  );
  const url = await server.listen(0, '127.0.0.1');
  open.push(() => server.drain(1000));
  const response = await fetch(url + path);
  // biome-ignore lint/suspicious/noExplicitAny: answers of several shapes
  const body: any = await response.json();
  return { status: response.status, body };
}

const works: Probe = async () => undefined;
const fails: Probe = async () => {
  throw new Error('query failed', { cause: new Error('connect ECONNREFUSED') });
};

describe('S0.6 health', () => {
  test('reports each dependency with its state and latency', async () => {
    const { status, body } = await ask('/health', { postgres: works, redis: fails });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'down',
      instance: 'api-1',
      draining: false,
      dependencies: {
        postgres: { state: 'up', latencyMs: expect.any(Number) },
        redis: { state: 'down', error: 'connect ECONNREFUSED' },
      },
    });
  });

  test('does not wait for a dependency that never answers', async () => {
    const { body } = await ask(
      '/health',
      { kafka: () => new Promise(() => {}) },
      { probeTimeoutMs: 20 },
    );
    expect(body.dependencies.kafka).toMatchObject({
      state: 'down',
      error: 'no answer within 20 ms',
    });
  });

  test('is ready when everything works', async () => {
    expect((await ask('/health/ready', { postgres: works })).status).toBe(200);
  });

  test('is not ready without a dependency, and says which', async () => {
    const { status, body } = await ask('/health/ready', { postgres: fails });
    expect([status, body.code]).toEqual([503, 'UNAVAILABLE']);
    expect(body.detail).toContain('postgres');
  });

  test('is live but not ready while it drains', async () => {
    const draining = { draining: true };
    expect((await ask('/health/ready', { postgres: works }, draining)).status).toBe(503);
    expect((await ask('/health/live', { postgres: works }, draining)).status).toBe(200);
  });
});

describe('S0.6 health of the whole server', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  test('knows its database and its tokens', async () => {
    server = await startTestServer();
    const { status, body } = await server.call('GET', '/health');
    expect(status).toBe(200);
    expect(body.dependencies).toMatchObject({ postgres: { state: 'up' }, auth: { state: 'up' } });
  });

  test('answers in the role sweeper too, where nothing is sold', async () => {
    server = await startTestServer({ env: { ROLES: 'sweeper' } });
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect((await server.call('GET', '/api/v1/products')).status).toBe(404);
  });
});
