import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimPart } from './claim-part.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('gives each part of a sale away once, and none of another number of parts', async () => {
  const sale = join(folder, 'sale.json');
  expect(await claimPart(sale, { number: 1, of: 3, sale: 'monday' })).toBe(true);
  expect(await claimPart(sale, { number: 2, of: 3, sale: 'monday' })).toBe(true);
  await expect(claimPart(sale, { number: 2, of: 3, sale: 'monday' })).rejects.toThrow(
    /part 2 of 3 .* fired before/,
  );
  await expect(claimPart(sale, { number: 1, of: 2, sale: 'monday' })).rejects.toThrow(
    /another number of parts/,
  );
  expect(await claimPart(sale, { number: 1, of: 2, sale: 'tuesday' })).toBe(true);
});
