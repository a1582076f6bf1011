import { afterEach, expect, it } from 'vitest';
import { refusedOrigin, serve, type TestServer } from '../../load/testing/servers.ts';
import { assertAnswers, waitForAnswers } from './health.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Asks shops of which each answers its path `/up` with a status, and others with 404. */
async function ask(health: string | undefined, ...statuses: number[]): Promise<void> {
  for (const status of statuses) {
    servers.push(
      await serve(({ url }, response) => response.writeHead(url === '/up' ? status : 404).end()),
    );
  }
  await assertAnswers(
    { url: servers.map(({ origin }) => origin), health },
    new AbortController().signal,
  );
}

it('is ready when the health path of each instance answers 2xx', async () => {
  await ask('/up', 200, 204);
});

it('is not ready when that of one instance answers something else', async () => {
  const error = await ask('/up', 200, 503).catch((reason) => reason);
  expect(error).toMatchObject({
    exitCode: 3,
    message: `the shop at ${servers[1]?.origin} is not ready`,
    why: '/up answered 503',
    next: expect.stringContaining('without `health` any answer will do'),
  });
});

it('is not ready when its health path leads elsewhere, which may be a login page', async () => {
  await expect(ask('/up', 302)).rejects.toMatchObject({ why: '/up answered 302' });
});

it('needs no more than any answer of its base URL where the file has no health path', async () => {
  await ask(undefined, 200);
});

it('is one line about a shop that is not there', async () => {
  const origin = await refusedOrigin();
  const asked = assertAnswers({ url: [origin], health: undefined }, new AbortController().signal);
  await expect(asked).rejects.toMatchObject({
    exitCode: 3,
    message: `the shop at ${origin} is not ready`,
    why: expect.stringMatching(/^[^\n]*ECONNREFUSED[^\n]*$/),
    next: 'start it, or correct `url` in the target file',
  });
});

it('may be waited for, while it starts', async () => {
  let looks = 0;
  const shop = await serve((_, response) => {
    looks += 1;
    response.writeHead(looks < 3 ? 503 : 200).end();
  });
  servers.push(shop);
  let waits = 0;
  const wait = (withinMs: number) =>
    waitForAnswers(
      { url: [shop.origin], health: '/up' },
      { withinMs, signal: new AbortController().signal, onWaiting: () => (waits += 1) },
    );
  await wait(20_000);
  expect([looks, waits]).toEqual([3, 1]);
  looks = -100;
  await expect(wait(0)).rejects.toMatchObject({ why: '/up answered 503' });
});
