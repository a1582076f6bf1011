import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { createTestDatabase } from '../../test/database.ts';
import { until } from '../../test/until.ts';
import { createListener, type Listener } from './listener.ts';
import { createPool } from './postgres.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let heard: string[];
let listener: Listener;
/** Time by which the clock of the listener is ahead. */
let aheadNs: number;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(() => {
  heard = [];
  aheadNs = 0;
  listener = createListener({
    connectionString: database.url,
    applicationName: 'the listener',
    channel: 'news',
    clock: { ...systemClock, monotonicNs: () => systemClock.monotonicNs() + aheadNs },
    onMessage: (payload) => heard.push(payload),
    onUp: () => heard.push('up'),
    onDown: () => heard.push('down'),
  });
});
afterEach(() => listener.stop());

const send = (payload: string) => pool.query("SELECT pg_notify('news', $1)", [payload]);

test('receives the messages of its channel as soon as it is up', async () => {
  expect(listener.isUp()).toBe(false);
  await listener.start();
  expect(listener.isUp()).toBe(true);
  await send('one');
  await until(() => heard.length === 2);
  expect(heard).toEqual(['up', 'one']);
});

test('is down as soon as its connection is lost, and comes up again by itself', async () => {
  await listener.start();
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'the listener'`,
  );
  await until(() => heard.length === 3);
  expect(heard).toEqual(['up', 'down', 'up']);
  expect(listener.isUp()).toBe(true);
  await send('two');
  await until(() => heard.length === 4);
  expect(heard[3]).toBe('two');
});

test('is not up when its connection was silent for too long, until it answers again', async () => {
  await listener.start();
  aheadNs = 3600e9;
  expect(listener.isUp()).toBe(false);
  await until(() => listener.isUp());
});

test('resolves start without a connection when no server answers, and stop ends the attempts', async () => {
  const unconnected = createListener({
    connectionString: 'postgres://127.0.0.1:1/nothing',
    applicationName: 'unconnected',
    channel: 'news',
    clock: systemClock,
    onMessage: () => {},
    onUp: () => {},
    onDown: () => {},
  });
  await unconnected.start();
  expect(unconnected.isUp()).toBe(false);
  await unconnected.stop();
});
