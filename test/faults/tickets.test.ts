import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, inject, it } from 'vitest';
import type { SaleReport } from '../../src/run/run-report.ts';
import { type FaultySale, sellUnder } from './sell-under.ts';

/** Long enough that purchases are under way, and short in comparison with the sale. */
const IN_BETWEEN_MS = 500;

const redis = inject('redisUrl') !== undefined;

const sellTickets = (details: Pick<FaultySale, 'fault'> & Partial<FaultySale>) =>
  sellUnder({
    ...{ scenario: 'tickets', instances: 2, redis, stock: 200, buyers: 2_500 },
    databaseUrl: inject('postgresUrl'),
    ...details,
  });

function expectNothingWrong({ verdict }: SaleReport): void {
  const complaints = verdict.checks.filter(
    ({ status }) => status !== 'valid' && status !== 'skipped',
  );
  expect(complaints).toEqual([]);
  for (const name of ['tickets-match-sales', 'money-agreement', 'never-oversold']) {
    expect(verdict.checks).toContainEqual(expect.objectContaining({ name, status: 'valid' }));
  }
}

const forget = async (redisUrl: string | undefined): Promise<void> => {
  if (redisUrl === undefined) return;
  const client = new Redis(redisUrl);
  await client.flushall();
  await client.quit();
};

it('S3.3 sells every ticket, and each once, when Redis forgets and both servers are killed in turn', async () => {
  const report = await sellTickets({
    // Units that a dead server held lapse, and those who come later buy them.
    ...{ stock: 400, buyers: 4_000, holdTtlMs: 1_000 },
    async fault({ parts, redisUrl }) {
      await delay(IN_BETWEEN_MS);
      await forget(redisUrl);
      for (const server of parts.servers) {
        await server.kill();
        await delay(IN_BETWEEN_MS);
      }
      await forget(redisUrl);
    },
  });
  expectNothingWrong(report);
  expect(report.verdict).toMatchObject({ status: 'valid', inconclusiveBecause: [] });
  expect(report.stock).toMatchObject(
    report.sale.skus.map(({ skuId, total }) => ({ skuId, available: 0, held: 0, sold: total })),
  );
});

it('S3.3 keeps money and tickets together when the provider hangs and dies, and a server dies with it', async () => {
  const report = await sellTickets({
    payments: { latencyMs: 20, declineRate: 0.1, hangRate: 0.03, duplicateWebhooks: true },
    async fault({ parts }) {
      await parts.payments?.kill();
      await parts.servers[0]?.kill();
    },
  });
  expectNothingWrong(report);
});
