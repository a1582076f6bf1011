import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CommandLine } from '../processes/program.ts';
import { makeRunFolder, removeRunFolder } from '../run-folder.ts';
import { findImage, imagePlace, keepImage } from './cluster-image.ts';

const run = async ({ file, args }: CommandLine): Promise<void> => {
  await promisify(execFile)(file, args);
};

let home: string;
let place: string;
beforeEach(async () => {
  home = await makeRunFolder();
  place = join(home, 'kept');
  await mkdir(join(home, 'data/base'), { recursive: true });
  await writeFile(join(home, 'data/base/1'), 'a table');
});
afterEach(() => removeRunFolder(home));

const keep = (password = 'secret') =>
  keepImage(place, { data: join(home, 'data'), home, password }, run);

it('keeps a copy of the data that later runs unpack', async () => {
  expect(await findImage(place, undefined)).toBeUndefined();
  await keep();
  await writeFile(join(home, 'data/base/1'), 'sold out');
  const image = await findImage(place, undefined);
  expect(image?.password).toBe('secret');

  await mkdir(join(home, 'next'));
  await run(image?.unpackInto(join(home, 'next')) as CommandLine);
  expect(await readFile(join(home, 'next/base/1'), 'utf8')).toBe('a table');
});

it('keeps the newest, and leaves nothing half made beside it', async () => {
  await keep('old');
  await keep('new');
  expect((await findImage(place, undefined))?.password).toBe('new');
  expect((await readdir(home)).toSorted()).toEqual(['data', 'kept']);
});

it('lets nobody but its owner read the password', async () => {
  await keep();
  expect((await stat(join(place, 'facts.json'))).mode & 0o777).toBe(0o600);
});

it('finds no image of which a part is missing or cut off', async () => {
  await keep();
  await appendFile(join(place, 'data.tar'), 'x');
  expect(await findImage(place, undefined)).toBeUndefined();
  await keep();
  await rm(join(place, 'data.tar'));
  expect(await findImage(place, undefined)).toBeUndefined();
  await keep();
  await rm(join(place, 'facts.json'));
  expect(await findImage(place, undefined)).toBeUndefined();
});

it.each(['.', 'data.tar', 'facts.json'])(
  'finds no image whose %s others may write',
  async (part) => {
    await keep();
    await chmod(join(place, part), 0o777);
    expect(await findImage(place, undefined)).toBeUndefined();
  },
);

it('has another place for data that are made in another way', () => {
  expect(imagePlace(['18.4', ['--locale=C']])).toBe(imagePlace(['18.4', ['--locale=C']]));
  expect(imagePlace(['18.4', ['--locale=C']])).not.toBe(imagePlace(['18.5', ['--locale=C']]));
});

it('is gone when it was discarded', async () => {
  await keep();
  await (await findImage(place, undefined))?.discard();
  expect(await findImage(place, undefined)).toBeUndefined();
});
