import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writeFiles } from '../src/load/testing/files.ts';
import { openScriptLog, withoutLog } from './script-log.ts';

it.each([
  { consoleOutput: 'log.txt' },
  { logOutput: 'file=log.txt' },
  { logOutput: 'file=./log.txt,level=info' },
])('%j adds the lines of the script to the file, and shows the rest', (flags) => {
  const folder = writeFiles({ 'log.txt': 'before\n' });
  const shown: string[] = [];
  const show = withoutLog(openScriptLog(flags, folder.path('.')), ({ type }) => shown.push(type));
  show({ type: 'log', line: 'sold  out' });
  show({ type: 'phase', phase: 'load', detail: '' } as never);
  expect(readFileSync(folder.path('log.txt'), 'utf8')).toBe('before\nsold  out\n');
  expect(shown).toEqual(['phase']);
  folder.remove();
});

it('shows all of it on standard error, or none', () => {
  expect(openScriptLog({ logOutput: 'stderr' }, '.')).toBeUndefined();
  const shown: string[] = [];
  withoutLog(openScriptLog({ logOutput: 'none' }, '.'), () => shown.push('shown'))({
    ...{ type: 'log', line: 'a' },
  });
  expect(shown).toEqual([]);
});

it.each(['stdout', 'loki=http://a', 'file='])('there is no place %s', (logOutput) => {
  expect(() => openScriptLog({ logOutput }, '.')).toThrow('is not a place for the log');
});
