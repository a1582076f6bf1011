import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHistoryFile } from '../../src/history/recorder.ts';
import { createHandClock, makeTestFolder } from '../../src/history/testing/history-files.ts';
import { saleOf } from '../../test/judge/story.ts';
import type { CliContext } from '../context.ts';
import { exportHistories } from './export-history.ts';

const { folder, newPath } = makeTestFolder();

it('writes the operations of a recorded history to a file, or to standard output', async () => {
  const path = newPath();
  const clock = createHandClock();
  const history = createHistoryFile(path, saleOf({ total: 1 }), clock);
  for (const buyer of ['ann', 'bob']) {
    clock.atNs += 10;
    history.invoke({ kind: 'reserve', sku: 'SKU-1', buyer, quantity: 1 });
  }
  await history.close();
  let printed = '';
  const write = (text: string): void => {
    printed += text;
  };
  const context = { stdout: { write } } as unknown as CliContext;

  await exportHistories([path], 'jepsen', undefined, context);
  expect(printed.split('\n')).toEqual([
    expect.stringMatching(/^\{:index 0, :time 10, :type :invoke, :process 0, .*"ann"/),
    expect.stringMatching(/^\{:index 1, :time 20, :type :invoke, :process 1, .*"bob"/),
    expect.stringMatching(/^\{:index 2, :time 21, :type :info, :process 0, .*"ann"/),
    expect.stringMatching(/^\{:index 3, :time 21, :type :info, :process 1, .*"bob"/),
    '',
  ]);

  const file = join(folder, 'operations.jsonl');
  await exportHistories([path], 'porcupine', file, context);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { sku: 'SKU-1', clientId: 0, call: 10, return: 21, output: { outcome: 'info' } },
    { sku: 'SKU-1', clientId: 1, call: 20, return: 21 },
  ]);
  await expect(
    exportHistories([path], 'porcupine', join(folder, 'none', 'file'), context),
  ).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining('cannot be written') });
});

it('replaces no history that was named where the file to write belongs', async () => {
  const [path, other] = [newPath(), newPath()];
  for (const file of [path, other]) {
    await createHistoryFile(file, saleOf({ total: 1 }), createHandClock()).close();
  }
  const before = await readFile(other, 'utf8');

  await expect(exportHistories([path], 'jepsen', other, {} as CliContext)).rejects.toThrow(
    /is a history, and --export would replace it/,
  );
  expect(await readFile(other, 'utf8')).toBe(before);
});
