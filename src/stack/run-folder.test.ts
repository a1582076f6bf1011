import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { thisProcess } from './processes/birth.ts';
import { makeRunFolder, removeDeadFolders, removeRunFolder, runFolder } from './run-folder.ts';

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

it('removes the folders of runs that are certainly dead, and no others', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const dead = JSON.stringify({ pid, birth: 'before' });
  const database = { server: '127.0.0.1:5432', name: 'flashsale_0123456789ab' };
  // Its number was given to another process since.
  const reused = JSON.stringify({ ...thisProcess(), birth: 'before' });
  const place = mkdtempSync(join(tmpdir(), 'folders-'));
  folders.push(place);
  const files = {
    'flashsale-dead01/owner.json': dead,
    'flashsale-dead01/history.worker-1': '',
    'flashsale-dead02/owner.json': reused,
    'flashsale-dead02/history.ndjson': '',
    // Its database is on a server that ran already.
    'flashsale-dead03/owner.json': dead,
    'flashsale-dead03/server-12.log': '',
    'flashsale-dead03/media-images/a.webp': '',
    'flashsale-dead03/payments.ndjson': '',
    'flashsale-lives1/owner.json': JSON.stringify(thisProcess()),
    'flashsale-served/owner.json': dead,
    'flashsale-served/postgresql/data': '',
    // Its database is still to be dropped.
    'flashsale-based1/owner.json': JSON.stringify({ ...JSON.parse(dead), database }),
    'flashsale-based1/history.ndjson': '',
    'flashsale-nobody/sale.json': '{}',
    'flashsale-other/owner.json': dead,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    writeFileSync(join(place, file), text);
  }
  await removeDeadFolders(place);
  expect(readdirSync(place).sort()).toEqual([
    'flashsale-based1',
    'flashsale-lives1',
    'flashsale-nobody',
    'flashsale-other',
    'flashsale-served',
  ]);
  expect(readdirSync(join(place, 'flashsale-based1'))).toEqual(['owner.json']);
});
