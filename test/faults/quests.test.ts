import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, inject, it } from 'vitest';
import type { SaleReport } from '../../src/run/run-report.ts';
import { type FaultySale, sellUnder } from './sell-under.ts';

const OUTAGE_MS = 1_500;

const questRewards = (details: Pick<FaultySale, 'fault'> & Partial<FaultySale>) =>
  sellUnder({
    ...{ scenario: 'quest-rewards', instances: 2, stock: 90, buyers: 1_200 },
    databaseUrl: inject('postgresUrl'),
    ...details,
  });

/** Every check is valid, and the pool is used up: whoever completed a quest has a voucher, or was told that none is left. */
function expectValidAndUsedUp({ verdict, stock, sale }: SaleReport): void {
  const complaints = verdict.checks.filter(
    ({ status }) => status !== 'valid' && status !== 'skipped',
  );
  expect(complaints).toEqual([]);
  expect(verdict.checks).toContainEqual(
    expect.objectContaining({ name: 'reward-capacity', status: 'valid' }),
  );
  expect(stock.map(({ skuId, sold }) => [skuId, sold])).toEqual(
    sale.skus.map(({ skuId, total }) => [skuId, total]),
  );
}

describe('a crowd that completes quests', () => {
  it('S2.4 uses the pool of vouchers up exactly when the servers are killed one after the other', async () => {
    const report = await questRewards({
      async fault({ parts }) {
        for (const server of parts.servers) {
          await server.kill();
          await delay(OUTAGE_MS);
        }
      },
    });
    expectValidAndUsedUp(report);
  });

  it.skipIf(inject('redisUrl') === undefined)(
    'S2.4 uses the pool of vouchers up exactly when Redis forgets everything (needs redis-server)',
    async () => {
      const report = await questRewards({
        redis: true,
        async fault({ redisUrl }) {
          const client = new Redis(redisUrl as string);
          await client.flushall();
          await client.quit();
        },
      });
      expectValidAndUsedUp(report);
    },
  );
});
