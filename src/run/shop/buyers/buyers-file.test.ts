import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serve, type TestServer } from '../../../load/testing/servers.ts';
import type { TargetFileInput } from '../../../target/file/schema.ts';
import { meansOf } from '../testing/means.ts';
import { keptBuyers } from './buyers-file.ts';

const HOUR_MS = 3_600_000;
let folder: string;
let server: TestServer;
let asked: string[];
/** Until when the tokens are good that the shop gives now. */
let tokensUntilMs: number;
/** The session that the shop knows; it forgets all others. */
let sessionNow: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
  asked = [];
  sessionNow = 'first';
  tokensUntilMs = 2 * HOUR_MS;
  const known = new Set<string>();
  server = await serve((request, response) => {
    const [, what, who = ''] = (request.url ?? '').split(/[/?]/);
    asked.push(`${what} ${who}`);
    if (what === 'register') {
      response.writeHead(known.has(who) ? 409 : 201);
      known.add(who);
    }
    if (what === 'me') response.writeHead(request.headers.authorization === sessionNow ? 200 : 401);
    const claims = Buffer.from(JSON.stringify({ exp: tokensUntilMs / 1_000 })).toString(
      'base64url',
    );
    response.end(JSON.stringify({ token: `head.${claims}.tail`, session: sessionNow }));
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

const SESSIONS: TargetFileInput['buyers'] = {
  steps: [{ request: 'POST /login/{id}', answer: { session: 'session' } }],
};
const ME = { request: 'GET /me', headers: { authorization: '{session}' } };
const READ = { request: 'GET /me?of={sku}', headers: { authorization: '{session}' } };

it.each([
  ['a call that needs a login', { buyers: { ...SESSIONS, check: ME } }],
  ['a read', { buyers: SESSIONS, operations: { buy: { request: 'POST /buy' }, read: READ } }],
])('logs buyers in again whom the shop has forgotten, as %s shows', async (_, file) => {
  const keepSessions = () =>
    keptBuyers(join(folder, 'buyers.json'), 2, {
      ...{ run: 'r', nowMs: 0, onProgress() {} },
      means: meansOf({ url: server.origin, ...file }),
    });
  await keepSessions();
  asked = [];
  expect((await keepSessions()).buyers).toMatchObject([{ session: 'first' }, { session: 'first' }]);
  expect(asked).toEqual([expect.stringMatching(/^me/)]);
  sessionNow = 'second';
  expect((await keepSessions()).buyers).toMatchObject([
    { session: 'second' },
    { session: 'second' },
  ]);
});

it('refuses the buyers of another shop', async () => {
  await keep(1, 0);
  await expect(keep(1, 0, 'http://127.0.0.1:9')).rejects.toMatchObject({
    exitCode: 2,
    why: `its buyers are those of ${server.origin}`,
  });
});
