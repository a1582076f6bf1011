import { afterEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../database.ts';
import { describeWithRedis } from '../redis.ts';
import { startExampleShop } from './example-shop.ts';
import { type Judged, judgeExample } from './judge-example.ts';
import { widen } from './widened.ts';

/**
 * The example shops in front of the judge: guilty of the race that they lose, and acquitted when they are fixed.
 * `npm run proof:examples` repeats each case ten times.
 */
const RUNS = Number(process.env.EXAMPLE_RUNS ?? 1);

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

interface Case {
  fixed: boolean;
  hasBooks: boolean;
}

async function judgeOnPostgres({ fixed, hasBooks }: Case): Promise<Judged> {
  const database = await createTestDatabase();
  undo.push(database.drop);
  const widened = await widen(database.url, 5);
  undo.push(widened.stop);
  const shop = await startExampleShop('express-postgres', {
    DATABASE_URL: widened.url,
    ...(fixed ? { FIXED: '1' } : {}),
  });
  undo.push(shop.stop);
  return judgeExample({
    ...{ name: 'express-postgres', url: shop.url, scenario: 'last-unit', hasBooks },
    flags: ['--buyers', '100'],
    env: { SHOP_DATABASE_URL: database.url },
  });
}

const repeated = (test: () => Promise<void>) => async () => {
  for (let run = 0; run < RUNS; run += 1) {
    await test();
    for (const each of undo.splice(0).reverse()) await each();
  }
};
const TIMEOUT_MS = 60_000 + RUNS * 30_000;

describe('the shop on Express and PostgreSQL', () => {
  it(
    'is guilty of an oversell, which its books show as well',
    repeated(async () => {
      const { verdict, checks, exitCode } = await judgeOnPostgres({ fixed: false, hasBooks: true });
      expect(checks.invalid).toContain('never-oversold');
      expect(['never-oversold', 'conservation']).toEqual(
        expect.arrayContaining(checks.invalid ?? []),
      );
      expect([verdict, exitCode]).toEqual(['invalid', 10]);
    }),
    TIMEOUT_MS,
  );

  it(
    'is guilty by its answers alone',
    repeated(async () => {
      const { verdict, checks } = await judgeOnPostgres({ fixed: false, hasBooks: false });
      expect(checks.invalid).toEqual(['never-oversold']);
      expect(verdict).toBe('invalid');
    }),
    TIMEOUT_MS,
  );

  it.each([true, false])(
    'is acquitted when it is fixed; with books: %s',
    (hasBooks) =>
      repeated(async () => {
        const { verdict, checks, exitCode } = await judgeOnPostgres({ fixed: true, hasBooks });
        expect(checks.invalid).toBeUndefined();
        expect(checks.valid).toContain('never-oversold');
        expect([verdict, exitCode]).toEqual(['valid', 0]);
      })(),
    TIMEOUT_MS,
  );
});

describe('the shop with baskets', () => {
  async function judgeBaskets({ fixed, hasBooks }: Case): Promise<Judged> {
    const database = await createTestDatabase();
    undo.push(database.drop);
    const shop = await startExampleShop('postgres-baskets', {
      DATABASE_URL: database.url,
      ...(fixed ? { FIXED: '1' } : {}),
    });
    undo.push(shop.stop);
    return judgeExample({
      ...{ name: 'postgres-baskets', url: shop.url, scenario: 'baskets', hasBooks },
      flags: ['--buyers', '200', '--stock', '60'],
      env: { SHOP_DATABASE_URL: database.url },
    });
  }

  it(
    'is guilty of half an order, which its books show',
    repeated(async () => {
      const { verdict, checks, exitCode } = await judgeBaskets({ fixed: false, hasBooks: true });
      expect(checks.invalid).toContain('all-or-nothing');
      expect([verdict, exitCode]).toEqual(['invalid', 10]);
    }),
    TIMEOUT_MS,
  );

  it(
    'is guilty by its answers alone of units that nobody got',
    repeated(async () => {
      const { verdict, checks } = await judgeBaskets({ fixed: false, hasBooks: false });
      expect(checks.invalid).toEqual(['no-false-sold-out']);
      expect(verdict).toBe('invalid');
    }),
    TIMEOUT_MS,
  );

  it.each([true, false])(
    'is acquitted when it is fixed; with books: %s',
    (hasBooks) =>
      repeated(async () => {
        const { verdict, checks, exitCode } = await judgeBaskets({ fixed: true, hasBooks });
        expect(checks.invalid).toBeUndefined();
        expect(checks.valid).toContain('all-or-nothing');
        expect([verdict, exitCode]).toEqual(['valid', 0]);
      })(),
    TIMEOUT_MS,
  );
});

describeWithRedis('the shop on Redis with a queue', (redisUrl) => {
  async function judgeOnRedis({ fixed, hasBooks }: Case): Promise<Judged> {
    const widened = await widen(redisUrl(), 5);
    undo.push(widened.stop);
    const shop = await startExampleShop('redis-queue', {
      REDIS_URL: widened.url,
      ...(fixed ? { FIXED: '1' } : {}),
    });
    undo.push(shop.stop);
    return judgeExample({
      ...{ name: 'redis-queue', url: shop.url, scenario: 'flash-attempts', hasBooks },
      flags: ['--buyers', '100', '--stock', '10'],
      env: { REDIS_URL: redisUrl() },
    });
  }

  it.each([true, false])(
    'is guilty of an oversell; with books: %s',
    (hasBooks) =>
      repeated(async () => {
        const { verdict, checks, exitCode } = await judgeOnRedis({ fixed: false, hasBooks });
        expect(checks.invalid).toContain('never-oversold');
        // The limit per person is checked before the act as well, and lost with it.
        expect(['never-oversold', 'one-per-buyer']).toEqual(
          expect.arrayContaining(checks.invalid ?? []),
        );
        expect([verdict, exitCode]).toEqual(['invalid', 10]);
      })(),
    TIMEOUT_MS,
  );

  it.each([true, false])(
    'is acquitted when it is fixed; with books: %s',
    (hasBooks) =>
      repeated(async () => {
        const { verdict, checks, exitCode } = await judgeOnRedis({ fixed: true, hasBooks });
        expect(checks.invalid).toBeUndefined();
        expect([verdict, exitCode]).toEqual(['valid', 0]);
      })(),
    TIMEOUT_MS,
  );
});
