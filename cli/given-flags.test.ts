import { expect, it } from 'vitest';
import type { CliContext } from './context.ts';
import { readK6Flags } from './given-flags.ts';

it('C.3 a summary that is left out is not exported either', async () => {
  const context = { env: {}, cwd: '.', stderr: process.stderr } as unknown as CliContext;
  const exportWith = async (flags: object) =>
    (await readK6Flags({ summaryExport: 'end.json', ...flags }, context)).summaryExport;
  expect(await exportWith({})).toBe('end.json');
  expect(await exportWith({ summaryMode: 'full' })).toBe('end.json');
  expect(await exportWith({ summaryMode: 'disabled' })).toBeUndefined();
  expect(await exportWith({ noSummary: true })).toBeUndefined();
});
