import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import entries from '../tools/mutants/equivalent.json' with { type: 'json' };

it('each story of the judge would be run, and each mutant that is named as equivalent is one', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['tools/mutants/main.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`).toBe('');
});

it('a story that would not be run is noticed', async () => {
  const { testsIn } = await import(
    new URL('../tools/mutants/untold-tests.mjs', import.meta.url).href
  );
  const text = `
    it('is alone', () => {});
    describe('a block', () => {
      it.each([1, 2])('is told for %i', (n) => {});
      describe.each(['a'])('of %s', (of) => test('is within', () => test(of)));
    });
    describe('whole sales', { timeout: 1 }, () => it('is left out', () => {}));
    it(\`is \${put} together\`, () => {});
  `;
  expect(testsIn(text)).toEqual([
    'is alone',
    'a block > is told for %i',
    'a block > of %s > is within',
    '(a name that is no plain text)',
  ]);
});

it('each mutant that is named as equivalent is named once, with a reason', () => {
  const names = entries.map(
    ({ file, line, of, instead }) => `${file}: ${line} < ${of} > ${instead}`,
  );
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  expect(entries.filter(({ why }) => why.length < 20)).toEqual([]);
});
