import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/server.ts';

const SHOP = 'https://shop.example';

describe('S4.10 CORS', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { CORS_ORIGINS: `${SHOP},https://app.example` } });
  });
  afterAll(() => server.stop());
  const allowed = (headers: Headers) => headers.get('access-control-allow-origin');

  it('answers a preflight of an allowed origin', async () => {
    const { status, headers } = await server.call('OPTIONS', '/api/v1/reservations', {
      headers: {
        origin: SHOP,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });
    expect(status).toBe(204);
    expect(allowed(headers)).toBe(SHOP);
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    expect(headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(headers.get('x-request-id')).toMatch(/./);
  });

  it('lets pages of allowed origins read answers and refusals, and no other pages', async () => {
    const ask = (origin: string, path: string) => server.call('GET', path, { headers: { origin } });
    expect(allowed((await ask(SHOP, '/api/v1/products')).headers)).toBe(SHOP);
    const refused = await ask('https://app.example', '/api/v1/orders');
    expect([refused.status, allowed(refused.headers)]).toEqual([401, 'https://app.example']);
    expect(refused.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(allowed((await ask('https://evil.example', '/api/v1/products')).headers)).toBeNull();
  });

  it('does not answer an OPTIONS request that is no preflight', async () => {
    expect((await server.call('OPTIONS', '/api/v1/products')).status).toBe(405);
  });

  it('is off without configured origins', async () => {
    const closed = await startTestServer();
    const { headers } = await closed.call('GET', '/api/v1/products', { headers: { origin: SHOP } });
    await closed.stop();
    expect(allowed(headers)).toBeNull();
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});
