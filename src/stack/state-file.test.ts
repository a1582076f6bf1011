import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { birthOf, thisProcess } from './processes/birth.ts';
import {
  claimStack,
  readHolder,
  readStackState,
  removeStackState,
  type StackState,
  writeStackState,
} from './state-file.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const state: StackState = {
  ...thisProcess(),
  targets: ['http://127.0.0.1:4000'],
  adminToken: 'token',
  strategy: 'batched',
  holdTtlMs: 120_000,
  folder: '/tmp/somewhere',
  startedAt: '2026-01-01T00:00:00.000Z',
};
const file = () => join(cwd, '.flashsale/stack.json');

/** A process that has ended. */
async function gone(): Promise<{ pid: number }> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return { pid: child.pid as number };
}

async function claimAndWrite(): Promise<void> {
  expect(await claimStack(cwd, thisProcess())).toBeUndefined();
  expect(await writeStackState(cwd, state)).toBe(true);
}

it('records the running stack, readable by its owner alone', async () => {
  await claimAndWrite();
  expect(await readStackState(cwd)).toEqual(state);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  await removeStackState(cwd);
  expect(await readStackState(cwd)).toBeUndefined();
});

it('keeps the record out of the user’s repository', async () => {
  await claimAndWrite();
  expect(await readFile(join(cwd, '.flashsale/.gitignore'), 'utf8')).toBe('*\n');
  await removeStackState(cwd);
  expect(existsSync(join(cwd, '.flashsale'))).toBe(false);
});

it('finds no stack whose process is gone, and lets another one begin', async () => {
  await mkdir(join(cwd, '.flashsale'));
  await writeFile(file(), JSON.stringify({ ...state, ...(await gone()) }));
  expect(await readStackState(cwd)).toBeUndefined();
  await claimAndWrite();
});

it('finds no stack in a process that got the number of an earlier one', async () => {
  await mkdir(join(cwd, '.flashsale'));
  await writeFile(file(), JSON.stringify({ ...state, birth: 'an earlier moment' }));
  expect(await readHolder(cwd)).toBeUndefined();
});

it('gives the folder to one stack alone, and leaves it to that one', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  const pid = other.pid as number;
  const holder = { pid, birth: birthOf(pid) };
  expect(await claimStack(cwd, holder)).toBeUndefined();
  expect(await claimStack(cwd, thisProcess())).toEqual(holder);
  expect(await writeStackState(cwd, state)).toBe(false);
  await removeStackState(cwd);
  expect(await readHolder(cwd)).toEqual(holder);
  // It is starting, so there is no stack to use yet.
  expect(await readStackState(cwd)).toBeUndefined();
  other.kill();
  await once(other, 'exit');
});

it('finds no stack in a file that is not a record', async () => {
  await mkdir(join(cwd, '.flashsale'));
  await writeFile(file(), '{"pid": "many"');
  expect(await readStackState(cwd)).toBeUndefined();
});
