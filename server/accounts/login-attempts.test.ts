import { afterAll, describe, expect, test } from 'vitest';
import { createTestRedis, describeWithRedis, startOwnRedis } from '../../test/redis.ts';
import { until } from '../../test/until.ts';
import { connectRedis, type Redis } from '../platform/redis.ts';
import { createLoginAttempts, type LoginAttempts } from './login-attempts.ts';

const LIMITS = { attemptsPerUsername: 3, failuresPerIp: 5, windowMs: 60_000 };

/** Makes an attempt with a wrong password; true if it was refused. The time to wait must be at most the window. */
async function guess(attempts: LoginAttempts, username: string, address: string) {
  const taken = await attempts.take({ username, address });
  if ('succeeded' in taken) return false;
  expect(taken.retryAfterMs).toBeGreaterThan(0);
  expect(taken.retryAfterMs).toBeLessThanOrEqual(LIMITS.windowMs);
  expect(await attempts.look({ username, address })).toBeDefined();
  return true;
}

/** Logs in with the right password; true if the attempt was refused. */
async function logIn(attempts: LoginAttempts, username: string, address: string) {
  expect(await attempts.look({ username, address })).toBeUndefined();
  const taken = await attempts.take({ username, address });
  if (!('succeeded' in taken)) return true;
  await taken.succeeded();
  return false;
}

const refusedAmong = (results: boolean[]) => results.filter(Boolean).length;

/** The tests for both places where attempts are counted. */
function limitsAttempts(redis: () => Promise<Redis | undefined>): void {
  test('S4.1 of many concurrent guesses as many are let through as one after the other', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    const guesses = Array.from({ length: 60 }, () => guess(attempts, 'alice', 'ip'));
    expect(refusedAmong(await Promise.all(guesses))).toBe(57);
    const others = Array.from({ length: 60 }, (_, index) => guess(attempts, `user-${index}`, 'ip'));
    expect(refusedAmong(await Promise.all(others))).toBe(58);
  });

  test('S4.1 a stranger who guesses too often locks the owner out neither elsewhere nor where both are known', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    for (let time = 1; time <= 50; time++) await guess(attempts, 'alice', 'stranger');
    expect(await logIn(attempts, 'alice', 'new')).toBe(false);
    for (let address = 1; address <= 50; address++) {
      await guess(attempts, 'alice', `stranger-${address}`);
      await guess(attempts, `somebody-${address}`, 'new');
    }
    expect(await logIn(attempts, 'alice', 'new')).toBe(false);
  });

  test('S4.1 all strangers together have a limited number of guesses at one username', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    const guesses = Array.from({ length: 50 }, (_, index) =>
      guess(attempts, 'alice', `ip-${index}`),
    );
    expect(refusedAmong(await Promise.all(guesses))).toBe(20);
    expect(await guess(attempts, 'bob', 'ip-0')).toBe(false);
  });

  test('S4.1 a known address has few attempts as well', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    await attempts.cameFrom({ username: 'alice', address: 'ip' });
    const guesses = Array.from({ length: 10 }, () => guess(attempts, 'alice', 'ip'));
    expect(refusedAmong(await Promise.all(guesses))).toBe(7);
  });

  test('S4.1 the right password is given back, so any number may log in from one address', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    for (let time = 1; time <= 4; time++) {
      expect(await guess(attempts, `bad-${time}`, 'ip')).toBe(false);
    }
    for (let time = 1; time <= 9; time++) {
      expect(await logIn(attempts, `good-${time}`, 'ip')).toBe(false);
    }
    expect(await guess(attempts, 'bad-5', 'ip')).toBe(false);
    expect(await guess(attempts, 'bad-6', 'ip')).toBe(true);
    expect(await guess(attempts, 'bad-6', 'another-ip')).toBe(false);
  });
}

describe('attempts to log in, counted in memory', () => {
  limitsAttempts(async () => undefined);
});

describeWithRedis('attempts to log in, counted in Redis', () => {
  const connections: Redis[] = [];
  afterAll(() => Promise.all(connections.map((redis) => redis.close())));
  limitsAttempts(async () => {
    const redis = await connectRedis({ url: (await createTestRedis()).url });
    connections.push(redis);
    return redis;
  });

  test('S4.1 are counted for all instances together', async () => {
    const { url } = await createTestRedis();
    const [one, other] = [await connectRedis({ url }), await connectRedis({ url })];
    const [first, second] = [createLoginAttempts(one, LIMITS), createLoginAttempts(other, LIMITS)];
    const guesses = [first, second, first, second, first, second].map((attempts) =>
      guess(attempts, 'alice', 'ip'),
    );
    expect(refusedAmong(await Promise.all(guesses))).toBe(3);
    expect(await logIn(first, 'bob', 'home')).toBe(false);
    for (let address = 1; address <= 30; address++) await guess(first, 'bob', `ip-${address}`);
    expect(await guess(second, 'bob', 'elsewhere')).toBe(true);
    expect(await logIn(second, 'bob', 'home')).toBe(false);
    await Promise.all([one.close(), other.close()]);
  });

  test('S4.1 are counted by each instance alone while Redis is down', async () => {
    const server = await startOwnRedis();
    const redis = await connectRedis({ url: server.url });
    const attempts = createLoginAttempts(redis, LIMITS);
    await server.kill();
    await until(() => !redis.isUp());
    const guesses = [];
    for (let time = 1; time <= 5; time++) guesses.push(await guess(attempts, 'alice', 'ip'));
    expect(refusedAmong(guesses)).toBe(2);
    expect(await logIn(attempts, 'bob', 'ip')).toBe(false);
    await redis.close();
    await server.stop();
  });
});
