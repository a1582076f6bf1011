import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
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
  pid: process.pid,
  targets: ['http://127.0.0.1:4000'],
  adminToken: 'token',
  strategy: 'batched',
  holdTtlMs: 120_000,
  folder: '/tmp/somewhere',
  startedAt: '2026-01-01T00:00:00.000Z',
};
const file = () => join(cwd, '.flashsale/stack.json');

it('records the running stack, readable by its owner alone', async () => {
  await writeStackState(cwd, state);
  expect(await readStackState(cwd)).toEqual(state);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  await removeStackState(cwd);
  expect(await readStackState(cwd)).toBeUndefined();
});

it('keeps the record out of the user’s repository', async () => {
  await writeStackState(cwd, state);
  expect(await readFile(join(cwd, '.flashsale/.gitignore'), 'utf8')).toBe('*\n');
  await removeStackState(cwd);
  expect(existsSync(join(cwd, '.flashsale'))).toBe(false);
});

it('removes the record of a stack whose process is gone', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  await writeStackState(cwd, { ...state, pid: gone.pid as number });
  expect(await readStackState(cwd)).toBeUndefined();
  expect(existsSync(file())).toBe(false);
});

it('finds no stack in a file that is not a record', async () => {
  await mkdir(join(cwd, '.flashsale'));
  await writeFile(file(), '{"pid": "many"');
  expect(await readStackState(cwd)).toBeUndefined();
});
