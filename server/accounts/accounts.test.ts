import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    env: { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: 'let me in' },
  });
});
afterAll(() => server.stop());

const register = (username: string, password: string, path = '/api/auth/register') =>
  server.call('POST', path, { body: { username, password } });
/** A gauge of the server. The question itself is a request. */
async function metric(name: string): Promise<number> {
  const { body } = await server.call('GET', '/metrics');
  return Number(new RegExp(`^\\w*${name} (\\d+)`, 'm').exec(body)?.[1]);
}
const logIn = (username: string, password: string, path = '/api/auth/login') =>
  server.call('POST', path, { body: { username, password } });

describe('S4.1 accounts', () => {
  test('a new user gets a valid token and can log in again', async () => {
    const registered = await register('alice', 'correct horse');
    expect(registered.status).toBe(201);
    const { token, userId } = registered.body;
    expect((await server.call('GET', '/api/v1/orders', { token })).status).toBe(200);

    const loggedIn = await logIn('alice', 'correct horse');
    expect(loggedIn.status).toBe(200);
    expect(loggedIn.body.userId).toBe(userId);
    for (const { headers } of [registered, loggedIn]) {
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test.each([
    ['S0.1', '/register', '/login'],
    ['S3.1', '/auth/register', '/auth/login'],
  ])('%s the same calls are answered at %s and %s', async (id, registerPath, loginPath) => {
    const username = `bob-${id}`;
    expect((await register(username, 'correct horse', registerPath)).status).toBe(201);
    expect((await logIn(username, 'correct horse', loginPath)).status).toBe(200);
  });

  test('a wrong password and an unknown user get the same answer', async () => {
    await register('carol', 'correct horse');
    const [wrong, unknown] = await Promise.all([
      logIn('carol', 'battery staple'),
      logIn('nobody', 'battery staple'),
    ]);
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
  });

  test('a wrong password, an unknown user and a user without a password take the same work', async () => {
    await register('grace', 'correct horse');
    const { username: seeded } = await server.newBuyer();
    const compare = vi.spyOn(bcrypt, 'compare');
    for (const username of ['grace', 'nobody-at-all', seeded]) {
      expect((await logIn(username, 'battery staple')).status).toBe(401);
    }
    const costs = compare.mock.calls.map(([, hash]) => bcrypt.getRounds(hash));
    compare.mockRestore();
    expect(costs).toEqual([4, 4, 4]);
  });

  test('one of many concurrent registrations of a username succeeds', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => register('dave', `password ${index}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('USERNAME_TAKEN');
  });

  test('a role in the body is refused', async () => {
    const body = { username: 'mallory', password: 'correct horse', role: 'admin' };
    const refused = await server.call('POST', '/api/auth/register', { body });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].message).toContain('role');
  });

  test.each([
    ['too short', 'short'],
    ['of more bytes than bcrypt reads', 'é'.repeat(37)],
  ])('a password %s is refused, not cut', async (_, password) => {
    const refused = await register('erin', password);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ path: 'password' }]);
  });

  test('a seeded user cannot log in', async () => {
    const buyer = await server.newBuyer();
    expect((await logIn(buyer.username, 'the password of nobody')).status).toBe(401);
  });

  test('the admin of the configuration can log in and use the admin API', async () => {
    const { token } = (await logIn('admin', 'let me in')).body;
    const seeded = await server.call('PUT', '/api/v1/admin/users', {
      token,
      body: { prefix: 'crowd-', count: 2 },
    });
    expect(seeded.status).toBe(200);
  });

  test('too many attempts are refused with the time to wait, without the work of a comparison', async () => {
    const limited = await startTestServer({ env: { LOGIN_ATTEMPTS_PER_USERNAME: '2' } });
    const attempt = (username: string, password: string) =>
      limited.call('POST', '/login', { body: { username, password } });
    await limited.call('POST', '/register', {
      body: { username: 'heidi', password: 'correct horse' },
    });
    for (const username of ['heidi', 'nobody']) {
      for (let time = 1; time <= 2; time++) {
        expect((await attempt(username, 'battery staple')).status).toBe(401);
      }
      const compare = vi.spyOn(bcrypt, 'compare');
      const refused = await attempt(username, 'correct horse');
      expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_ATTEMPTS']);
      const retryAfter = Number(refused.headers.get('retry-after'));
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(300);
      expect(compare).not.toHaveBeenCalled();
      compare.mockRestore();
    }
    await limited.stop();
  });

  test('of many concurrent guesses as many passwords are compared as may be', async () => {
    const limited = await startTestServer({ env: { LOGIN_ATTEMPTS_PER_USERNAME: '2' } });
    const compare = vi.spyOn(bcrypt, 'compare');
    const guesses = Array.from({ length: 30 }, (_, index) =>
      limited.call('POST', '/login', { body: { username: 'niaj', password: `password ${index}` } }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(compare).toHaveBeenCalledTimes(2);
    compare.mockRestore();
    expect(statuses.toSorted()).toEqual([401, 401, ...Array(28).fill(429)]);
    await limited.stop();
  });

  test('a stranger who guesses a password does not lock the owner out', async () => {
    const limited = await startTestServer({
      env: { LOGIN_ATTEMPTS_PER_USERNAME: '2', TRUSTED_PROXIES: 'loopback' },
    });
    const attempt = (password: string, from: string) =>
      limited.call('POST', '/login', {
        body: { username: 'olivia', password },
        headers: { 'x-forwarded-for': from },
      });
    await limited.call('POST', '/register', {
      body: { username: 'olivia', password: 'correct horse' },
    });
    // One client has a whole /64 of IPv6, so these are one address.
    for (const from of ['2001:db8::1', '2001:db8::2', '2001:db8::3']) {
      await attempt('battery staple', from);
    }
    expect((await attempt('battery staple', '2001:db8::4')).status).toBe(429);
    expect((await attempt('correct horse', '203.0.113.1')).status).toBe(200);
    await limited.stop();
  });

  test('a crowd that registers is told when to come back, and others log in', async () => {
    await register('peggy', 'correct horse');
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { hash } = bcrypt;
    const slow = vi.spyOn(bcrypt, 'hash').mockImplementation((async (
      password: string,
      cost: number,
    ) => {
      await held;
      return hash(password, cost);
    }) as typeof hash);
    const crowd = Array.from({ length: 203 }, (_, index) =>
      register(`q-${index}`, 'battery staple'),
    );
    const refused = await Promise.race(crowd);
    expect([refused.status, refused.body.code, refused.body.retryable]).toEqual([
      ...[503, 'UNAVAILABLE', true],
    ]);
    expect(refused.headers.get('retry-after')).toBe('5');
    const loggingIn = logIn('peggy', 'correct horse');
    goOn();
    expect((await loggingIn).status).toBe(200);
    const statuses = (await Promise.all(crowd)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(202);
    slow.mockRestore();
  });

  test('a password whose client has hung up is not hashed', async () => {
    await register('quentin', 'correct horse');
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const wait = async () => {
      await held;
      return 'no hash';
    };
    const [hash, compare] = [vi.spyOn(bcrypt, 'hash'), vi.spyOn(bcrypt, 'compare')];
    hash.mockImplementation(wait as never);
    const busy = [1, 2].map((n) => register(`first-${n}`, 'battery staple'));
    await until(async () => hash.mock.calls.length === 2);

    const hangUp = new AbortController();
    const leaving = ['/register', '/login'].map((path) =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'quentin', password: 'hung up early' }),
        signal: hangUp.signal,
      }),
    );
    const staying = logIn('quentin', 'correct horse');
    const open = async () => (await metric('http_requests_in_flight')) === 6;
    await until(open);
    hangUp.abort();
    await Promise.allSettled(leaving);
    await until(async () => (await metric('http_requests_in_flight')) === 4);
    hash.mockRestore();
    goOn();
    expect((await staying).status).toBe(200);
    await Promise.all(busy);
    expect(compare.mock.calls.map(([password]) => password)).toEqual(['correct horse']);
    compare.mockRestore();
  });

  test.each([
    ['behind a proxy that is trusted are told apart', 'loopback', 401],
    ['cannot be made up', '', 429],
  ])('addresses %s', async (_, TRUSTED_PROXIES, status) => {
    const limited = await startTestServer({ env: { LOGIN_FAILURES_PER_IP: '2', TRUSTED_PROXIES } });
    const attempt = (username: string, from: string) =>
      limited.call('POST', '/login', {
        body: { username, password: 'battery staple' },
        headers: { 'x-forwarded-for': from },
      });
    for (const username of ['ivan', 'judy']) {
      expect((await attempt(username, '203.0.113.1')).status).toBe(401);
    }
    expect((await attempt('mike', '203.0.113.1')).status).toBe(429);
    expect((await attempt('mike', '203.0.113.2')).status).toBe(status);
    await limited.stop();
  });

  test('passwords are stored as bcrypt hashes only', async () => {
    await register('frank', 'a very secret one');
    const { rows } = await server.pool.query("SELECT * FROM users WHERE username = 'frank'");
    expect(rows[0].password_hash).toMatch(/^\$2[aby]\$/);
    expect(JSON.stringify(rows)).not.toContain('a very secret one');
  });
});
