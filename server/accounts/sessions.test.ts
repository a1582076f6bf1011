import bcrypt from 'bcrypt';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import type { Session } from '../../src/protocol/accounts.ts';
import { describeWithRedis, startOwnRedis } from '../../test/redis.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';
import { createSessionStore } from './session-store.ts';

/** Two instances with one database, and with one Redis if `env` names one. */
interface Instances {
  first: TestServer;
  second: TestServer;
  stop(): Promise<void>;
}

async function startInstances(env: Record<string, string> = {}): Promise<Instances> {
  const first = await startTestServer({ env });
  const second = await startTestServer({
    env: { ...env, DATABASE_URL: first.config.databaseUrl },
  });
  return {
    first,
    second,
    async stop() {
      await second.stop();
      await first.stop();
    },
  };
}

let names = 0;
async function register(server: TestServer): Promise<Session & { username: string }> {
  names += 1;
  const username = `person-${names}`;
  const { body } = await server.call('POST', '/register', {
    body: { username, password: 'correct horse' },
  });
  return { ...body, username };
}

async function logIn(server: TestServer, username: string): Promise<Session> {
  const { body } = await server.call('POST', '/login', {
    body: { username, password: 'correct horse' },
  });
  return body;
}

/** The status of a call that every user with a session may make. */
const use = async (server: TestServer, token: string): Promise<number> =>
  (await server.call('GET', '/api/v1/orders', { token })).status;

const sessionOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()).sid;

/** Number of queries for sessions that a server sends while `work` runs. */
async function lookups(server: TestServer, work: () => Promise<unknown>): Promise<number> {
  let asked = 0;
  const { query } = server.pool;
  server.pool.query = ((...args: Parameters<typeof query>) => {
    if ((args[0] as { name?: string }).name === 'sessions.live') asked += 1;
    return query.apply(server.pool, args);
  }) as typeof query;
  await work();
  server.pool.query = query;
  return asked;
}

function endsSessions(instances: () => Instances): void {
  test('S2.2 a logout ends this session at once on both instances, and no other session', async () => {
    const { first, second } = instances();
    const { token, username } = await register(first);
    const other = await logIn(second, username);
    for (const server of [first, second]) expect(await use(server, token)).toBe(200);

    const loggedOut = await first.call('POST', '/api/auth/logout', { token });
    expect([loggedOut.status, loggedOut.body]).toEqual([200, { sessionsEnded: 1 }]);
    expect(await use(first, token)).toBe(401);
    await until(async () => (await use(second, token)) === 401);
    for (const server of [first, second]) expect(await use(server, other.token)).toBe(200);
  });

  test('S2.2 a logout everywhere ends all sessions of the user, and of no other user', async () => {
    const { first, second } = instances();
    const stranger = await register(first);
    const { token, username } = await register(first);
    const other = await logIn(second, username);
    for (const server of [first, second]) expect(await use(server, other.token)).toBe(200);

    const loggedOut = await first.call('POST', '/auth/logout-all', { token });
    expect(loggedOut.body).toEqual({ sessionsEnded: 2 });
    for (const ended of [token, other.token]) {
      expect(await use(first, ended)).toBe(401);
      await until(async () => (await use(second, ended)) === 401);
    }
    expect(await use(second, stranger.token)).toBe(200);
  });

  test('S2.2 an administrator sees and ends the sessions of a user, one or all', async () => {
    const { first, second } = instances();
    const { token, userId, username } = await register(first);
    const [one, two] = [await logIn(second, username), await logIn(second, username)];
    for (const { token } of [one, two]) expect(await use(second, token)).toBe(200);

    const admin = { token: first.adminToken };
    const path = `/api/v1/admin/users/${userId}/sessions`;
    const listed = await first.call('GET', path, admin);
    expect(listed.body.sessions.map((open: { sessionId: string }) => open.sessionId)).toEqual(
      [two.token, one.token, token].map(sessionOf),
    );

    const onePath = `/api/v1/admin/sessions/${sessionOf(one.token)}`;
    expect((await first.call('DELETE', onePath, admin)).body).toEqual({ sessionsEnded: 1 });
    await until(async () => (await use(second, one.token)) === 401);
    expect((await first.call('DELETE', onePath, admin)).body.code).toBe('NOT_FOUND');
    expect(await use(second, two.token)).toBe(200);

    expect((await first.call('DELETE', path, admin)).body).toEqual({ sessionsEnded: 2 });
    await until(async () => (await use(second, two.token)) === 401);
    expect((await first.call('GET', path, admin)).body).toEqual({ sessions: [] });
  });

  test('S2.2 a valid token without a session in the database is refused', async () => {
    const { first } = instances();
    const { token } = await register(first);
    await first.pool.query('DELETE FROM sessions WHERE session_id = $1', [sessionOf(token)]);
    const unknown = await startTestServer({ env: { DATABASE_URL: first.config.databaseUrl } });
    expect(await use(unknown, token)).toBe(401);
    await unknown.stop();
  });
}

describe('sessions without Redis', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await startInstances();
  });
  afterAll(() => instances.stop());
  endsSessions(() => instances);

  test('S2.2 an instance behind a pooler hears of ended sessions by the way that avoids the pooler', async () => {
    const { first } = instances;
    const { databaseUrl } = first.config;
    const direct = new URL(databaseUrl);
    direct.searchParams.set('application_name', 'direct');
    const pooled = await startTestServer({
      env: {
        INSTANCE: 'pooled',
        DATABASE_URL: databaseUrl,
        DATABASE_SESSION_URL: direct.href,
      },
    });
    const { rows } = await first.pool.query(
      `SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE datname = current_database()
        AND application_name IN ('direct', 'flashsale pooled sessions')`,
    );
    expect(rows).toEqual([{ name: 'direct' }]);

    const { token } = await register(first);
    expect(await use(pooled, token)).toBe(200);
    await first.call('POST', '/api/auth/logout', { token });
    await until(async () => (await use(pooled, token)) === 401);
    await pooled.stop();
  });

  test('S2.2 an instance looks up each session once, and concurrent ones together', async () => {
    const { first, second } = instances;
    const seeded = await first.call('PUT', '/api/v1/admin/users', {
      token: first.adminToken,
      body: { prefix: 'together-', count: 60 },
    });
    const tokens: string[] = seeded.body.users.map(({ token }: { token: string }) => token);
    const useAll = (server: TestServer) => () =>
      Promise.all(tokens.map(async (token) => expect(await use(server, token)).toBe(200)));

    expect(await lookups(first, useAll(first))).toBe(0);
    const asked = await lookups(second, useAll(second));
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(60);
    expect(await lookups(second, useAll(second))).toBe(0);
  });

  test('S2.2 an instance without its connection for messages accepts no ended session, and recovers', async () => {
    const { first, second } = instances;
    const { token, username } = await register(first);
    const other = await logIn(first, username);
    for (const used of [token, other.token]) expect(await use(second, used)).toBe(200);

    await first.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE '% sessions'`,
    );
    await first.call('POST', '/api/auth/logout', { token });
    await until(async () => (await use(second, token)) === 401);
    expect(await use(second, other.token)).toBe(200);
    await until(async () => (await lookups(second, () => use(second, other.token))) === 0);
  });
});

describe('expired sessions', () => {
  test('S2.2 are refused as soon as they expire, and deleted with their refresh tokens later', async () => {
    const server = await startTestServer();
    const sessions = createSessionStore(server.pool, { tokenTtlMs: 1000, refreshTtlMs: 60_000 });
    const [stays, leaves] = [await register(server), await register(server)];
    await server.pool.query('UPDATE sessions SET expires_at = now() WHERE session_id = $1', [
      sessionOf(leaves.token),
    ]);
    const fresh = await startTestServer({ env: { DATABASE_URL: server.config.databaseUrl } });
    expect(await use(fresh, leaves.token)).toBe(401);
    expect(await use(fresh, stays.token)).toBe(200);

    expect(await sessions.sweep(10)).toBe(1);
    expect(await sessions.sweep(10)).toBe(0);
    const { rows } = await server.pool.query('SELECT session_id FROM refresh_tokens');
    expect(rows).toEqual([{ session_id: sessionOf(stays.token) }]);
    expect(await use(fresh, stays.token)).toBe(200);
    await fresh.stop();
    await server.stop();
  });
});

describeWithRedis('sessions with Redis', (redisUrl) => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await startInstances({ REDIS_URL: redisUrl() });
  });
  afterAll(() => instances.stop());
  endsSessions(() => instances);

  test('S2.1 a login caches the session in Redis for as long as its token is valid', async () => {
    const { first, second } = instances;
    const { token } = await register(first);
    const client = new Redis(redisUrl());
    const key = `session:${sessionOf(token)}`;
    await until(async () => (await client.get(key)) === '1');
    expect(await client.pttl(key)).toBeGreaterThan(first.config.jwtTtlMs - 60_000);

    // The other instance reads it from Redis, without a query.
    expect(await lookups(second, () => use(second, token))).toBe(0);
    await first.call('POST', '/api/auth/logout', { token });
    await until(async () => (await client.get(key)) === '0');
    await client.quit();
  });
});

describeWithRedis('sessions through faults of Redis', () => {
  test('S2.2 a Redis that loses all data ends no session and revives none', async () => {
    const redis = await startOwnRedis();
    const instances = await startInstances({ REDIS_URL: redis.url });
    const { first } = instances;
    const [stays, leaves] = [await register(first), await register(first)];
    await first.call('POST', '/api/auth/logout', { token: leaves.token });

    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    // A new instance has neither session in its memory.
    const third = await startTestServer({
      env: { DATABASE_URL: first.config.databaseUrl, REDIS_URL: redis.url },
    });
    for (const server of [first, instances.second, third]) {
      expect(await use(server, stays.token)).toBe(200);
      expect(await use(server, leaves.token)).toBe(401);
    }
    await third.stop();
    await instances.stop();
    await redis.stop();
  });

  test('S2.2 a session that ended while Redis was down stays ended when Redis is back with its old data', async () => {
    const redis = await startOwnRedis({ durable: true });
    const instances = await startInstances({ REDIS_URL: redis.url });
    const { first, second } = instances;
    const [stays, leaves] = [await register(first), await register(first)];
    const client = new Redis(redis.url, { lazyConnect: true, retryStrategy: () => 20 });
    client.on('error', () => {});
    const key = `session:${sessionOf(leaves.token)}`;
    await until(async () => (await client.get(key)) === '1');

    await redis.kill();
    expect(await use(first, stays.token)).toBe(200);
    expect((await register(first)).token).toBeTruthy();
    await first.call('POST', '/api/auth/logout', { token: leaves.token });
    expect(await use(first, leaves.token)).toBe(401);

    await redis.restart();
    const third = await startTestServer({
      env: { DATABASE_URL: first.config.databaseUrl, REDIS_URL: redis.url },
    });
    for (const server of [first, second, third]) {
      expect(await use(server, leaves.token)).toBe(401);
      expect(await use(server, stays.token)).toBe(200);
    }
    await until(async () => (await client.get(key)) === '0');
    client.disconnect();
    await third.stop();
    await instances.stop();
    await redis.stop();
  });
});

describe('S2.2 the administrator of the configuration', () => {
  const logInAs = async (server: TestServer, password: string) =>
    server.call('POST', '/login', { body: { username: 'chief', password } });
  const startAs = (ADMIN_PASSWORD: string, env: Record<string, string> = {}) =>
    startTestServer({ env: { ADMIN_USERNAME: 'chief', ADMIN_PASSWORD, ...env } });

  test('loses all sessions when a server starts with another password, and none with the same', async () => {
    const first = await startAs('the old password');
    const DATABASE_URL = first.config.databaseUrl;
    const stolen: Session = (await logInAs(first, 'the old password')).body;
    const again = await startAs('the old password', { DATABASE_URL });
    expect(await use(again, stolen.token)).toBe(200);

    const changed = await startAs('the new password', { DATABASE_URL });
    expect(await use(changed, stolen.token)).toBe(401);
    await until(async () => (await use(first, stolen.token)) === 401);
    const { status } = await changed.call('POST', '/api/auth/refresh', {
      body: { refreshToken: stolen.refreshToken },
    });
    expect(status).toBe(401);
    expect((await logInAs(changed, 'the old password')).status).toBe(401);
    expect((await logInAs(changed, 'the new password')).status).toBe(200);
    for (const server of [changed, again, first]) await server.stop();
  });

  test('does not get a session for a password that was changed while it was compared', async () => {
    const first = await startAs('the old password');
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { compare } = bcrypt;
    const slow = vi.spyOn(bcrypt, 'compare').mockImplementation((async (
      password: string,
      hash: string,
    ) => {
      if (password === 'the old password') await held;
      return compare(password, hash);
    }) as typeof compare);
    const loggingIn = logInAs(first, 'the old password');
    await until(async () => slow.mock.calls.length > 0);
    const DATABASE_URL = first.config.databaseUrl;
    const changed = await startAs('the new password', { DATABASE_URL });
    goOn();
    expect((await loggingIn).status).toBe(401);
    slow.mockRestore();
    for (const server of [changed, first]) await server.stop();
  });
});

describe('S2.2 roles', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const putRole = (userId: string, role: string) =>
    server.call('PUT', `/api/v1/admin/users/${userId}/role`, {
      token: server.adminToken,
      body: { role },
    });

  test('an administrator makes a user an organizer, who has to log in again', async () => {
    const { token, userId, username } = await register(server);
    expect((await putRole(userId, 'organizer')).body).toEqual({
      userId,
      role: 'organizer',
      sessionsEnded: 1,
    });
    expect(await use(server, token)).toBe(401);
    const again = await logIn(server, username);
    const answer = await server.call('GET', '/api/v1/admin/ledger', { token: again.token });
    expect(answer.body.detail).toContain('your token has organizer');
  });

  test('an unchanged role ends no session', async () => {
    const { token, userId } = await register(server);
    expect((await putRole(userId, 'buyer')).body.sessionsEnded).toBe(0);
    expect(await use(server, token)).toBe(200);
  });

  test('an unknown user and an unknown role are refused', async () => {
    expect((await putRole(newId(), 'organizer')).status).toBe(404);
    const { userId } = await register(server);
    expect((await putRole(userId, 'root')).status).toBe(400);
  });

  test('organizers can be seeded, administrators cannot', async () => {
    const seed = (role: string) =>
      server.call('PUT', '/api/v1/admin/users', {
        token: server.adminToken,
        body: { prefix: `${role}-`, count: 1, role },
      });
    const { token } = (await seed('organizer')).body.users[0];
    const answer = await server.call('GET', '/api/v1/admin/ledger', { token });
    expect(answer.body.detail).toContain('your token has organizer');
    expect((await seed('admin')).status).toBe(400);
  });
});
