import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/database.ts';
import { until } from '../../../test/until.ts';
import { isRunning } from '../processes/is-running.ts';
import { makeRunFolder, removeRunFolder } from '../run-folder.ts';
import { createServerInstance, type InstanceEvent } from './server-instance.ts';

let folder: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let events: InstanceEvent[];
let stop: () => Promise<void>;

beforeEach(async () => {
  [folder, database, events] = [await makeRunFolder(), await createTestDatabase(), []];
});
afterEach(async () => {
  await stop();
  await database.drop();
  await removeRunFolder(folder);
});

function newInstance(
  options: { port?: number; env?: Record<string, string>; later?: Promise<void> } = {},
) {
  const env = { DATABASE_URL: database.url, ...options.env };
  const instance = createServerInstance({
    name: 'server-1',
    env: options.later?.then(() => env) ?? env,
    port: options.port ?? 0,
    logFile: join(folder, 'server-1.log'),
    onEvent: (event) => events.push(event),
  });
  stop = () => instance.stop();
  return instance;
}

/** Process ids that logged that they listen, the newest last. */
const pids = (): number[] =>
  readFileSync(join(folder, 'server-1.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"msg":"listening"'))
    .map((line) => JSON.parse(line).pid as number);

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

it('C.1 starts a server that is ready, and leaves no process behind', async () => {
  const instance = newInstance();
  const { url } = await instance.start();
  expect(await answers(url)).toBe(true);
  const [pid = 0] = pids();
  expect(isRunning(pid)).toBe(true);

  await instance.stop();
  expect(isRunning(pid)).toBe(false);
  expect(events).toEqual([]);
});

it('C.1 brings a server killed with -9 back on the same port', async () => {
  const instance = newInstance();
  const { url } = await instance.start();
  process.kill(pids().at(-1) as number, 'SIGKILL');
  await until(() => events.some(({ type }) => type === 'restarted'));
  expect(events).toEqual([
    { name: 'server-1', url, type: 'died', why: 'SIGKILL' },
    { name: 'server-1', url, type: 'restarted' },
  ]);
  expect(pids()).toHaveLength(2);
  expect(await answers(url)).toBe(true);
});

it('starts a server whose settings are known later than its process, and brings it back with them', async () => {
  const { url } = await newInstance({ later: setImmediate() }).start();
  expect(await answers(url)).toBe(true);
  process.kill(pids().at(-1) as number, 'SIGKILL');
  await until(() => events.some(({ type }) => type === 'restarted'));
  expect(await answers(url)).toBe(true);
});

it('does not start a server whose settings never come, and leaves no process behind', async () => {
  const later = Promise.reject(new Error('the database did not start'));
  await expect(newInstance({ later }).start()).rejects.toThrow('the database did not start');
  await stop();
  expect(pids()).toEqual([]);
});

it('stops restarting a server that dies again and again', async () => {
  const { url } = await newInstance().start();
  for (let deaths = 1; deaths <= 6; deaths += 1) {
    await until(() => events.filter(({ type }) => type === 'restarted').length === deaths - 1);
    process.kill(pids().at(-1) as number, 'SIGKILL');
  }
  await until(() => events.at(-1)?.type === 'gave_up');
  expect(events.at(-1)).toMatchObject({ url, why: 'it died 6 times (SIGKILL)' });
  expect(await answers(url)).toBe(false);
});

it('quotes the server’s own error when it cannot start', async () => {
  const env = { STRATEGY: 'naive' };
  await expect(newInstance({ env }).start()).rejects.toMatchObject({
    why: expect.stringContaining('naive'),
  });
});

it('says so when the port is taken', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  await expect(newInstance({ port }).start()).rejects.toMatchObject({
    message: `cannot listen on 127.0.0.1:${port}`,
    why: 'another process listens on this port',
    exitCode: 3,
  });
  taken.close();
});
