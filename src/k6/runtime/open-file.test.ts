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
});
