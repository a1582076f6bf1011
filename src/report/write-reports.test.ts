import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeReports } from './write-reports.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-reports-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a report that cannot be drawn is told as a bug, one that cannot be written as that, and the others are written', async () => {
  const good = join(folder, 'good.xml');
  const problems = await writeReports([
    [undefined, () => 'nobody asked for it'],
    [
      join(folder, 'page.html'),
      () => {
        throw new TypeError('there is no chart');
      },
    ],
    [join(folder, 'nowhere', 'a.md'), () => 'text'],
    [good, () => Promise.resolve('text')],
  ]);
  expect(problems).toEqual([
    `the report ${join(folder, 'page.html')} is missing, because of a bug in flashsale-cli: there is no chart`,
    expect.stringMatching(/a\.md cannot be written: ENOENT/),
  ]);
  expect(await readFile(good, 'utf8')).toBe('text');
});
