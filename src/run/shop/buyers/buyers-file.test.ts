import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serve, type TestServer } from '../../../load/testing/servers.ts';
import { meansOf } from '../testing/means.ts';
import { keptBuyers } from './buyers-file.ts';

const HOUR_MS = 3_600_000;
let folder: string;
let server: TestServer;
let asked: string[];
/** Until when the tokens are good that the shop gives now. */
let tokensUntilMs: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
  asked = [];
  tokensUntilMs = 2 * HOUR_MS;
  const known = new Set<string>();
  server = await serve((request, response) => {
    const [, what, who = ''] = (request.url ?? '').split('/');
    asked.push(`${what} ${who}`);
    if (what === 'register') {
      response.writeHead(known.has(who) ? 409 : 201);
      known.add(who);
    }
    const claims = Buffer.from(JSON.stringify({ exp: tokensUntilMs / 1_000 })).toString(
      'base64url',
    );
    response.end(JSON.stringify({ token: `head.${claims}.tail` }));
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const keep = (count: number, nowMs: number, url = server.origin) =>
  keptBuyers(join(folder, 'buyers.json'), count, {
    ...{ run: 'r', nowMs, onProgress() {} },
    means: meansOf({
      url,
      buyers: {
        steps: [
          { request: 'POST /register/{id}' },
          { request: 'POST /login/{id}', answer: { token: 'token' } },
        ],
        atOnce: 1,
      },
    }),
  });

it('makes buyers once, and keeps them for their owner alone', async () => {
  const { buyers } = await keep(2, 0);
  expect(buyers).toHaveLength(2);
  expect((await stat(join(folder, 'buyers.json'))).mode & 0o777).toBe(0o600);
  asked = [];
  expect((await keep(1, 0)).buyers).toEqual(buyers.slice(0, 1));
  expect((await keep(2, 0)).buyers).toEqual(buyers);
  expect(asked).toEqual([]);
});

it('logs buyers in again whose tokens end soon, though they are registered', async () => {
  const { buyers } = await keep(1, 0);
  asked = [];
  tokensUntilMs = 9 * HOUR_MS;
  const later = await keep(1, 2 * HOUR_MS);
  expect(asked).toEqual(['register buyer-1', 'login buyer-1']);
  expect(later.buyers[0]?.token).not.toBe(buyers[0]?.token);
});

it('refuses the buyers of another shop', async () => {
  await keep(1, 0);
  await expect(keep(1, 0, 'http://127.0.0.1:9')).rejects.toMatchObject({
    exitCode: 2,
    why: `its buyers are those of ${server.origin}`,
  });
});
