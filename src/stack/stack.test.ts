import { afterEach, expect, inject, it } from 'vitest';
import { describeWithRedis } from '../../test/redis.ts';
import { until } from '../../test/until.ts';
import type { StackEvent, StackOptions } from './options.ts';
import { findFreePort } from './processes/free-port.ts';
import { isRunning } from './processes/is-running.ts';
import { probeKafka } from './services/kafka.ts';
import { probeRedis } from './services/redis.ts';
import { createStack } from './stack.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newStack(options: Partial<StackOptions>) {
  const events: StackEvent[] = [];
  const stack = createStack({
    ...{ instances: 1, strategy: 'batched', unsafe: false, keep: false },
    holdTtlMs: 60_000,
    ...{ redis: false, kafka: false, databaseUrl: inject('postgresUrl') },
    onEvent: (event) => events.push(event),
    ...options,
  });
  cleanups.push(() => stack.stop());
  return { stack, events };
}

const health = async (target: string) =>
  (await fetch(`${target}/health`)).json() as Promise<{ dependencies: Record<string, unknown> }>;

it('C.1 a PostgreSQL that was killed has everything that was committed after its restart', async () => {
  const { stack, events } = newStack({ databaseUrl: undefined });
  const { parts, targets, adminToken } = await stack.start();
  const products = `${targets[0]}/api/v1/admin/products`;
  const put = await fetch(products, {
    method: 'PUT',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      products: [
        {
          ...{ skuId: 'SHOE-1', name: 'Shoe', basePrice: '99.00', flashSalePrice: '19.99' },
          totalInventory: 3,
        },
      ],
    }),
  });
  expect(put.status).toBe(200);
  await parts.postgres?.kill();
  await parts.postgres?.restart();
  await until(async () => (await fetch(`${targets[0]}/health/ready`)).ok);
  expect((await fetch(`${targets[0]}/api/v1/products/SHOE-1`)).status).toBe(200);
  expect(events).toEqual([]);
});

it('an instance that was killed for a test is restarted, and both are reported', async () => {
  const { stack, events } = newStack({});
  const { parts } = await stack.start();
  await parts.servers[0]?.kill();
  await until(() => events.length === 2);
  expect(events).toMatchObject([{ type: 'died' }, { type: 'restarted' }]);
});

describeWithRedis('a stack with Redis', (redisUrl) => {
  it('C.1 starts one, passes it to the servers, and removes it', async () => {
    const { stack } = newStack({ redis: true });
    const { parts, redisUrl, targets } = await stack.start();
    expect((await health(targets[0] as string)).dependencies).toHaveProperty('redis');
    const pid = parts.redis?.pid() as number;
    expect(await probeRedis(redisUrl as string)).toMatch(/^Redis \d+\.\d+/);
    await stack.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it('uses the Redis it is given, and starts none', async () => {
    const { stack } = newStack({ redis: true, redisUrl: redisUrl() });
    const running = await stack.start();
    expect(running.redisUrl).toBe(redisUrl());
    expect(running.parts.redis).toBeUndefined();
    expect((await health(running.targets[0] as string)).dependencies).toMatchObject({
      redis: { state: 'up' },
    });
  });
});

const kafkaHome = inject('kafkaHome');
it.skipIf(kafkaHome === undefined)('C.1 starts a Kafka broker, and removes it', async () => {
  const { stack } = newStack({ kafka: true, kafkaHome });
  const { parts, kafkaBrokers } = await stack.start();
  const pid = parts.kafka?.pid() as number;
  expect(await probeKafka(kafkaBrokers as string)).toBe('Kafka, 1 broker');
  await stack.stop();
  expect(isRunning(pid)).toBe(false);
});

it('refuses a Redis or a Kafka that was named and is not there', async () => {
  const port = await findFreePort();
  const { stack: withRedis } = newStack({ redisUrl: `redis://:secret-word@127.0.0.1:${port}` });
  const error = await withRedis.start().catch((error) => error);
  expect(error).toMatchObject({
    message: `Redis at 127.0.0.1:${port} cannot be used`,
    why: expect.stringContaining('ECONNREFUSED'),
    next: expect.stringContaining('--redis'),
    exitCode: 3,
  });
  expect(`${error.message}${error.why}${error.next}`).not.toContain('secret-word');

  const { stack: withKafka } = newStack({ kafkaBrokers: `127.0.0.1:${port}` });
  await expect(withKafka.start()).rejects.toMatchObject({
    message: `Kafka at 127.0.0.1:${port} cannot be used`,
    next: expect.stringContaining('--kafka'),
    exitCode: 3,
  });
});
