import { afterAll, describe, expect, test } from 'vitest';
import { createTestRedis, describeWithRedis, startOwnRedis } from '../../test/redis.ts';
import { until } from '../../test/until.ts';
import { connectRedis, type Redis } from '../platform/redis.ts';
import { createLoginAttempts } from './login-attempts.ts';

const LIMITS = { attemptsPerUsername: 3, failuresPerIp: 4, windowMs: 60_000 };

/** True if an attempt was refused; its time to wait must be at most the window. */
function isRefused(taken: { retryAfterMs: number } | undefined): boolean {
  if (taken === undefined) return false;
  expect(taken.retryAfterMs).toBeGreaterThan(0);
  expect(taken.retryAfterMs).toBeLessThanOrEqual(LIMITS.windowMs);
  return true;
}

/** The tests for both places where attempts are counted. */
function limitsAttempts(redis: () => Promise<Redis | undefined>): void {
  test('S4.1 a username has a limited number of attempts, also of concurrent ones', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, index) => attempts.take('alice', `ip-${index}`)),
    );
    expect(taken.filter(isRefused)).toHaveLength(7);
    expect(isRefused(await attempts.take('bob', 'ip-0'))).toBe(false);
  });

  test('S4.1 the right password resets the attempts of a username', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    for (let time = 1; time <= 3; time++) await attempts.take('alice', 'ip');
    await attempts.succeeded('alice');
    for (let time = 1; time <= 3; time++) {
      expect(isRefused(await attempts.take('alice', 'ip'))).toBe(false);
    }
    expect(isRefused(await attempts.take('alice', 'ip'))).toBe(true);
  });

  test('S4.1 an address has a limited number of failures with any usernames, and any number of successes', async () => {
    const attempts = createLoginAttempts(await redis(), LIMITS);
    for (let time = 1; time <= 9; time++) {
      expect(isRefused(await attempts.take(`good-${time}`, 'ip'))).toBe(false);
    }
    for (let time = 1; time <= 4; time++) {
      expect(isRefused(await attempts.take(`bad-${time}`, 'ip'))).toBe(false);
      await attempts.failed('ip');
    }
    expect(isRefused(await attempts.take('bad-5', 'ip'))).toBe(true);
    expect(isRefused(await attempts.take('bad-5', 'another-ip'))).toBe(false);
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
    const instances = [one, other].map((redis) => createLoginAttempts(redis, LIMITS));
    const taken = await Promise.all(
      Array.from({ length: 6 }, (_, index) => instances[index % 2]?.take('alice', 'ip')),
    );
    expect(taken.filter(isRefused)).toHaveLength(3);
    await Promise.all([one.close(), other.close()]);
  });

  test('S4.1 are counted by each instance alone while Redis is down', async () => {
    const server = await startOwnRedis();
    const redis = await connectRedis({ url: server.url });
    const attempts = createLoginAttempts(redis, LIMITS);
    await server.kill();
    await until(() => !redis.isUp());
    const taken = [];
    for (let time = 1; time <= 5; time++) taken.push(await attempts.take('alice', 'ip'));
    expect(taken.filter(isRefused)).toHaveLength(2);
    await attempts.succeeded('alice');
    await attempts.failed('ip');
    expect(isRefused(await attempts.take('alice', 'ip'))).toBe(false);
    await redis.close();
    await server.stop();
  });
});
