import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Availability, Product, ProductPage } from '../../../src/protocol/products.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('S1.6 products', () => {
  test('have prices as exact decimals', async () => {
    const skuId = await server.newProduct(5);
    const { status, body } = await server.call('GET', `/api/v1/products/${skuId}`);
    expect(status).toBe(200);
    expect(Product.parse(body)).toMatchObject({ skuId, flashSalePrice: '19.99', isActive: true });
  });

  test('the counts of the availability add up, and change with a reservation', async () => {
    const skuId = await server.newProduct(5);
    const { token } = await server.newBuyer();
    await server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 2 } });
    const { body } = await server.call('GET', `/api/v1/products/${skuId}/availability`);
    expect(Availability.parse(body)).toEqual({
      skuId,
      total: 5,
      available: 3,
      reserved: 2,
      sold: 0,
      sequence: 1,
    });
  });

  test('S1.6 stock is read once for concurrent requests, and is never older than the request', async () => {
    const skuId = await server.newProduct(40);
    const look = async () =>
      (await server.call('GET', `/api/v1/products/${skuId}/availability`)).body.sequence;
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        const { token } = await server.newBuyer();
        const body = { skuId, quantity: 1 };
        const held = await server.call('POST', '/api/v1/reservations', { token, body });
        expect(await look()).toBeGreaterThanOrEqual(held.body.sequence);
      }),
    );
    expect(await look()).toBe(40);
  });

  test('S3.6 a product may be cached for five seconds, and after that while its ETag is the same', async () => {
    const path = `/api/v1/products/${await server.newProduct(5)}`;
    const { headers } = await server.call('GET', path);
    expect(headers.get('cache-control')).toBe('public, max-age=5');
    const tag = headers.get('etag') as string;

    const again = await server.call('GET', path, { headers: { 'if-none-match': `"x", W/${tag}` } });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', tag]);
    const other = await server.call('GET', path, { headers: { 'if-none-match': '"x"' } });
    expect([other.status, other.body.name]).toEqual([200, 'Shoe']);
  });

  test('S3.6 availability must be revalidated each time, and is sent only when it has changed', async () => {
    const skuId = await server.newProduct(5);
    const path = `/api/v1/products/${skuId}/availability`;
    const { headers } = await server.call('GET', path);
    expect(headers.get('cache-control')).toBe('no-cache');
    const known = { 'if-none-match': headers.get('etag') as string };
    expect((await server.call('GET', path, { headers: known })).status).toBe(304);

    const { token } = await server.newBuyer();
    await server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 1 } });
    expect((await server.call('GET', path, { headers: known })).body).toMatchObject({
      sequence: 1,
    });
  });

  test('the list has every active product once, page by page', async () => {
    const seeded = await Promise.all([1, 2, 3, 4, 5].map(() => server.newProduct(1)));
    const hidden = await server.newProduct(1);
    await server.pool.query('UPDATE products SET is_active = false WHERE sku_id = $1', [hidden]);

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await server.call('GET', `/api/v1/products?limit=2${query}`);
      const page = ProductPage.parse(body);
      expect(page.products.length).toBeLessThanOrEqual(2);
      seen.push(...page.products.map(({ skuId }) => skuId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);

    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(seeded));
    expect(seen).not.toContain(hidden);
  });

  test.each(['limit=0', 'limit=many', 'limit=201', 'cursor=%00', 'sort=price'])(
    'a list with ?%s is refused',
    async (query) => {
      const { status, body } = await server.call('GET', `/api/v1/products?${query}`);
      expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    },
  );

  test.each(['SKU-none', '%00', '%F0%9F%91%9F', 'a%2Fb', "'%20OR%201=1"])(
    'S1.12 %s is an unknown product, not an error',
    async (sku) => {
      for (const path of [`/api/v1/products/${sku}`, `/api/v1/products/${sku}/availability`]) {
        const { status, body } = await server.call('GET', path);
        expect([status, body.code]).toEqual([404, 'UNKNOWN_SKU']);
      }
    },
  );
});
