import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writeFiles } from '../testing/files.ts';
import { writeSummaryOutput } from './summary-output.ts';

it('files are written, and the texts for stdout and stderr are returned', async () => {
  const folder = writeFiles({});
  const [text, bytes] = [folder.path('summary.txt'), folder.path('summary.bin')];
  const output = await writeSummaryOutput({
    stdout: 'all is well\n',
    stderr: 7,
    [text]: 'hello',
    [bytes]: new Uint8Array([1, 2]).buffer,
    [folder.path('none')]: undefined,
  });
  expect(output).toEqual({ stdout: 'all is well\n', stderr: '7', files: [text, bytes] });
  expect(readFileSync(text, 'utf8')).toBe('hello');
  expect([...readFileSync(bytes)]).toEqual([1, 2]);
  folder.remove();
});

it.each([undefined, null, 'text', 5])('%s writes nothing', async (returned) => {
  expect(await writeSummaryOutput(returned)).toEqual({ files: [] });
});
