import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runOnce } from '../testing/run-once.ts';

describe('open()', () => {
  it('open() works in init code only', async () => {
    const ok = await runOnce(`show(text); show(new Uint8Array(bytes).length);`, {
      init: `const text = open('./a.txt'); const bytes = open('./a.txt', 'b');`,
      files: { 'a.txt': 'hé' },
    });
    expect(ok.shown).toEqual(['hé', 3]);
    const late = await runOnce(`open('./a.txt')`, { files: { 'a.txt': '' } });
    expect(late.result.exceptions.first[0]).toContain('open() works in init code');
  });

  it('does not read a device, which has no end', async () => {
    await expect(runOnce('', { init: `open('/dev/zero');` })).rejects.toMatchObject({
      why: expect.stringContaining('it is a device, not a file'),
    });
  });

  it('does not read a pipe, for which it might wait for ever', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flashsale-pipe-'));
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    await expect(runOnce('', { init: `open('${path}');` })).rejects.toMatchObject({
      why: expect.stringContaining('it is a pipe, which can be read only once'),
    });
    await rm(folder, { recursive: true });
  });

  it('says where the sale file can be opened', async () => {
    const tooEarly = runOnce('', { init: 'JSON.parse(open(__ENV.FLASHSALE_SALE));' });
    await expect(tooEarly).rejects.toMatchObject({
      why: expect.stringContaining('open it in the function of a SharedArray'),
    });
    const noSale = runOnce('', {
      init: `new SharedArray('buyers', () => JSON.parse(open(__ENV.FLASHSALE_SALE)).buyers);`,
    });
    await expect(noSale).rejects.toMatchObject({
      why: expect.stringContaining('only if the script exports a `sale`'),
    });
  });
});
