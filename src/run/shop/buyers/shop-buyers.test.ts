import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serve, type TestServer } from '../../../load/testing/servers.ts';
import type { TargetFileInput } from '../../../target/file/schema.ts';
import { meansOf } from '../testing/means.ts';
import { createShopBuyers } from './shop-buyers.ts';

let folder: string;
let shop: TestServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
  shop = await serve(({ headers }, response) => {
    response.writeHead(headers.authorization === 'Bearer valid-t0ken' ? 200 : 401).end('who?');
  });
});
afterEach(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** The buyers of a shop that has their tokens in a file. */
async function buyersWith(token: string, more: Partial<TargetFileInput['buyers']> = {}) {
  await writeFile(join(folder, 'buyers.csv'), `id,token\nann,${token}\n`);
  const headers = { authorization: 'Bearer {token}' };
  const means = meansOf(
    { url: shop.origin, headers, buyers: { file: 'buyers.csv', ...more } },
    { folder },
  );
  const clock = { nowMs: () => Date.parse('2026-11-26T12:00:00Z'), monotonicNs: () => 0 };
  const plan = { buyers: 1 } as never;
  return createShopBuyers({ plan, means }, { clock: clock as never, onEvent() {} })('run');
}

const jwt = (until: string): string => {
  const claims = JSON.stringify({ exp: Date.parse(until) / 1_000 });
  return `head.${Buffer.from(claims).toString('base64url')}.tail`;
};

it('refuses buyers whose tokens have ended, without asking the shop', async () => {
  expect(await buyersWith(jwt('2026-11-26T12:00:01Z'))).toHaveLength(1);
  await expect(buyersWith(jwt('2026-11-26T11:59:59Z'))).rejects.toMatchObject({
    exitCode: 2,
    message: 'the token of buyer ann has ended',
    why: 'it was valid until 2026-11-26T11:59:59.000Z; so it is with 1 of 1 buyer',
    next: expect.stringContaining('buyers.csv'),
  });
});

it('refuses buyers whom the shop does not know, where the file has a call that tells', async () => {
  const check = { request: 'GET /me' };
  expect(await buyersWith('valid-t0ken', { check })).toHaveLength(1);
  expect(await buyersWith('stale-t0ken')).toHaveLength(1);
  await expect(buyersWith('stale-t0ken', { check })).rejects.toMatchObject({
    exitCode: 2,
    message: 'the shop does not know buyer ann',
    why: 'GET /me answered 401: who?',
    next: expect.stringContaining('buyers.csv'),
  });
});
