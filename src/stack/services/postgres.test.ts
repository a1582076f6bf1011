import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { parentOf } from '../../../test/parent-of.ts';
import { until } from '../../../test/until.ts';
import { assetPath } from '../../kernel/assets.ts';
import { isRunning } from '../processes/is-running.ts';
import { makeRunFolder, removeRunFolder } from '../run-folder.ts';
import { createPostgres } from './postgres.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function newFolder(): Promise<string> {
  const folder = await makeRunFolder();
  cleanups.push(() => removeRunFolder(folder));
  return folder;
}

/** Process id of the PostgreSQL whose data are in a run folder. */
const pidIn = (folder: string): number =>
  Number.parseInt(readFileSync(join(folder, 'postgresql/data/postmaster.pid'), 'utf8'), 10);

async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: query, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

it('C.1 gives a durable PostgreSQL and leaves neither process nor data behind', async () => {
  const folder = await newFolder();
  const postgres = createPostgres({ folder });
  const { url } = await postgres.start();
  cleanups.push(() => postgres.stop());
  expect(await ask(url, 'SHOW fsync')).toBe('on');
  expect(await ask(url, 'SHOW synchronous_commit')).toBe('on');
  const pid = pidIn(folder);

  await postgres.stop();
  await postgres.stop();
  expect(isRunning(pid)).toBe(false);
  expect(existsSync(join(folder, 'postgresql'))).toBe(false);
});

it('leaves complete data behind with keepData', async () => {
  const folder = await newFolder();
  const postgres = createPostgres({ folder, keepData: true });
  await postgres.start();
  await postgres.stop();
  expect(existsSync(join(folder, 'postgresql/data/PG_VERSION'))).toBe(true);
  // A clean shutdown removes the pid file.
  expect(existsSync(join(folder, 'postgresql/data/postmaster.pid'))).toBe(false);
});

it('can be called off while it starts', async () => {
  const folder = await newFolder();
  const postgres = createPostgres({ folder });
  const start = postgres.start();
  const failure = expect(start).rejects.toMatchObject({ why: 'it was stopped' });
  await postgres.stop();
  await failure;
  expect(existsSync(join(folder, 'postgresql'))).toBe(false);
});

it('says why it cannot start, and what to do', async () => {
  const postgres = createPostgres({ folder: '/dev/null' });
  await expect(postgres.start()).rejects.toMatchObject({
    message: 'PostgreSQL did not start',
    why: expect.stringContaining('ENOTDIR'),
    next: expect.stringContaining('DATABASE_URL'),
    exitCode: 3,
  });
  await postgres.stop();
});

it('reports that PostgreSQL died by itself', async () => {
  const folder = await newFolder();
  let why = '';
  const postgres = createPostgres({
    folder,
    onDeath(reason) {
      why = reason;
    },
  });
  await postgres.start();
  cleanups.push(() => postgres.stop());
  process.kill(pidIn(folder), 'SIGKILL');
  await until(() => why !== '');
  expect(why).toBe('it ended with SIGKILL');
});

it('C.1 PostgreSQL ends, and the run’s folder with it, when the process that started it is killed with -9', async () => {
  const user = fork(assetPath('test/programs/hold-postgres.ts'), {
    execArgv: ['--import', 'tsx'],
  });
  const [{ folder }] = (await once(user, 'message')) as [{ folder: string }];
  cleanups.push(() => removeRunFolder(folder));
  const pid = pidIn(folder);
  expect(isRunning(pid)).toBe(true);

  user.kill('SIGKILL');
  await until(() => !isRunning(pid) && !existsSync(folder));
});

it('PostgreSQL ends when its keeper is killed with -9', async () => {
  const folder = await newFolder();
  let why = '';
  const postgres = createPostgres({
    folder,
    onDeath(reason) {
      why = reason;
    },
  });
  await postgres.start();
  const pid = pidIn(folder);
  process.kill(parentOf(pid), 'SIGKILL');
  await until(() => !isRunning(pid));
  expect(why).toBe('its keeper ended with SIGKILL');
  await postgres.stop();
});
