import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeRunFolder, removeRunFolder } from '../run-folder.ts';
import { type MediaFolder, makeMediaFolder } from './media-folder.ts';

let folder: string;
let media: MediaFolder;
beforeEach(async () => {
  folder = await makeRunFolder();
  media = await makeMediaFolder(folder);
});
afterEach(() => removeRunFolder(folder));

/** Keeps an image as a server does: it makes the folder if need be, and gives a whole file its name. */
async function keep(name: string): Promise<void> {
  const path = join(media.path, 'images', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, name);
  await rename(`${path}.part`, path);
}
const read = (name: string) => readFile(join(media.path, 'images', name), 'utf8');

it('loses the images, takes none meanwhile, and has all of them again', async () => {
  await keep('seen');
  const bringBack = await media.lose();
  await expect(read('seen')).rejects.toThrow('ENOTDIR');
  await expect(keep('new')).rejects.toThrow();
  await bringBack();
  expect(await readdir(join(media.path, 'images'))).toEqual(['seen']);
  expect(await read('seen')).toBe('seen');
});

it('has every image that was kept, however often it is lost while servers keep some', async () => {
  const kept: string[] = [];
  let isOver = false;
  async function keepOn(server: number): Promise<void> {
    for (let number = 0; !isOver; number += 1) {
      const name = `${server}-${number}`;
      await keep(name).then(
        () => kept.push(name),
        () => {},
      );
    }
  }
  const servers = [1, 2, 3].map(keepOn);
  for (let time = 0; time < 50; time += 1) {
    const before = kept.length;
    while (kept.length === before) await readdir(folder);
    const bringBack = await media.lose();
    await bringBack();
  }
  isOver = true;
  await Promise.all(servers);
  expect(await Promise.all(kept.map(read))).toEqual(kept);
});
