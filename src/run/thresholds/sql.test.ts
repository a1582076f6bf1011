import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/database.ts';
import type { QuerySource } from './source.ts';
import { databaseSource } from './sql.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let source: QuerySource;
const signal = new AbortController().signal;

beforeAll(async () => {
  database = await createTestDatabase();
  source = databaseSource(database.url, { signal });
  await inDatabase(
    "CREATE TABLE orders AS SELECT 'CONFIRMED' AS status FROM generate_series(1, 5)",
  );
});
afterAll(() => database.drop());

async function inDatabase(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(statement);
  await client.end();
  return rows;
}

describe('the answer of a statement', () => {
  it.each([
    ["SELECT count(*) FROM orders WHERE status = 'CONFIRMED'", 5],
    ['SELECT 2.50::numeric, 7', 2.5],
    ['SELECT 0.1::float8;', 0.1],
    ['SELECT (-3)::int2', -3],
    ['SELECT NOT EXISTS (SELECT FROM orders)', 0],
    ['VALUES (true)', 1],
  ])('%s is %d', async (statement, value) => {
    await source.validate(statement);
    expect(await source.ask(statement)).toEqual({ value });
  });

  it.each([
    ['SELECT 1 WHERE false', 'it has no row'],
    ['SELECT 1 FROM orders', 'it has 5 rows instead of one'],
    ['SELECT sum(1) FROM orders WHERE false', 'its value is null'],
    ["SELECT '500'", '"500" is not a number'],
    ["SELECT 'NaN'::float8", 'its value is NaN'],
    ['SELECT FROM orders LIMIT 1', 'it has no row'],
    ['SELECT 1/0', 'division by zero'],
    ['DELETE FROM orders', 'cannot execute DELETE in a read-only transaction'],
    ['COMMIT; DELETE FROM orders', 'cannot insert multiple commands into a prepared statement'],
    ['SELECT count(*) FROM no_such_table', 'relation "no_such_table" does not exist'],
  ])('%s has no number, for a reason', async (statement, reason) => {
    expect(await source.ask(statement)).toEqual({ reason });
    expect(await inDatabase('SELECT count(*)::int AS left FROM orders')).toEqual([{ left: 5 }]);
  });

  it('a database that is gone has no number either', async () => {
    const gone = databaseSource(`${database.url}_gone`, { signal });
    expect(await gone.ask('SELECT 1')).toEqual({ reason: expect.stringContaining('not exist') });
  });

  it('a statement that never ends is cancelled with the run', async () => {
    const run = new AbortController();
    const asked = databaseSource(database.url, { signal: run.signal }).ask('SELECT pg_sleep(3600)');
    run.abort(new Error('given up'));
    await expect(asked).rejects.toThrow('given up');
  });
});

describe('before the load', () => {
  it.each([
    ['SELEKT 1', 'syntax error at or near "SELEKT"'],
    ['SELECT count(*) FROM no_such_table', 'relation "no_such_table" does not exist'],
    ['SELECT state FROM orders', 'column "state" does not exist'],
  ])('%s is refused', async (statement, why) => {
    await expect(source.validate(statement)).rejects.toMatchObject({ exitCode: 2, why });
  });

  it('a statement is not executed', async () => {
    await source.validate('SELECT 1/count(*) FROM orders WHERE false');
  });

  it('a database that is not there is reported, without the password', async () => {
    const gone = databaseSource('postgres://me:secret@127.0.0.1:1/shop', { signal });
    const failure = await gone.validate('SELECT 1').catch((error) => error);
    expect(failure).toMatchObject({
      exitCode: 3,
      message: 'PostgreSQL at 127.0.0.1:1 cannot be asked',
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
