import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../test/database.ts';
import { createPool, isContention, transaction } from './postgres.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, max: 4 });
  await pool.query('CREATE TABLE counters (name text PRIMARY KEY, value bigint NOT NULL)');
});

beforeEach(async () => {
  await pool.query('TRUNCATE counters');
  await pool.query(`INSERT INTO counters VALUES ('a', 1), ('b', 2)`);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const readCounters = async () =>
  (await pool.query('SELECT * FROM counters ORDER BY name')).rows.map(({ value }) => value);

it('reads bigint as a number', async () => {
  expect(await readCounters()).toEqual([1, 2]);
});

it('commits the changes of a transaction', async () => {
  const answer = await transaction(pool, async (client) => {
    await client.query(`UPDATE counters SET value = 10`);
    return 'done';
  });
  expect(answer).toBe('done');
  expect(await readCounters()).toEqual([10, 10]);
});

it('rolls back a transaction that throws', async () => {
  const failing = transaction(pool, async (client) => {
    await client.query(`UPDATE counters SET value = 10`);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await readCounters()).toEqual([1, 2]);
});

it('survives a connection that is cut within a transaction', async () => {
  const cut = transaction(pool, async (client) => {
    await client.query(`UPDATE counters SET value = 10`);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = new Promise((resolve) => client.once('end', resolve));
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    await client.query('SELECT 1');
  });
  await expect(cut).rejects.toThrow();
  expect(await readCounters()).toEqual([1, 2]);
});

it('distinguishes a broken deadlock from other errors', async () => {
  const both = async (first: string, second: string, locked: () => void, go: Promise<unknown>) =>
    transaction(pool, async (client) => {
      const lock = `UPDATE counters SET value = value + 1 WHERE name = $1`;
      await client.query(lock, [first]);
      locked();
      await go;
      await client.query(lock, [second]);
    });
  const locked: (() => void)[] = [];
  const bothLocked = Promise.all(
    [0, 1].map((place) => new Promise<void>((resolve) => (locked[place] = resolve))),
  );

  const ends = await Promise.allSettled([
    both('a', 'b', () => locked[0]?.(), bothLocked),
    both('b', 'a', () => locked[1]?.(), bothLocked),
  ]);

  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  expect(failures.map(isContention)).toEqual([true]);
  expect(await readCounters()).toEqual([2, 3]);
  expect(isContention(await pool.query('SELECT 1 / 0').catch((error) => error))).toBe(false);
  expect(isContention(new Error('40001'))).toBe(false);
});
