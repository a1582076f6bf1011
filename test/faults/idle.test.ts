import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StackEvent } from '../../src/stack/options.ts';
import { createScope } from '../../src/stack/resource.ts';
import { createStack, type RunningStack } from '../../src/stack/stack.ts';
import { until } from '../until.ts';

/**
 * Dependencies of a server that go away while nothing happens: every connection to them is idle then, and nobody waits for
 * an error on it.
 */

/** Long enough that every connection notices the outage, and that what is tried again is tried several times. */
const OUTAGE_MS = 2_500;
/**
 * Lines about one outage: some for each part that uses the dependency, in its first second ten of each kind of failure, and then one
 * a second.
 */
const linesMax = (seconds: number): number => 60 + 5 * seconds;
const LINE_CHARACTERS_MAX = 8_000;

const kafkaHome = inject('kafkaHome');
const redis = inject('redisUrl') !== undefined;
const scope = createScope();
const events: StackEvent[] = [];
let stack: RunningStack;

beforeAll(async () => {
  stack = await scope.start(
    createStack({
      ...{ instances: 1, redis, kafka: kafkaHome !== undefined, kafkaHome },
      ...{ strategy: 'batched', unsafe: false, holdTtlMs: 120_000, keep: false },
      onEvent: (event) => events.push(event),
    }),
  );
});
afterAll(() => scope.stop());

const readLog = async () =>
  (await readFile(join(stack.folder, 'server-1.log'), 'utf8')).trimEnd().split('\n');

async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = {
    authorization: `Bearer ${stack.adminToken}`,
    'content-type': 'application/json',
  };
  return fetch(stack.targets[0] + path, { ...options, headers });
}

async function isUp(dependency: string): Promise<boolean> {
  const answer = await ask('/health');
  const health = (await answer.json()) as { dependencies: Record<string, { state: string }> };
  return answer.ok && health.dependencies[dependency]?.state === 'up';
}

/**
 * Expects that an outage of a dependency leaves few lines in the server's log, all of them short, and no server dead.
 * @param refused Requests that are refused meanwhile: one in ten of them may leave a line.
 */
async function expectFewLines(
  dependency: string,
  breakIt: () => Promise<unknown>,
  refused = 0,
): Promise<void> {
  await until(() => isUp(dependency));
  const before = (await readLog()).length;
  const startedMs = performance.now();
  await breakIt();
  await until(() => isUp(dependency));
  const lines = (await readLog()).slice(before);
  const outageS = (performance.now() - startedMs) / 1000;
  expect(lines.length).toBeLessThan(linesMax(outageS) + refused / 10);
  for (const line of lines) expect(line.length).toBeLessThan(LINE_CHARACTERS_MAX);
  expect(events.filter(({ type }) => type === 'died' || type === 'gave_up')).toEqual([]);
}

async function outage(program: { kill(): Promise<void>; restart(): Promise<void> } | undefined) {
  await program?.kill();
  await delay(OUTAGE_MS);
  await program?.restart();
}

describe('S1.13 a server whose dependency goes away while nothing happens', () => {
  it('lives on when PostgreSQL crashes and comes back', async () => {
    await expectFewLines('postgres', () => outage(stack.parts.postgres));
    expect((await ask('/api/v1/products')).status).toBe(200);
  });

  it('lives on when PostgreSQL is restarted at once', async () => {
    await expectFewLines('postgres', async () => stack.parts.postgres?.restart());
    expect((await ask('/api/v1/admin/ledger')).status).toBe(200);
  });

  it.skipIf(!redis)('lives on when Redis crashes and comes back', async () => {
    await expectFewLines('redis', () => outage(stack.parts.redis));
  });

  it.skipIf(kafkaHome === undefined)('lives on when Kafka crashes and comes back', async () => {
    await expectFewLines('kafka', () => outage(stack.parts.kafka));
  });

  it('writes few lines while a crowd is refused because PostgreSQL is away', async () => {
    const skuId = 'LAMP';
    const product = { skuId, name: 'Lamp', basePrice: '9.00', flashSalePrice: '9.00' };
    const products = [{ ...product, totalInventory: 1000 }];
    await ask('/api/v1/admin/products', { method: 'PUT', body: JSON.stringify({ products }) });
    const statuses: number[] = [];
    const body = JSON.stringify({ skuId, quantity: 1 });
    const killAndRefuse = async () => {
      await stack.parts.postgres?.kill();
      for (let round = 0; round < 20; round += 1) {
        const crowd = Array.from({ length: 100 }, () =>
          ask('/api/v1/reservations', { method: 'POST', body }),
        );
        for (const { status } of await Promise.all(crowd)) statuses.push(status);
      }
      await stack.parts.postgres?.restart();
    };
    await expectFewLines('postgres', killAndRefuse, 2000);
    expect(statuses).toHaveLength(2000);
    expect(Math.min(...statuses)).toBeGreaterThanOrEqual(500);
  });
});
