import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, inject, it } from 'vitest';
import type { SaleReport } from '../../src/run/run-report.ts';
import { type FaultySale, sellUnder } from './sell-under.ts';

/** Long enough that every connection notices the outage, and short in comparison with the sale. */
const OUTAGE_MS = 1_500;

const hasRedis = inject('redisUrl') !== undefined;
const kafkaHome = inject('kafkaHome');

const rush = (details: Pick<FaultySale, 'fault'> & Partial<FaultySale>): Promise<SaleReport> =>
  sellUnder({
    ...{ scenario: 'rush', instances: 2, stock: 400, buyers: 8_000, kafkaHome },
    databaseUrl: inject('postgresUrl'),
    ...details,
  });

const attempts = (details: Pick<FaultySale, 'fault'> & Partial<FaultySale>): Promise<SaleReport> =>
  rush({ scenario: 'flash-attempts', stock: 200, buyers: 3_000, ...details });

function expectValidAndSoldOut(report: SaleReport): void {
  const complaints = report.verdict.checks.filter(
    ({ status }) => status !== 'valid' && status !== 'skipped',
  );
  expect(complaints).toEqual([]);
  expect(report.verdict).toMatchObject({ status: 'valid', inconclusiveBecause: [] });
  expect(report.stock).toEqual(
    report.sale.skus.map(({ skuId, total }) => ({
      skuId,
      total,
      available: 0,
      held: 0,
      sold: total,
    })),
  );
}

describe('a sale whose servers are killed', () => {
  it('S4.4 makes an order of every accepted attempt, whichever server dies in between', async () => {
    const report = await attempts({
      async fault({ parts }) {
        for (const server of parts.servers) {
          await server.kill();
          await delay(OUTAGE_MS);
        }
      },
    });
    expectValidAndSoldOut(report);
  });
});

describe.skipIf(!hasRedis)('a sale in which Redis fails (needs redis-server)', () => {
  it('S1.7 is valid and sells out when Redis loses all its data', async () => {
    const report = await rush({
      redis: true,
      async fault({ redisUrl }) {
        const client = new Redis(redisUrl as string);
        await client.flushall();
        await client.quit();
      },
    });
    expectValidAndSoldOut(report);
  });

  it('S4.8 is valid and sells out when Redis is killed and comes back', async () => {
    const report = await rush({
      redis: true,
      async fault({ parts }) {
        await parts.redis?.kill();
        await delay(OUTAGE_MS);
        await parts.redis?.restart();
      },
    });
    expectValidAndSoldOut(report);
  });

  it('S4.8 is valid and sells out when Redis is gone for good', async () => {
    const report = await rush({ redis: true, fault: async ({ parts }) => parts.redis?.kill() });
    expectValidAndSoldOut(report);
  });
});

describe.skipIf(kafkaHome === undefined)('a sale in which Kafka fails (needs Kafka)', () => {
  it('S4.8 is valid and delivers every event when the broker is killed and comes back', async () => {
    const report = await rush({
      kafka: true,
      async fault({ parts }) {
        await parts.kafka?.kill();
        await delay(OUTAGE_MS);
        await parts.kafka?.restart();
      },
    });
    expectValidAndSoldOut(report);
  });

  it('S4.8 accepts attempts without the broker, and orders them when it is back', async () => {
    const report = await attempts({
      kafka: true,
      redis: hasRedis,
      async fault({ parts }) {
        await parts.kafka?.kill();
        await delay(OUTAGE_MS);
        await parts.kafka?.restart();
      },
    });
    expectValidAndSoldOut(report);
  });
});
