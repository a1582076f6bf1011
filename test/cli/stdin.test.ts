import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithK6 } from '../k6.ts';
import { createWorkplace, type Ended, type Workplace } from './cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  await mkdir(join(place.folder, 'lib'));
  await writeFile(join(place.folder, 'lib/name.js'), `export const name = 'Al';`);
  await writeFile(join(place.folder, 'greeting.txt'), 'hello');
});
afterEach(() => place.remove());

const SCRIPT = `import { name } from './lib/name.js';
const greeting = open('./greeting.txt');
export default function () { console.log(greeting, name, __VU); }`;

const pipe = (script: string, ...args: string[]): Promise<Ended> =>
  place.start(['run', '-', ...args], {}, script).ended;

it('a script on standard input runs as if it lay in the working directory', async () => {
  const { code, stdout, stderr } = await pipe(SCRIPT);
  expect(stderr).toContain('hello Al 1\n');
  expect(stdout).toContain('1 completed');
  expect(code).toBe(0);
});

it('also in several threads, and where calls block', async () => {
  const workers = await pipe(SCRIPT, '--workers', '2', '-u', '2', '-i', '2');
  expect(workers.stderr).toMatch(/hello Al 1\n/);
  expect(workers.stderr).toMatch(/hello Al 2\n/);
  const threads = await pipe(
    `${SCRIPT}\nexport const options = { ext: { flashsale: { threads: true } } };`,
  );
  expect(threads.stderr).toContain('hello Al 1\n');
});

it('a mistake in it is told with its line', async () => {
  const { code, stderr } = await pipe('const a = 1;\nthis is no JavaScript');
  expect(stderr).toContain('-:2: ');
  expect(code).toBe(2);
});

describeWithK6('fired by k6', () => {
  it('is read from standard input as well', async () => {
    const { code, stderr } = await pipe(SCRIPT, '--runner', 'k6');
    expect(stderr).toContain('hello Al 1\n');
    expect(code).toBe(0);
  });
});
