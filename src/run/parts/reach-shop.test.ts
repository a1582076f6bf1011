import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { reachShop } from './reach-shop.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serve((request, response) => {
    response.statusCode = request.url === '/shop/health' ? 200 : 503;
    response.end();
  });
});
afterAll(() => server.close());

const reach = (addresses?: string[], urls = ['http://10.1.2.3:4000/shop/']) =>
  reachShop(
    { urls, shownUrls: ['http://shop'], health: '/health' },
    { addresses },
    new AbortController().signal,
  );

it('finds a shop ready at the address of its target file, which may be a secret, or at another one', async () => {
  const url = `${server.origin}/shop`;
  expect(await reach(undefined, [url])).toEqual({ targets: [url], shownTargets: ['http://shop'] });
  expect(await reach([url])).toEqual({ targets: [url], shownTargets: [url] });
});

it('refuses an address whose requests nobody would know, one of somebody else, and a shop that is away', async () => {
  await expect(reach([server.origin])).rejects.toThrow(/is no address of the shop/);
  await expect(reach(['http://8.8.8.8/shop'])).rejects.toThrow(/neither this machine nor in a/);
  await expect(reach(undefined, [server.origin])).rejects.toMatchObject({
    message: 'the shop at http://shop is not ready',
    next: expect.stringContaining('--target URL'),
  });
});
