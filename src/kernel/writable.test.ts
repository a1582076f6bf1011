import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assertWritable } from './writable.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('accepts a file that can be made, and does not make it yet', () => {
  const path = join(folder, 'new/history.ndjson');
  assertWritable(path, '--history FILE');
  expect(existsSync(path)).toBe(false);
});

it('leaves what a file contains', () => {
  const path = join(folder, 'history.ndjson');
  writeFileSync(path, 'the last run');
  assertWritable(path, '--history FILE');
  expect(readFileSync(path, 'utf8')).toBe('the last run');
});

it('refuses a folder, and a file below a file, and names the option', () => {
  expect(() => assertWritable(folder, '--history FILE')).toThrow(`${folder} cannot be written`);
  const path = join(folder, 'a');
  writeFileSync(path, '');
  expect(() => assertWritable(join(path, 'b'), '--out FILE')).toThrow(
    expect.objectContaining({ next: 'give another file with --out FILE' }),
  );
});

it('does not open what is neither a file nor a folder, as a socket, which would refuse it', async () => {
  const path = join(folder, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  expect(() => assertWritable(path, '--history FILE')).not.toThrow();
  server.close();
});
