import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/protocol/accounts.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { decideRefresh, newRefreshToken, newSalt, successorOf } from './refresh-token.ts';

describe('S2.2 the decision about a refresh token that is used', () => {
  test.each([
    ['for the first time', { over: false, successorUsed: false }, 'rotate'],
    ['after its time', { over: true, successorUsed: false }, 'refuse'],
    ['again at once', { over: false, usedMsAgo: 10_000, successorUsed: false }, 'repeat'],
    ['again later', { over: false, usedMsAgo: 10_001, successorUsed: false }, 'end_session'],
    ['again after the next', { over: false, usedMsAgo: 1, successorUsed: true }, 'end_session'],
    ['again when it is over', { over: true, usedMsAgo: 99_999, successorUsed: true }, 'refuse'],
  ])('%s', (_, state, decision) => {
    expect(decideRefresh(state)).toBe(decision);
  });

  test('its successor depends on both the token and the salt', () => {
    const [token, salt] = [newRefreshToken(), newSalt()];
    expect(successorOf(token, salt)).toBe(successorOf(token, salt));
    expect(successorOf(token, newSalt())).not.toBe(successorOf(token, salt));
    expect(successorOf(newRefreshToken(), salt)).not.toBe(successorOf(token, salt));
  });
});

describe('S2.2 POST /api/auth/refresh', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  let names = 0;
  async function register(): Promise<Session> {
    names += 1;
    const body = { username: `person-${names}`, password: 'correct horse' };
    return (await server.call('POST', '/register', { body })).body;
  }
  const refresh = (refreshToken: string, path = '/api/auth/refresh') =>
    server.call('POST', path, { body: { refreshToken } });
  const use = async (token: string): Promise<number> =>
    (await server.call('GET', '/api/v1/orders', { token })).status;
  const letTimePass = (interval: string) =>
    server.pool.query(
      `UPDATE refresh_tokens
       SET used_at = used_at - $1::interval, expires_at = expires_at - $1::interval`,
      [interval],
    );

  test('answers with a new token of the same session, and with the next refresh token', async () => {
    const opened = await register();
    expect(opened.expiresIn).toBe(3600);
    const refreshed = await refresh(opened.refreshToken);
    expect(refreshed.status).toBe(200);
    expect(refreshed.body).toMatchObject({ userId: opened.userId, expiresIn: 3600 });
    expect(refreshed.body.refreshToken).not.toBe(opened.refreshToken);
    expect(await use(refreshed.body.token)).toBe(200);

    const again = await refresh(refreshed.body.refreshToken, '/auth/refresh');
    expect(await use(again.body.token)).toBe(200);
    await server.call('POST', '/api/auth/logout', { token: again.body.token });
    for (const { token } of [opened, refreshed.body]) expect(await use(token)).toBe(401);
    expect((await refresh(again.body.refreshToken)).body.code).toBe('INVALID_REFRESH_TOKEN');
  });

  test('two concurrent uses of one token get the same successor', async () => {
    const { refreshToken } = await register();
    const answers = await Promise.all([1, 2, 3].map(() => refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const successors = new Set(answers.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    expect((await refresh([...successors][0])).status).toBe(200);
  });

  test('an old token ends the session, also for the holder of the newest token', async () => {
    const opened = await register();
    const other = await register();
    const newest = (await refresh(opened.refreshToken)).body;
    await letTimePass('1 minute');
    const reused = await refresh(opened.refreshToken);
    expect([reused.status, reused.body.code]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect((await refresh(newest.refreshToken)).status).toBe(401);
    expect(await use(newest.token)).toBe(401);
    expect(await use(other.token)).toBe(200);
  });

  test('an expired token, an unknown token and an access token are refused alike', async () => {
    const { refreshToken, token } = await register();
    await letTimePass('31 days');
    const answers = [await refresh(refreshToken), await refresh('a'.repeat(43))];
    const [expired, unknown] = answers.map(({ body }) => ({ ...body, requestId: '' }));
    expect(expired).toEqual(unknown);
    expect(expired).toMatchObject({ status: 401, code: 'INVALID_REFRESH_TOKEN' });
    expect((await refresh(token)).status).toBe(400);
  });

  test('is stored as a hash only', async () => {
    const { refreshToken } = await register();
    const { rows } = await server.pool.query('SELECT t::text AS row FROM refresh_tokens t');
    expect(rows.length).toBeGreaterThan(0);
    const hex = Buffer.from(refreshToken).toString('hex');
    for (const { row } of rows) {
      expect(row).not.toContain(refreshToken);
      expect(row).not.toContain(hex);
    }
  });
});
