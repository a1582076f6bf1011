import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Outputs } from '../load/outputs/outputs.ts';
import type { LoadResult } from '../load/result.ts';
import { closeOutputs, readSummaryForm } from './outputs.ts';

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
const deps = { clock: { nowMs: () => 0 }, summaryForm: undefined };
const load = { metrics: {}, checks: [], groups: [], thresholds: [] } as unknown as LoadResult;

it('writes the summary, and answers with what the outputs lost', async () => {
  const summaryExport = join(folder, 'summary.json');
  expect(await closeOutputs(outputs, { summaryExport }, load, deps)).toEqual([
    'out.csv is incomplete',
  ]);
  expect(JSON.parse(await readFile(summaryExport, 'utf8'))).toHaveProperty('metrics');
});

it('writes the summary in the form that is asked for, with the text of the script', async () => {
  const summaryExport = join(folder, 'summary.json');
  const path = join(folder, 'script.js');
  await writeFile(path, 'of the file');
  const form = (knownTexts: Map<string, string>, machineReadable?: 'full') =>
    readSummaryForm({ path, knownTexts }, { machineReadable });
  expect(await form(new Map())).toBeUndefined();
  expect(await form(new Map([[path, 'typed']]), 'full')).toEqual({ script: 'typed', isFull: true });
  const summaryForm = await form(new Map(), 'full');
  const took = { ...load, elapsedMs: 1_500 };
  await closeOutputs(outputs, { summaryExport }, took, { ...deps, summaryForm });
  expect(JSON.parse(await readFile(summaryExport, 'utf8'))).toMatchObject({
    config: { script: 'of the file', duration: 1.5 },
    metadata: { generated_at: '1970-01-01T00:00:00.000Z' },
  });
});

it('answers with the reason why the summary cannot be written', async () => {
  const summaryExport = join(folder, 'missing', 'summary.json');
  expect(await closeOutputs(outputs, { summaryExport }, load, deps)).toEqual([
    'out.csv is incomplete',
    expect.stringMatching(/^the summary .+ cannot be written: ENOENT/),
  ]);
});
