import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { createTestDatabase } from '../../test/database.ts';
import { until } from '../../test/until.ts';
import { createListener, type Listener } from './listener.ts';
import { createPool } from './postgres.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let heard: string[];
let listener: Listener;
/** What the clock is ahead by. */
let aheadNs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, max: 2 });
  heard = [];
  listener = createListener({
    connectionString: database.url,
    applicationName: 'the ear',
    channel: 'news',
    clock: { ...systemClock, monotonicNs: () => systemClock.monotonicNs() + aheadNs },
    onMessage: (payload) => heard.push(payload),
    onUp: () => heard.push('up'),
    onDown: () => heard.push('down'),
  });
});

afterAll(async () => {
  await listener.stop();
  await pool.end();
  await database.drop();
});

const say = (payload: string) => pool.query("SELECT pg_notify('news', $1)", [payload]);

test('hears what is sent to its channel once it is up', async () => {
  expect(listener.isUp()).toBe(false);
  await listener.start();
  expect(listener.isUp()).toBe(true);
  await say('one');
  await until(() => heard.length === 2);
  expect(heard).toEqual(['up', 'one']);
});

test('a connection that is lost is down at once, and up again by itself', async () => {
  heard.length = 0;
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'the ear'",
  );
  await until(() => heard.length === 2);
  expect(heard).toEqual(['down', 'up']);
  expect(listener.isUp()).toBe(true);
  await say('two');
  await until(() => heard.length === 3);
  expect(heard[2]).toBe('two');
});

test('is not believed when nothing was heard for too long, until it is heard again', async () => {
  aheadNs = 3600e9;
  expect(listener.isUp()).toBe(false);
  await until(() => listener.isUp());
});

test('start gives up waiting when nobody answers, and stop ends the attempts', async () => {
  const nobody = createListener({
    connectionString: 'postgres://127.0.0.1:1/nothing',
    applicationName: 'nobody',
    channel: 'news',
    clock: systemClock,
    onMessage: () => {},
    onUp: () => {},
    onDown: () => {},
  });
  await nobody.start();
  expect(nobody.isUp()).toBe(false);
  await nobody.stop();
});
