import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Outputs } from '../load/outputs/outputs.ts';
import type { LoadResult } from '../load/result.ts';
import { closeOutputs } from './outputs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const outputs: Outputs = {
  observe: undefined,
  flush: async () => {},
  beRead: async () => {},
  close: async () => ['out.csv is incomplete'],
};
const load = { metrics: {}, checks: [], groups: [], thresholds: [] } as unknown as LoadResult;

it('writes the summary, and answers with what the outputs lost', async () => {
  const summaryExport = join(folder, 'summary.json');
  expect(await closeOutputs(outputs, { summaryExport }, load)).toEqual(['out.csv is incomplete']);
  expect(JSON.parse(await readFile(summaryExport, 'utf8'))).toHaveProperty('metrics');
});

it('answers with the reason why the summary cannot be written', async () => {
  const summaryExport = join(folder, 'missing', 'summary.json');
  expect(await closeOutputs(outputs, { summaryExport }, load)).toEqual([
    'out.csv is incomplete',
    expect.stringMatching(/^the summary .+ cannot be written: ENOENT/),
  ]);
});
