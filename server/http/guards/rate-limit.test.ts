import { request } from 'node:http';
import { describe, expect, it, test } from 'vitest';
import { describeWithRedis, startOwnRedis } from '../../../test/redis.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { networkOf } from './rate-limit.ts';

/** Windows so long that none ends within a test. */
const limits = (given: Record<string, string>) => ({
  env: {
    RATE_LIMITS: 'on',
    RATE_LIMIT_IP: '10000/3600',
    RATE_LIMIT_USER: '10000/3600',
    RATE_LIMIT_ADMISSION: '10000/3600',
    RATE_LIMIT_REGISTRATION: '10000/3600',
    ...given,
  },
});

const read = (server: TestServer, token: string) => server.call('GET', '/api/v1/orders', { token });

const statusesOf = async (calls: (() => Promise<{ status: number }>)[]) => {
  const statuses: number[] = [];
  for (const call of calls) statuses.push((await call()).status);
  return statuses;
};

describe('S0.5 rate limits', () => {
  it('refuse a user above the limit, with the time to wait, and no other user', async () => {
    const server = await startTestServer(limits({ RATE_LIMIT_USER: '2/3600' }));
    const [eager, calm] = [await server.newBuyer(), await server.newBuyer()];
    const first = await read(server, eager.token);
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe('"ip";q=10000;w=3600, "user";q=2;w=3600');
    expect(first.headers.get('ratelimit')).toMatch(/^"ip";r=\d+;t=\d+, "user";r=1;t=3600$/);
    await read(server, eager.token);

    const { status, headers, body } = await read(server, eager.token);
    expect([status, body.code, body.retryable]).toEqual([429, 'RATE_LIMITED', true]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3000);
    expect(headers.get('ratelimit')).toContain('"user";r=0;');
    expect((await read(server, calm.token)).status).toBe(200);
    const { body: metrics } = await server.call('GET', '/metrics');
    await server.stop();
    expect(metrics).toContain('flashsale_rate_limited_total{policy="user"} 1');
  });

  it('refuse an address above the limit, but never its requests for health and metrics', async () => {
    const server = await startTestServer(limits({ RATE_LIMIT_IP: '3/3600' }));
    const look = () => server.call('GET', '/api/v1/products');
    expect(await statusesOf([look, look, look, look])).toEqual([200, 200, 200, 429]);
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect((await server.call('GET', '/metrics')).status).toBe(200);
    await server.stop();
  });

  it('hold for WebSockets as well, before a ticket is looked for', async () => {
    const server = await startTestServer(limits({ RATE_LIMIT_IP: '2/3600' }));
    const knock = () =>
      new Promise<{ status: number; wait: number }>((resolve) => {
        const headers = {
          ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        };
        request(`${server.url}/notifications/stream?ticket=${'x'.repeat(32)}`, { headers })
          .on('response', (answer) => {
            answer.resume();
            const { 'retry-after': wait } = answer.headers;
            resolve({ status: answer.statusCode ?? 0, wait: Number(wait) });
          })
          .end();
      });
    expect(await statusesOf([knock, knock])).toEqual([401, 401]);
    const { status, wait } = await knock();
    await server.stop();
    expect(status).toBe(429);
    expect(wait).toBeGreaterThan(3000);
  });

  it('refuse registrations of an address above their own limit, and no logins', async () => {
    const server = await startTestServer(limits({ RATE_LIMIT_REGISTRATION: '2/3600' }));
    let people = 0;
    const register = () =>
      server.call('POST', '/register', {
        body: { username: `person-${++people}`, password: 'correct horse' },
      });
    expect(await statusesOf([register, register, register])).toEqual([201, 201, 429]);
    const refused = await register();
    expect([refused.body.code, refused.body.detail]).toEqual([
      ...['RATE_LIMITED', 'Too many requests (registration); nothing was begun.'],
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
    const body = { username: 'person-1', password: 'correct horse' };
    expect((await server.call('POST', '/login', { body })).status).toBe(200);
    await server.stop();
  });

  it('believe X-Forwarded-For only from a trusted proxy', async () => {
    const from = (server: TestServer, address: string) =>
      server.call('GET', '/api/v1/products', { headers: { 'x-forwarded-for': address } });
    for (const [proxies, second] of [
      ['', 429],
      ['loopback', 200],
    ] as const) {
      const server = await startTestServer(
        limits({ RATE_LIMIT_IP: '1/3600', TRUSTED_PROXIES: proxies }),
      );
      expect((await from(server, '192.0.2.1')).status).toBe(200);
      expect((await from(server, '192.0.2.2')).status).toBe(second);
      await server.stop();
    }
  });

  it('limit a hot route for all users together, and no other route', async () => {
    const server = await startTestServer(limits({ RATE_LIMIT_ADMISSION: '2/3600' }));
    const skuId = await server.newProduct(10);
    const buyers = await Promise.all([1, 2, 3].map(() => server.newBuyer()));
    const answers = await Promise.all(
      buyers.map(({ token }) =>
        server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 1 } }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 429]);
    expect((await read(server, buyers[0]!.token)).status).toBe(200);
    await server.stop();
  });

  it('are off by default, and on in production', async () => {
    const server = await startTestServer();
    expect(server.config.rateLimits).toBeUndefined();
    expect((await server.call('GET', '/api/v1/products')).headers.get('ratelimit')).toBeNull();
    await server.stop();
  });

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('count %s as %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});

describeWithRedis('S0.5 rate limits in Redis', (url) => {
  it('are shared by all instances', async () => {
    const options = limits({ RATE_LIMIT_USER: '2/3600', REDIS_URL: url() });
    const [one, two] = [await startTestServer(options), await startTestServer(options)];
    const token = one.tokenFor({ userId: (await one.newBuyer()).userId, role: 'admin' });
    const statuses = await statusesOf(
      [one, two, one, two].map((server) => () => read(server, token)),
    );
    await Promise.all([one.stop(), two.stop()]);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  it('are counted by each instance alone while Redis is down', async () => {
    const redis = await startOwnRedis();
    const server = await startTestServer(
      limits({ RATE_LIMIT_USER: '2/3600', REDIS_URL: redis.url }),
    );
    const { token } = await server.newBuyer();
    await redis.kill();
    const ask = () => read(server, token);
    const statuses = await statusesOf([ask, ask, ask]);
    await server.stop();
    await redis.stop();
    expect(statuses).toEqual([200, 200, 429]);
  });
});
