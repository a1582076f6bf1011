import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertOnSale } from './assert-on-sale.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const [, skuId] = /^\/api\/v1\/products\/([^/]+)\/availability$/.exec(request.url ?? '') ?? [];
    response.statusCode = { 'lamp%2F1': 200, broken: 503 }[skuId ?? ''] ?? 404;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

it('lets a part be fired at servers that have its SKU', async () => {
  await expect(assertOnSale([url, url], 'lamp/1')).resolves.toBeUndefined();
});

it('refuses another server, and one that does not answer', async () => {
  await expect(assertOnSale([url], 'chair')).rejects.toThrow(/does not sell chair/);
  await expect(assertOnSale([url], 'broken')).rejects.toMatchObject({
    message: `${url} is not ready`,
    why: 'it answered 503 when it was asked for broken',
  });
  await expect(assertOnSale([url, 'http://127.0.0.1:1'], 'lamp/1')).rejects.toThrow(
    'http://127.0.0.1:1 is not ready',
  );
});
