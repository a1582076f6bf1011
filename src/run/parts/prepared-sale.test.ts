import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { simulateSale } from '../../simulation/simulate-sale.ts';
import {
  assertSaleFile,
  type PreparedSale,
  readPreparedSale,
  writePreparedSale,
} from './prepared-sale.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const { sale } = simulateSale({ seed: 1, buyers: 5, total: 2 }).evidence;
const { startedAtMs: _, startedAtNs: __, ...facts } = sale;
const prepared: PreparedSale = {
  ...{ version: '1.0.0', id: 'monday', facts, target: 'flashsale', seed: 4, buyers: 5 },
};

it('is written for its owner alone beside what scenarios read, whoever could read the file before', async () => {
  const path = join(folder, 'sale.json');
  await writeFile(path, 'old', { mode: 0o644 });
  await writePreparedSale(path, { buyers: [{ token: 'hidden' }] }, prepared);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ buyers: [{ token: 'hidden' }] });
  expect(await readdir(folder)).toEqual(['sale.json']);
  expect(await readPreparedSale(path, { version: '1.0.0' })).toEqual(prepared);
});

it('takes the place of a file, and of nothing else', async () => {
  const path = join(folder, 'sale.json');
  expect(() => assertSaleFile(path)).not.toThrow();
  await writeFile(path, 'old');
  expect(() => assertSaleFile(path)).not.toThrow();
  const link = join(folder, 'device');
  await symlink('/dev/null', link);
  expect(() => assertSaleFile(link)).toThrow(/is no file/);
  expect(() => assertSaleFile(folder)).toThrow(/cannot be written/);
});

it.each([
  ['that another version prepared', JSON.stringify({ prepared }), /prepared by version 1\.0\.0/],
  ['that seed wrote', '{"buyers":[]}', /is no prepared sale/],
  ['without its facts', '{"prepared":{"version":"2.0.0"}}', /is no prepared sale/],
  ['that is no JSON', '{"prep', /cannot be read/],
])('refuses a file %s', async (_, text, what) => {
  const path = join(folder, 'sale.json');
  await writeFile(path, text);
  await expect(readPreparedSale(path, { version: '2.0.0' })).rejects.toThrow(what);
});
