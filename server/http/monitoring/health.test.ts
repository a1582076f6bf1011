import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/kernel/clock.ts';
import { Health } from '../../../src/protocol/health.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { createLogger } from '../../platform/logging.ts';
import { createApp, createHttpServer } from '../server.ts';
import type { Dependency, Probe } from './dependencies.ts';
import { createHealthRoutes } from './health.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Starts a server with these dependencies. */
async function serve(
  dependencies: Record<string, Dependency>,
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
      dependencies,
      isDraining: () => draining,
      clock: systemClock,
      log: createLogger({ level: 'silent', instance: 'api-1' }),
      probeTimeoutMs,
    }),
  );
  const url = await server.listen(0, '127.0.0.1');
  open.push(() => server.drain({ noticeMs: 0, timeoutMs: 1000 }));
  return async (path: string) => {
    const response = await fetch(url + path);
    // biome-ignore lint/suspicious/noExplicitAny: answers of several shapes
    const body: any = await response.json();
    return { status: response.status, body };
  };
}

const ask = async (path: string, ...serving: Parameters<typeof serve>) =>
  (await serve(...serving))(path);

const required = (probe: Probe): Dependency => ({ probe, required: true });
const optional = (probe: Probe | undefined): Dependency => ({ probe, required: false });
const works: Probe = async () => undefined;
const fails: Probe = async () => {
  throw new Error('query failed', { cause: new Error('connect ECONNREFUSED') });
};

describe('S0.6 health', () => {
  test('reports each dependency with its state and latency', async () => {
    const { status, body } = await ask('/health', {
      postgres: required(fails),
      redis: optional(works),
      kafka: optional(undefined),
    });
    expect(status).toBe(503);
    expect(Health.parse(body)).toMatchObject({
      status: 'down',
      instance: 'api-1',
      draining: false,
      dependencies: {
        postgres: { state: 'down', error: 'connect ECONNREFUSED' },
        redis: { state: 'up', latencyMs: expect.any(Number) },
        kafka: { state: 'not_configured' },
      },
    });
  });

  test('is degraded, but ready, without an optional dependency', async () => {
    const dependencies = { postgres: required(works), redis: optional(fails) };
    const { status, body } = await ask('/health', dependencies);
    expect([status, body.status]).toEqual([200, 'degraded']);
    expect((await ask('/health/ready', dependencies)).status).toBe(200);
  });

  test('does not wait for a dependency that never answers', async () => {
    const { body } = await ask(
      '/health',
      { kafka: optional(() => new Promise(() => {})) },
      { probeTimeoutMs: 20 },
    );
    expect(body.dependencies.kafka).toMatchObject({
      state: 'down',
      error: 'no answer within 20 ms',
    });
  });

  test('is ready when everything works', async () => {
    expect((await ask('/health/ready', { postgres: required(works) })).status).toBe(200);
  });

  test('is not ready without a required dependency, and names it', async () => {
    const { status, body } = await ask('/health/ready', { postgres: required(fails) });
    expect([status, body.code]).toEqual([503, 'UNAVAILABLE']);
    expect(body.detail).toContain('postgres');
  });

  test('has started for good as soon as all required dependencies have worked', async () => {
    let probe = fails;
    const askAgain = await serve({ postgres: required(() => probe()) });
    expect((await askAgain('/health/startup')).status).toBe(503);
    probe = works;
    expect((await askAgain('/health/startup')).status).toBe(200);
    probe = fails;
    expect((await askAgain('/health/startup')).status).toBe(200);
    expect((await askAgain('/health/ready')).status).toBe(503);
  });

  test('is live but not ready while it drains', async () => {
    const draining = { draining: true };
    const dependencies = { postgres: required(works) };
    expect((await ask('/health/ready', dependencies, draining)).status).toBe(503);
    expect((await ask('/health/live', dependencies, draining)).status).toBe(200);
  });
});

describe('S0.6 health of the whole server', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  test('reports its database and its tokens', async () => {
    server = await startTestServer();
    const { status, body } = await server.call('GET', '/health');
    expect(status).toBe(200);
    expect(body.dependencies).toMatchObject({ postgres: { state: 'up' }, auth: { state: 'up' } });
  });

  test('S3.5 is degraded while the payment provider is left alone, and counts it', async () => {
    const env = { PAYMENT_URL: 'http://127.0.0.1:1', PAYMENT_WEBHOOK_SECRET: 'w'.repeat(32) };
    server = await startTestServer({ env });
    const { token } = await server.newBuyer();
    const health = async () => (await server.call('GET', '/health')).body;
    expect((await health()).dependencies.payment).toMatchObject({ state: 'up' });
    const body = { skuId: await server.newProduct(2), quantity: 1 };
    const held = await server.call('POST', '/api/v1/reservations', { token, body });
    const { reservationId } = held.body;
    // Each call is tried three times, and five failures in a row open the circuit.
    for (const transactionId of ['t1', 't2']) {
      const body = { reservationId, paymentMethod: 'card', transactionId };
      const { status } = await server.call('POST', '/api/v1/orders/checkout', { token, body });
      expect(status).toBe(503);
    }
    expect(await health()).toMatchObject({
      status: 'degraded',
      dependencies: { payment: { state: 'down', error: expect.stringContaining('ECONNREFUSED') } },
    });
    const { body: metrics } = await server.call('GET', '/metrics');
    expect(metrics).toContain('flashsale_circuit_state{dependency="payment"} 1');
  });

  test('answers also in the role sweeper, which has no API', async () => {
    server = await startTestServer({ env: { ROLES: 'sweeper' } });
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect((await server.call('GET', '/api/v1/products')).status).toBe(404);
  });
});
