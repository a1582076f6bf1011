import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openChunkedFile } from './chunked-file.ts';
import { makeTestFolder } from './testing/history-files.ts';

const { newPath } = makeTestFolder();

it('writes what does not fit into memory while it waits for the disk', async () => {
  const path = newPath();
  const file = openChunkedFile(path, {
    name: 'the history',
    option: '--history FILE',
    waitingBytesMax: 1,
  });
  const lines = Array.from({ length: 20_000 }, (_, place) => `line ${place} ${'é'.repeat(40)}\n`);
  for (const line of lines) file.append(line);
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
});

it('ignores lines that are appended after it was closed', async () => {
  const path = newPath();
  const file = openChunkedFile(path, { name: 'the history', option: '--history FILE' });
  file.append('one\n');
  const closing = file.close();
  file.append('two\n');
  await closing;
  expect(readFileSync(path, 'utf8')).toBe('one\n');
});
