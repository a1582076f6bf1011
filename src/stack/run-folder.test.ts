import { existsSync, statSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { makeRunFolder, removeRunFolder, runFolder } from './run-folder.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await removeRunFolder(folder);
});

it('may be passed by every user, and listed only by its owner', async () => {
  const folder = await makeRunFolder();
  folders.push(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o711);
});

it.each([
  [false, false],
  [true, true],
])('with keep %s it exists after the run: %s', async (keep, exists) => {
  const resource = runFolder({ keep });
  const folder = await resource.start();
  folders.push(folder);
  await resource.stop();
  expect(existsSync(folder)).toBe(exists);
});

it('can be stopped before it is started', async () => {
  await runFolder({ keep: false }).stop();
});
