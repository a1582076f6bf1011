import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import sharp from 'sharp';
import { expect, inject, it } from 'vitest';
import type { SaleReport } from '../../src/run/run-report.ts';
import type { RunningStack } from '../../src/stack/stack.ts';
import { until } from '../until.ts';
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

/** Puts up and reads events with images, as an organizer of their own. */
async function organizerOn({ targets, adminToken }: RunningStack) {
  const call = async (method: string, path: string, token: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(targets[0] + path, {
      ...{ method, headers, body: body && JSON.stringify(body) },
    });
    // biome-ignore lint/suspicious/noExplicitAny: an answer of any shape
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const seed = { prefix: 'picture-', count: 1, role: 'organizer' };
  const { body } = await call('PUT', '/api/v1/admin/users', adminToken, seed);
  const { token } = body.users[0];
  const picture = sharp({ create: { width: 40, height: 20, channels: 3, background: '#c00' } });
  const image = (await picture.png().toBuffer()).toString('base64');
  const details = {
    ...{ title: 'A long evening', venue: 'Town hall', city: 'Brno', image },
    ...{ startsAt: '2090-01-01T18:00:00Z', endsAt: '2090-01-01T22:00:00Z' },
  };
  return {
    putUp: () => call('POST', '/events', token, details),
    imageOf: async (eventId: string) =>
      (await call('GET', `/events/${eventId}`, token)).body.imageUrl,
  };
}

it('S3.5 sells every ticket while the store of the images is away, and events get their images later', async () => {
  const report = await sellTickets({
    async fault(stack) {
      const organizer = await organizerOn(stack);
      expect((await organizer.putUp()).body.imageUrl).toMatch(/^\/images\//);
      const bringBack = await stack.parts.media.lose();
      const put = [await organizer.putUp(), await organizer.putUp()];
      for (const { status, body } of put) expect([status, body.imageUrl]).toEqual([201, undefined]);
      await bringBack();
      for (const { body } of put) {
        await until(async () => (await organizer.imageOf(body.eventId)) !== undefined);
      }
    },
  });
  expectNothingWrong(report);
  expect(report.verdict).toMatchObject({ status: 'valid', inconclusiveBecause: [] });
});
